/**
 * What `train` is told, looked through before anything runs.
 *
 * @module
 */
import { type Method, misplaced, toldKinds } from "../methods/mod.ts";
import {
  callback,
  checkOptions,
  flag,
  type Kinds,
  signal,
  whole,
  words,
} from "../options_given.ts";
import type { Asked } from "./asked.ts";
import type { TrainOptions } from "./trained.ts";

const kinds: Kinds<TrainOptions> = {
  ...toldKinds,
  seed: whole(),
  workers: whole(),
  evaluateEvery: { expected: "{ every: epochs, on: { name: data set } }", accepts: isAsked },
  onEpoch: callback,
  progress: flag,
  signal,
  checkpoint: words,
};

function isAsked(value: unknown): boolean {
  const { every, on, ...others } = (value ?? {}) as Partial<Asked>;
  const sets = Object.values(on ?? {});
  return Object.keys(others).length === 0 && whole(1).accepts(every) && sets.length > 0 &&
    sets.every((set) => Array.isArray(set?.test) && Array.isArray(set.classNames));
}

/**
 * @throws {UserError} on an option that does not exist, or a value that it cannot have
 */
export function checkTrainOptions(by: Pick<Method, "name" | "settings">, given: object): void {
  checkOptions("train", given, kinds, { meant: misplaced(by, Object.keys(kinds)) });
}
