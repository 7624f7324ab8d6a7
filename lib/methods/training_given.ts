/**
 * Training that is given in place of a preset's, checked as settings are.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import { suggested } from "../options_given.ts";
import type { Training } from "./method.ts";
import { count, oneOf, real, type Setting } from "./settings.ts";

/** What each part of a training must be. */
const parts: { [K in keyof Required<Training>]: Setting<Required<Training>[K]> } = {
  epochs: count(0, "passes over the training images", 0),
  batchSize: count(1, "images in a step"),
  rate: real(0, "the learning rate that the cosine starts from"),
  warmupEpochs: count(0, "first epochs at the warm-up's rate", 0),
  warmupRate: real(0, "the warm-up's rate"),
  warmup: oneOf("constant", "how it warms up", ["constant", "linear"]),
  schedule: oneOf("epochs", "what the rate follows", ["epochs", "steps"]),
  steps: count(1, "steps in all, in place of epochs"),
  lastRate: real(0, "the rate that the cosine ends at"),
  views: count(1, "fixed random views of each image, in place of new crops"),
  crops: real(0.08, "the least share of an image's area that a crop shows", 0.01, 1),
};

/** The names of a training's parts. */
export const trainingParts: readonly string[] = Object.keys(parts);

/**
 * A preset's training, changed by what was given. Epochs take the place of a count of steps.
 *
 * @throws {UserError} on a part that no training has, with the nearest that it has, and on a value out of range
 */
export function resolveTraining(preset: Training, given: Partial<Training> = {}): Training {
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(parts, key)) {
      throw new UserError(`a training has no ${key}: ${suggested(key, trainingParts)}`);
    }
    const part = parts[key as keyof Training] as Setting<unknown>;
    if (value !== undefined && !part.accepts(value)) {
      throw new UserError(
        `${key} of the training is ${
          JSON.stringify(value) ?? String(value)
        }; give ${part.expected}`,
      );
    }
  }
  // Epochs that are asked for are those that are run, also where the paper counts steps.
  const { steps, ...byEpochs } = preset;
  const counted = given.epochs === undefined && steps !== undefined ? { steps } : {};
  const told = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...byEpochs, ...counted, ...Object.fromEntries(told) };
}
