/** Intervals over places and seeds at once, against an analysis of variance computed elsewhere. */
import assert from "node:assert/strict";
import { crossed, pairedOverUnit } from "../../lib/results/mod.ts";

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

/** Differences in points: a row for each place, a column for each seed. */
const values = [[2.1, 3.4, 0.7], [1.0, 2.9, -0.4], [4.2, 3.9, 2.2], [0.3, 1.7, -0.9]];

Deno.test("the interval is that of a two-way analysis of variance, or over seeds where that is wider", () => {
  // Sums of squares and Student's quantiles by mpmath, 30 digits: over seeds ±3.2128, over places ±2.0924, over both ±2.6567.
  const found = crossed(values);
  near(found.mean, 1.758333333333333);
  near(found.interval![1] - found.mean, 3.21281543952233);
});

Deno.test("with five seeds and places that differ, both count: wider than over either", () => {
  const many = [
    ...[[1, 4, 2, 3, 0], [3, 6, 4, 6, 2], [2, 4, 3, 3, 1], [4, 7, 6, 5, 3]],
    ...[[1, 3, 2, 2, 0], [3, 5, 4, 6, 2], [0, 2, 1, 2, -1], [2, 5, 3, 3, 1]],
  ];
  const found = crossed(many);
  near(found.mean, 2.875);
  near(found.interval![1] - found.mean, 1.81649194182552);
});

Deno.test("one seed or one place leaves a part unknown: no interval; nothing, or gaps, is refused", () => {
  assert.deepEqual(crossed([[1], [2], [3]]), { n: 3, mean: 2 });
  assert.deepEqual(crossed([[1, 2, 3]]), { n: 3, mean: 2 });
  assert.throws(() => crossed([]), RangeError);
  assert.throws(() => crossed([[1, 2], [3]]), /lacks a seed/);
  assert.deepEqual(crossed([[1, 1], [1, 1]]).interval, [1, 1]);
});

Deno.test("over both, the two sides are paired run by run, and a seed that lacks a place is left out", () => {
  const at = (value: number, place: number, seed: number) => ({ place: `${place}`, seed, value });
  const a = values.flatMap((row, place) => row.map((value, seed) => at(50 + value, place, seed)));
  const plain = values.map((_, place) => ({ place: `${place}`, value: 50 }));
  const { unit, ...found } = pairedOverUnit([...a, at(90, 0, 7)], plain, "both")!;
  assert.equal(unit, "both");
  near(found.mean, crossed(values).mean);
  assert.deepEqual(found.n, 12);
});
