/**
 * How much of what seeds differ by is rounding alone, where it was measured: the same training from starts that are a
 * rounding error apart.
 *
 * @module
 */

/** What one training's accuracies spread by, as sample standard deviations in points. */
export interface Spreads {
  /** Over seeds. */
  seeds: number;
  /** Over starts that are a rounding error apart, of one seed. */
  starts: number;
  /** Whether the second is less than half of the first, or nothing. */
  steady: boolean;
}

/** How far the accuracies of one training spread over seeds, and over starts that are a rounding error apart. */
export interface MeasuredRounding {
  /** Short name of the method. */
  method: string;
  /** Short name of the data set. */
  dataset: string;
  /** Training images of each class. */
  shots: number;
  /** How far the starts are apart, as a share of a parameter's root mean square. */
  nudge: number;
  /** SHA-256 of CLIP's weights. */
  clip: string;
  /** The method's settings and the training, as a record has them. */
  settings: Record<string, unknown>;
  /** The spreads on validation images, of `all` classes, or of `base` and `new` ones. */
  parts: Readonly<Record<string, Spreads>>;
}

/** What spreads of several trainings come to. */
export interface RoundingShare {
  /** How many there are. */
  of: number;
  /** How many of them are steady. */
  steady: number;
  /** What part of the variance over seeds is rounding, from 0 to 1. */
  variance: number;
  /** What part of the width of an interval over seeds is, from 0 to 1. */
  width: number;
}

/**
 * The part of rounding, on average over trainings: of the variance v = Σ starts² / Σ seeds², and, since widths go as the
 * root of the variance, of an interval's width 1 − √(1 − v).
 *
 * @throws {RangeError} without spreads
 *
 * @example
 * ```ts
 * import { roundingShare } from "@plumbline/plumbline/results";
 * import assert from "node:assert/strict";
 * const share = roundingShare([{ seeds: 5, starts: 3, steady: false }]);
 * assert.deepEqual([share.variance, share.width.toFixed(2)], [0.36, "0.20"]);
 * ```
 */
export function roundingShare(spreads: readonly Spreads[]): RoundingShare {
  if (spreads.length === 0) throw new RangeError("no spreads to take a share of");
  const squares = (key: "seeds" | "starts") =>
    spreads.reduce((sum, spread) => sum + spread[key] ** 2, 0);
  const [seeds, starts] = [squares("seeds"), squares("starts")];
  const variance = starts === 0 ? 0 : Math.min(1, starts / seeds);
  return {
    of: spreads.length,
    steady: spreads.filter(({ steady }) => steady).length,
    variance,
    width: 1 - Math.sqrt(1 - variance),
  };
}
