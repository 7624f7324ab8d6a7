/**
 * What `train` is told, looked through before anything runs: a name or a value that would be passed over in silence is
 * refused, with what was probably meant.
 *
 * @module
 */
import { nearest, UserError } from "../errors.ts";
import { shown } from "../shape.ts";
import { type Method, setting, trainingParts } from "../methods/mod.ts";
import type { Asked } from "./asked.ts";
import type { TrainOptions } from "./trained.ts";

const whole = setting.count(0, "", 0);
const some = setting.count(1, "");
const anything = { expected: "", accepts: () => true };

/** Every option, and what it must be; what has a table of its own is checked by it. */
const options: Record<keyof TrainOptions, { expected: string; accepts(value: unknown): boolean }> =
  {
    preset: setting.words("paper", ""),
    settings: anything,
    training: anything,
    views: some,
    crops: setting.real(0.08, "", 0, 1),
    seed: whole,
    workers: whole,
    evaluateEvery: { expected: "{ every: epochs, on: { name: data set } }", accepts: isAsked },
    onEpoch: { expected: "a function", accepts: (value) => typeof value === "function" },
  };

function isAsked(value: unknown): boolean {
  const { every, on } = (value ?? {}) as Partial<Asked>;
  const sets = Object.values(on ?? {});
  return some.accepts(every) && sets.length > 0 &&
    sets.every((set) => Array.isArray(set?.test) && Array.isArray(set.classNames));
}

/**
 * @throws {UserError} on an option that there is none of, or a value that it can't have
 */
export function checkOptions(by: Pick<Method, "name" | "settings">, given: object): void {
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(options, key)) {
      throw new UserError(`train has no option ${key}: ${meant(by, key)}`);
    }
    const { expected, accepts } = options[key as keyof TrainOptions];
    if (!accepts(value)) {
      throw new UserError(`train's option ${key} is ${shown(value)}; give ${expected}`);
    }
  }
}

function meant({ name, settings }: Pick<Method, "name" | "settings">, key: string): string {
  if (trainingParts.includes(key)) return `it is part of the training: { training: { ${key}: … } }`;
  if (Object.hasOwn(settings, key)) {
    return `it is a setting of ${name}: { settings: { ${key}: … } }`;
  }
  const known = Object.keys(options);
  const near = nearest(key, [...known, ...trainingParts, ...Object.keys(settings)]);
  if (near === undefined) return `it has ${known.join(", ")}`;
  if (known.includes(near)) return `did you mean ${near}?`;
  const level = trainingParts.includes(near) ? "training" : "settings";
  return `did you mean { ${level}: { ${near}: … } }?`;
}
