/**
 * Dassl's learning rate: constant or rising while warming up, then a cosine over the whole number of epochs.
 *
 * @module
 */

/** A schedule's settings. */
export interface Schedule {
  /** The rate that the cosine starts from. */
  rate: number;
  /** Of the whole training, those of the warm-up included. */
  epochs: number;
  /** First epochs at `warmupRate`. */
  warmupEpochs: number;
  /** Their rate. */
  warmupRate: number;
  /** `constant`, as both papers warm up, or `linear`: after the first epoch, rate·epoch/warmupEpochs. */
  warmup?: "constant" | "linear";
  /** Where the cosine ends. Default 0. */
  lastRate?: number;
}

/**
 * The rate of an epoch (from 0): while warming up as the schedule says, then lastRate + (rate −
 * lastRate)·(1 + cos(π(epoch − warmupEpochs)/epochs))/2.
 *
 * @example
 * ```ts
 * import { epochRate } from "@plumbline/plumbline/optim";
 * import assert from "node:assert/strict";
 * const schedule = { rate: 0.002, epochs: 50, warmupEpochs: 1, warmupRate: 1e-5 };
 * assert.equal(epochRate(schedule, 0), 1e-5);
 * assert.equal(epochRate(schedule, 1), 0.002);
 * ```
 */
export function epochRate(schedule: Schedule, epoch: number): number {
  const { rate, epochs, warmupEpochs, warmupRate, warmup, lastRate = 0 } = schedule;
  if (epoch < warmupEpochs) {
    return warmup === "linear" && epoch > 0 ? rate * epoch / warmupEpochs : warmupRate;
  }
  const done = (1 + Math.cos(Math.PI * (epoch - warmupEpochs) / epochs)) / 2;
  return lastRate + (rate - lastRate) * done;
}
