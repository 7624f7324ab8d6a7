/**
 * How a difference is written, in tables, figures, findings and pages alike.
 *
 * @module
 */

/**
 * A difference with its sign, a true minus, and no sign before what rounds to nothing.
 *
 * @param decimals how many decimal places
 *
 * @example
 * ```ts
 * import { signed } from "@plumbline/plumbline/results";
 * import assert from "node:assert/strict";
 * assert.deepEqual([1.25, -0.04, -3].map((x) => signed(x)), ["+1.3", "0.0", "−3.0"]);
 * assert.equal(signed(-0.125, 2), "−0.13");
 * ```
 */
export function signed(value: number, decimals = 1): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value).toFixed(decimals);
  return Number(size) === 0 ? size : `${value < 0 ? "−" : "+"}${size}`;
}
