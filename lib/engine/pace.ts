/**
 * How many epochs a training takes, and the learning rate of each of its steps.
 *
 * @module
 */
import type { Training } from "../methods/mod.ts";
import { epochRate } from "../optim/mod.ts";

/** The epochs of a training whose epochs have `count` steps: its own, or as many as its steps take. */
export function epochsOf({ epochs, steps }: Training, count: number): number {
  return steps === undefined ? epochs : Math.ceil(steps / count);
}

/** The rate of a step (from 0) of an epoch (from 0) of `count`: the epoch's, or by the steps so far. */
export function stepRate(training: Training, count: number, epoch: number, step: number): number {
  const epochs = epochsOf(training, count);
  if (training.schedule !== "steps") return epochRate({ ...training, epochs }, epoch);
  const total = training.steps ?? epochs * count;
  return epochRate({ ...training, epochs: total }, epoch * count + step);
}
