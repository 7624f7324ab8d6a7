/**
 * Statistics over seeds: mean, sample standard deviation and Student's t interval (three seeds make 1.96·σ/√n wrong),
 * and the harmonic mean of base and new accuracy. No tensors, so that reports can use it.
 *
 * @module
 */
import { meanOf } from "./mean.ts";

/**
 * A mean over repetitions.
 *
 * @category Evaluate
 */
export interface Summary {
  /** Number of values. */
  n: number;
  /** Arithmetic mean. */
  mean: number;
  /** Sample standard deviation (divided by n − 1); absent for one value. */
  sd?: number;
  /** 95 % confidence interval of the mean by Student's t with n − 1 degrees of freedom; absent for one value. */
  interval?: [low: number, high: number];
}

/**
 * Mean, spread and interval of the values of several seeds.
 *
 * @throws {RangeError} without values
 *
 * @category Evaluate
 *
 * @example
 * ```ts
 * import { summarize } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const { n, mean, sd, interval } = summarize([80, 81, 82]);
 * assert.deepEqual([n, mean, sd], [3, 81, 1]);
 * assert.deepEqual(interval?.map((bound) => bound.toFixed(2)), ["78.52", "83.48"]);
 * assert.deepEqual(summarize([80]), { n: 1, mean: 80 }); // one seed has no interval
 * ```
 */
export function summarize(values: readonly number[]): Summary {
  const n = values.length;
  if (n === 0) throw new RangeError("no values to summarize");
  const mean = meanOf(values);
  if (n === 1) return { n, mean };
  const sd = Math.sqrt(squares(values, mean) / (n - 1));
  const half = quantileOf(n - 1) * sd / Math.sqrt(n);
  return { n, mean, sd, interval: [mean - half, mean + half] };
}

/** The 97.5 % quantile by degrees of freedom: a report asks for the same few thousands of times. */
function quantileOf(degrees: number): number {
  const found = quantiles.get(degrees) ?? studentQuantile(0.975, degrees);
  quantiles.set(degrees, found);
  return found;
}

const quantiles = new Map<number, number>();

/**
 * The differences `a − b` of runs that share their seeds, summarized: with an interval that leaves out 0 the two differ
 * at the 5 % level (paired t test).
 *
 * @throws {RangeError} when the two are not of one length
 *
 * @category Evaluate
 *
 * @example
 * ```ts
 * import { pairedDifference } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * assert.equal(pairedDifference([80, 82], [79, 80]).mean, 1.5);
 * ```
 */
export function pairedDifference(a: readonly number[], b: readonly number[]): Summary {
  if (a.length !== b.length) throw new RangeError(`${a.length} and ${b.length} values do not pair`);
  return summarize(a.map((value, i) => value - b[i]!));
}

/**
 * Spread and interval as the published result parser (Dassl's `parse_test_res`) prints them: the *population* standard
 * deviation, and half of a 95 % interval of the normal distribution, 1.96·σ/√n. Too narrow for few seeds: only for
 * setting beside published figures.
 *
 * @throws {RangeError} without values
 */
export function publishedSpread(
  values: readonly number[],
): { sdPopulation: number; halfInterval: number } {
  const { n, mean } = summarize(values);
  const sdPopulation = Math.sqrt(squares(values, mean) / n);
  return { sdPopulation, halfInterval: 1.96 * sdPopulation / Math.sqrt(n) };
}

/**
 * The harmonic mean of the accuracies on base and new classes; 0 when both are 0.
 *
 * @category Evaluate
 *
 * @example
 * ```ts
 * import { harmonicMean } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * assert.equal(harmonicMean(82.69, 63.22).toFixed(2), "71.66");
 * ```
 */
export function harmonicMean(base: number, novel: number): number {
  return base + novel === 0 ? 0 : 2 * base * novel / (base + novel);
}

/**
 * The value below which Student's t distribution has the probability `p`.
 *
 * @param degrees degrees of freedom, at least 1
 */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1 && degrees >= 1)) {
    throw new RangeError(`no quantile ${p} at ${degrees} degrees`);
  }
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  if (p === 0.5) return 0;
  // 2·P(T > t) = I_x(ν/2, ½) with x = ν/(ν + t²): bisect for x, in which the tail is monotone.
  let [low, high] = [0, 1];
  for (let i = 0; i < 200 && low < high; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (incompleteBeta(middle, degrees / 2, 0.5) < 2 * (1 - p)) low = middle;
    else high = middle;
  }
  const x = (low + high) / 2;
  return Math.sqrt(degrees * (1 - x) / x);
}

function squares(values: readonly number[], mean: number): number {
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

/** The regularised incomplete beta function I_x(a, b), by the continued fraction of DLMF 8.17.22. */
function incompleteBeta(x: number, a: number, b: number): number {
  // The fraction converges quickly below the mean; beyond it I_x(a, b) = 1 − I_{1−x}(b, a).
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  if (x <= 0) return 0;
  let fraction = 1;
  for (let m = 200; m >= 1; m--) {
    const odd = -(a + m - 1) * (a + b + m - 1) * x / ((a + 2 * m - 2) * (a + 2 * m - 1));
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    fraction = 1 + odd / (1 + even / fraction);
  }
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b),
  );
  return front / (a * fraction);
}

/** ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) after moving x above 15. */
function logGamma(x: number): number {
  let shift = 0;
  for (; x < 15; x++) shift += Math.log(x);
  const y = 1 / (x * x);
  const series = (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y / 1188)))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
