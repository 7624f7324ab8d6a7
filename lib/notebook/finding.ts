/**
 * Findings: sentences whose words are decided by the numbers. A claim is said to hold only where the whole 95 % interval
 * of the difference lies on its side of 0.
 *
 * @module
 */
import { signed, type Summary } from "../results/mod.ts";

/** A claim about the difference between two things that were measured. */
export interface Claim {
  /** A sentence without its full stop: `CoOp forgets new classes`. */
  claim: string;
  /** What is compared: `CoOp on new classes`. */
  a: string;
  /** What `a` is compared with. */
  b: string;
  /** a − b, paired, over data sets or seeds. */
  difference: Summary;
  /** On which side of `b` the claim has `a`. */
  expected: "above" | "below";
  /** What the pairs are. */
  over?: string;
  /** What the difference is counted in. Default `points`. */
  unit?: string;
}

/** What the numbers make of a claim. */
export type Verdict = "holds" | "contradicted" | "not decided";

/**
 * The verdict on a claim. Without an interval nothing is decided.
 *
 * @example
 * ```ts
 * import { summarize } from "@plumbline/plumbline";
 * import { verdict } from "@plumbline/plumbline/notebook";
 * import assert from "node:assert/strict";
 * assert.equal(verdict(summarize([3, 4, 5]), "above"), "holds");
 * assert.equal(verdict(summarize([3, 4, 5]), "below"), "contradicted");
 * assert.equal(verdict(summarize([-3, 0, 4]), "above"), "not decided");
 * ```
 */
export function verdict({ interval }: Summary, expected: "above" | "below"): Verdict {
  if (interval === undefined || !interval.every(Number.isFinite)) return "not decided";
  const [low, high] = interval;
  if (low > 0) return expected === "above" ? "holds" : "contradicted";
  if (high < 0) return expected === "below" ? "holds" : "contradicted";
  return "not decided";
}

/**
 * The claim, its verdict and the numbers behind it, as an item of a Markdown list.
 *
 * @example
 * ```ts
 * import { pairedDifference } from "@plumbline/plumbline";
 * import { finding } from "@plumbline/plumbline/notebook";
 * import assert from "node:assert/strict";
 * const line = finding({
 *   claim: "CoOp forgets new classes",
 *   a: "CoOp",
 *   b: "zero-shot CLIP",
 *   difference: pairedDifference([50, 52, 49], [58, 59, 58]),
 *   expected: "below",
 *   over: "data sets",
 * });
 * assert.equal(
 *   line,
 *   "- **Holds here:** CoOp forgets new classes. CoOp is 8.0 points below zero-shot CLIP " +
 *     "(95\u00a0% interval −10.5 to −5.5 over 3 data sets).",
 * );
 * ```
 */
export function finding(
  { claim, a, b, difference, expected, over = "pairs", unit = "points" }: Claim,
): string {
  const { n, mean, interval } = difference;
  const side = mean < 0 ? "below" : "above";
  const sure = interval
    ? `95\u00a0% interval ${signed(interval[0])} to ${signed(interval[1])} over ${n} ${over}`
    : `one of the ${over}, so no interval`;
  const found = verdict(difference, expected);
  const first = `${found[0]!.toUpperCase()}${found.slice(1)} here`;
  const size = Math.abs(mean).toFixed(1);
  return `- **${first}:** ${claim}. ${a} is ${size} ${unit} ${side} ${b} (${sure}).`;
}
