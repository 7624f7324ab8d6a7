import assert from "node:assert/strict";
import {
  harmonicMean,
  pairedDifference,
  publishedSpread,
  studentQuantile,
  summarize,
} from "../../lib/results/statistics.ts";
import { publishedPath } from "../published.ts";

const near = (a: number, b: number, relative = 1e-12) =>
  assert.ok(Math.abs(a - b) <= relative * Math.abs(b), `${a} is not ${b}`);

Deno.test("Student's t quantiles are scipy's, from 1 to 1000 degrees of freedom", () => {
  const { rows }: { rows: [number, number, number][] } = JSON.parse(
    Deno.readTextFileSync(new URL("../fixtures/student_t.json", import.meta.url)),
  );
  assert.ok(rows.length > 100);
  for (const [p, degrees, quantile] of rows) {
    near(studentQuantile(p, degrees), quantile, 1e-10);
    near(studentQuantile(1 - p, degrees), -quantile, 1e-10);
  }
  assert.equal(studentQuantile(0.5, 3), 0);
  assert.throws(() => studentQuantile(1, 3), RangeError);
  assert.throws(() => studentQuantile(0.9, 0), RangeError);
});

Deno.test("three seeds have the sample deviation and the interval of Student's t", () => {
  const { n, mean, sd, interval } = summarize([93.1, 92.7, 94.02]);
  assert.equal(n, 3);
  near(mean, 93.27333333333333);
  near(sd!, 0.6768554744798403); // NumPy, ddof = 1
  near(interval![0], 91.59193112377329); // scipy.stats.t.interval
  near(interval![1], 94.95473554289336);
});

Deno.test("one value has a mean and nothing else; none is refused", () => {
  assert.deepEqual(summarize([50]), { n: 1, mean: 50 });
  assert.throws(() => summarize([]), RangeError);
});

Deno.test("equal values have an interval of no width", () => {
  assert.deepEqual(summarize([50, 50, 50]), { n: 3, mean: 50, sd: 0, interval: [50, 50] });
});

Deno.test("differences are paired by seed", () => {
  const { mean, sd } = pairedDifference([80, 82, 84], [79, 80, 81]);
  assert.deepEqual([mean, sd], [2, 1]);
  assert.throws(() => pairedDifference([1], [1, 2]), RangeError);
});

Deno.test("the published parser's figures and harmonic means agree", () => {
  const { seeds, harmonic_mean }: {
    seeds: { values: number[]; mean: number; std_population: number; ci95: number };
    harmonic_mean: { base: number; new: number; H: number }[];
  } = JSON.parse(Deno.readTextFileSync(publishedPath("metrics.json")));
  const { sdPopulation, halfInterval } = publishedSpread(seeds.values);
  near(summarize(seeds.values).mean, seeds.mean);
  near(sdPopulation, seeds.std_population);
  near(halfInterval, seeds.ci95);
  for (const pair of harmonic_mean) near(harmonicMean(pair.base, pair.new), pair.H);
});

Deno.test("the harmonic mean of nothing right is 0", () => {
  assert.equal(harmonicMean(0, 0), 0);
  assert.equal(harmonicMean(0, 80), 0);
});
