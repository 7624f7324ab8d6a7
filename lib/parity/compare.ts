/**
 * How far what was computed is from what was recorded.
 *
 * @module
 */

/** One comparison of a record. */
export interface Comparison {
  /** What was compared: `gradient/text.0 at step 3`. */
  what: string;
  /** Largest difference over the largest recorded magnitude; 1 for plain data that are just not equal. */
  error: number;
  /** How large `error` may be. */
  tolerance: number;
  /** Present where nothing could be compared, and why. */
  skipped?: string;
}

/**
 * max|a − b| / max|b|; NaN or a wrong length is infinitely far.
 *
 * @param magnitude what to take for max|b| where that is larger: of numbers that may all but cancel
 */
export function relativeError(
  computed: ArrayLike<number>,
  recorded: ArrayLike<number>,
  magnitude = 0,
): number {
  if (computed.length !== recorded.length) return Infinity;
  let difference = 0;
  for (let i = 0; i < recorded.length; i++) {
    if (!Number.isFinite(computed[i]) || !Number.isFinite(recorded[i])) return Infinity;
    difference = Math.max(difference, Math.abs(computed[i]! - recorded[i]!));
    magnitude = Math.max(magnitude, Math.abs(recorded[i]!));
  }
  return difference === 0 ? 0 : difference / (magnitude || 1);
}

/** The relative error of numbers. */
export function near(
  what: string,
  computed: ArrayLike<number>,
  recorded: ArrayLike<number>,
  tolerance: number,
): Comparison {
  return { what, error: relativeError(computed, recorded), tolerance };
}

/** Exact agreement of plain data: 0 or 1. */
export function same(what: string, computed: unknown, recorded: unknown): Comparison {
  const error = JSON.stringify(computed) === JSON.stringify(recorded) ? 0 : 1;
  return { what, error, tolerance: 0 };
}

/** Something recorded that is not compared. */
export function skip(what: string, why: string): Comparison {
  return { what, error: 0, tolerance: 0, skipped: why };
}

/** How much of its tolerance a comparison uses up: more than 1 is out. */
export function strain({ error, tolerance }: Comparison): number {
  return error === 0 ? 0 : error / tolerance;
}
