/**
 * What may be said of a method and its training beside the method itself, for every call that takes it: what each part may
 * be, and what to say to a part that is at another's place.
 *
 * @module
 */
import { nearest } from "../errors.ts";
import { fields, type Kinds, number, whole, words } from "../options_given.ts";
import type { Method } from "./method.ts";
import type { Told } from "./resolve.ts";
import { trainingParts } from "./training_given.ts";

/** What each part may be. What is in settings and training, their own tables say. */
export const toldKinds: Kinds<Told> = {
  preset: words,
  settings: fields,
  training: fields,
  views: whole(1),
  crops: number(0.01, 1),
};

/** What is said of the method, out of the options of a call that takes more. */
export function toldOf<S>({ preset, settings, training, views, crops }: Told<S>): Told<S> {
  return { preset, settings, training, views, crops };
}

/**
 * What to say to an option that a call does not have: where it belongs, if it is part of a training or a setting of the
 * method, else the nearest that there is.
 *
 * @param known the options that the call has
 */
export function misplaced(
  { name, settings }: Pick<Method, "name" | "settings">,
  known: readonly string[],
): (key: string) => string {
  return (key) => {
    if (trainingParts.includes(key)) {
      return `it is part of the training: { training: { ${key}: … } }`;
    }
    if (Object.hasOwn(settings, key)) {
      return `it is a setting of ${name}: { settings: { ${key}: … } }`;
    }
    const near = nearest(key, [...known, ...trainingParts, ...Object.keys(settings)]);
    if (near === undefined) return `it has ${known.join(", ")}`;
    if (known.includes(near)) return `did you mean ${near}?`;
    const level = trainingParts.includes(near) ? "training" : "settings";
    return `did you mean { ${level}: { ${near}: … } }?`;
  };
}
