/**
 * Dassl's learning rate: constant or rising while warming up, then a cosine over the whole number of epochs.
 *
 * @module
 */

/** The settings of a learning-rate schedule: a warm-up, then a cosine. */
export interface Schedule {
  /** The learning rate that the cosine starts from, after the warm-up. */
  rate: number;
  /** Epochs of the whole training, those of the warm-up included. */
  epochs: number;
  /** How many of the first epochs warm up; 0 for none. */
  warmupEpochs: number;
  /** The learning rate of the warm-up: of all its epochs when constant, of its first epoch when linear. */
  warmupRate: number;
  /** `constant` (default), as both papers warm up, or `linear`: after the first epoch, rate·epoch/warmupEpochs. */
  warmup?: "constant" | "linear";
  /** The learning rate that the cosine falls towards. Default 0. */
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
