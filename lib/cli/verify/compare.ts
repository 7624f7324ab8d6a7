/**
 * How far what was computed is from what was recorded.
 *
 * @module
 */

/** One comparison of a record. */
export interface Comparison {
  /** What was compared: `gradient/text.0 at step 3`. */
  what: string;
  /** Largest difference over the largest recorded magnitude; 1 or more for things that are just not equal. */
  error: number;
  tolerance: number;
}

/** max|a − b| / max|b|; NaN or a wrong length is infinitely far. */
export function relativeError(computed: ArrayLike<number>, recorded: ArrayLike<number>): number {
  if (computed.length !== recorded.length) return Infinity;
  let [difference, magnitude] = [0, 0];
  for (let i = 0; i < recorded.length; i++) {
    if (Number.isNaN(computed[i])) return Infinity;
    difference = Math.max(difference, Math.abs(computed[i] - recorded[i]));
    magnitude = Math.max(magnitude, Math.abs(recorded[i]));
  }
  return difference === 0 ? 0 : difference / (magnitude || 1);
}

/** Exact agreement of plain data: 0 or 1. */
export function same(what: string, computed: unknown, recorded: unknown): Comparison {
  const error = JSON.stringify(computed) === JSON.stringify(recorded) ? 0 : 1;
  return { what, error, tolerance: 0 };
}
