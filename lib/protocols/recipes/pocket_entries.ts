/**
 * How methods are trained on the pocket suite, in every recipe that runs them there.
 *
 * What is changed of the papers' settings was chosen on validation images and is listed in the report beside each table:
 * the pocket CLIP has three text layers and four image layers, was not trained to bear strong crops, and learns from few
 * small pictures, so rates are higher: such as `deno task sensitivity` calls steady, and docs/pocket.md says on which set not.
 *
 * @module
 */
import type { Entry } from "../experiment.ts";

/** Crops of at least so much of an image: pre-training has seen no stronger ones. */
export const crops = 0.5;

/** A context in the text alone: the image features of a few fixed views are computed once. */
export const inText = { training: { rate: 0.02, epochs: 20 }, views: 8, crops };

/**
 * Four words as the context's start, and no template's: from there, student and teacher would agree, and the first gradients
 * of what they differ by would be rounding.
 */
export const words = { contextLength: 4, init: "a picture of a" };

/** Prompts in both towers. */
export const deep = { training: { rate: 0.01, batchSize: 16, epochs: 8 }, crops };

/** Methods by their names, as their papers have them. */
export const named = (...methods: string[]): Entry[] => methods.map((method) => ({ method }));

function entry(
  how: typeof inText | typeof deep,
  method: string,
  preset?: string,
  settings?: Record<string, unknown>,
): Entry {
  return { method, ...preset && { preset }, ...how, ...settings && { settings } };
}

/** A method that learns a context in the text alone. */
export const onContext = (
  method: string,
  preset?: string,
  settings?: Record<string, unknown>,
): Entry => entry(inText, method, preset, { ...words, ...settings });

/** A method that learns in both towers. */
export const inDepth = (
  method: string,
  preset?: string,
  settings?: Record<string, unknown>,
): Entry => entry(deep, method, preset, settings);

/** A context for every image, from the same words as the papers'. */
export const cocoop: Entry = {
  method: "cocoop",
  training: { rate: 0.02, batchSize: 8 },
  crops,
};
