/**
 * How many threads TensorFlow computes a cell with.
 *
 * @module
 */
import type { Experiment } from "../protocols/mod.ts";

/** What TensorFlow takes its number of threads from, when it is loaded. */
export const THREADS = "TF_NUM_INTRAOP_THREADS";

/**
 * A small CLIP's products are as fast on one thread as on several, and side by side faster: cells get one each, however
 * many run, so that their sums are in one order. For a process of its own, before anything is computed.
 */
export function keepToOneThread(experiments: readonly Experiment[]): void {
  const isSmall = experiments.every(({ clip }) => isOurs(clip));
  if (isSmall && Deno.env.get(THREADS) === undefined) Deno.env.set(THREADS, "1");
}

/** Whether a CLIP comes with this module. */
export function isOurs(clip: string): boolean {
  return clip === "pocket" || clip === "random";
}
