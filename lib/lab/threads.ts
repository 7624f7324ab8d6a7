/**
 * How many threads TensorFlow computes a cell with.
 *
 * @module
 */
import { isOurs } from "./find_weights.ts";

/** What TensorFlow takes its number of threads from, when it is loaded. */
export const THREADS = "TF_NUM_INTRAOP_THREADS";

/**
 * A small CLIP's products are as fast on one thread as on several, and side by side faster: cells get one each, however
 * many run, so that their sums are in one order. In effect where nothing has been computed yet, and the environment may be
 * set.
 *
 * @param clips as experiments name them
 */
export function keepToOneThread(clips: readonly string[]): void {
  if (!clips.every(isOurs)) return;
  try {
    if (Deno.env.get(THREADS) === undefined) Deno.env.set(THREADS, "1");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}
