/**
 * The cost model: a step takes its FLOPs at the machine's rate of matrix products, and its operations at their overhead.
 * What the measurement has beyond that is memory traffic and products too small for the rate.
 */

import type { Machine } from "../../lib/protocols/mod.ts";

/** Predicted seconds of a step. */
export function predict({ ops, flops }: { ops: number; flops: number }, on: Machine): number {
  return flops / on.rate + ops * on.overhead;
}
