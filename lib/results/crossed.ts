/**
 * An interval over places and seeds at once, where every place was measured with every seed's one training: what one training
 * brings is then common to all places, and no average over places gets rid of it.
 *
 * @module
 */
import { meanOf } from "./mean.ts";
import { studentQuantile, type Summary } from "./statistics.ts";

/**
 * The mean of values that two things cross in, with the 95 % interval that takes both for draws: of a value
 * y_ps = μ + a_p + b_s + e_ps the mean over P places and S seeds has the variance (MS_P + MS_S − MS_e)/PS, with the degrees of
 * freedom of Satterthwaite 1946. It is never narrower than over either alone.
 *
 * @param values a row for each place, all with a value for each seed
 * @returns without an interval where there is one place or one seed, whose part is then unknown
 * @throws {RangeError} without values, or when rows differ in length
 *
 * @example
 * ```ts
 * import { crossed } from "@plumbline/plumbline/results";
 * import assert from "node:assert/strict";
 * const { n, mean, interval } = crossed([[1, 3], [2, 4], [3, 5]]);
 * assert.deepEqual([n, mean], [6, 3]);
 * assert.ok(interval![0] < 0); // two seeds that are two points apart decide nothing
 * assert.equal(crossed([[1], [2]]).interval, undefined);
 * ```
 */
export function crossed(values: readonly (readonly number[])[]): Summary {
  const [places, seeds] = [values.length, values[0]?.length ?? 0];
  const n = places * seeds;
  if (n === 0) throw new RangeError("no values to summarize");
  if (values.some(({ length }) => length !== seeds)) throw new RangeError("a place lacks a seed");
  const ofPlaces = values.map(meanOf);
  const ofSeeds = values[0]!.map((_, seed) => meanOf(values.map((row) => row[seed]!)));
  const mean = meanOf(ofPlaces);
  if (places < 2 || seeds < 2) return { n, mean };
  const about = (means: readonly number[]) => means.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const rest = values.flatMap((row, p) =>
    row.map((value, s) => (value - ofPlaces[p]! - ofSeeds[s]! + mean) ** 2)
  ).reduce((sum, square) => sum + square, 0);
  const square = (sum: number, degrees: number) => ({ square: sum / degrees, degrees });
  const [P, S, E] = [
    square(seeds * about(ofPlaces), places - 1),
    square(places * about(ofSeeds), seeds - 1),
    square(rest, (places - 1) * (seeds - 1)),
  ];
  const both = P.square + S.square - E.square;
  const share = (part: typeof P) => part.square ** 2 / part.degrees;
  const widest = [
    { square: both, degrees: both ** 2 / (share(P) + share(S) + share(E)) },
    ...[P, S],
  ].filter(({ square }) => square > 0).map(({ square, degrees }) =>
    studentQuantile(0.975, Math.max(1, degrees)) * Math.sqrt(square / n)
  );
  const half = Math.max(0, ...widest);
  return { n, mean, interval: [mean - half, mean + half] };
}
