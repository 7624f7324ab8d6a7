/** Paired differences by their unit, against sums by hand. */
import assert from "node:assert/strict";
import {
  aligned,
  type Observation,
  pairedDifference,
  pairedOverUnit,
  withHarmonic,
} from "../../lib/results/mod.ts";

const side = (values: Record<string, Record<number, number>>): Observation[] =>
  Object.entries(values).flatMap(([place, bySeed]) =>
    Object.entries(bySeed).map(([seed, value]) => ({ place, seed: Number(seed), value }))
  );

const a = side({ pets: { 1: 80, 2: 82, 3: 81 }, cars: { 1: 60, 2: 66, 3: 62 }, own: { 1: 1 } });
const b = side({ pets: { 1: 78, 2: 79, 3: 81 }, cars: { 1: 61, 2: 60 } });

Deno.test("over seeds, each is an average over all places, and a seed that lacks one is left out", () => {
  assert.deepEqual([...aligned([a, b], "seeds")], [["1", [70, 69.5]], ["2", [74, 69.5]]]);
  const { unit, ...found } = pairedOverUnit(a, b, "seeds")!;
  assert.deepEqual(found, pairedDifference([70, 74], [69.5, 69.5]));
  assert.equal(unit, "seeds");
});

Deno.test("over places, each is an average over the seeds that both sides have there", () => {
  const { unit: _, ...found } = pairedOverUnit(a, b, "places")!;
  assert.deepEqual(found, pairedDifference([81, 63], [238 / 3, 60.5]));
});

Deno.test("over runs, each place with each seed that both sides have is one", () => {
  const { unit: _, ...found } = pairedOverUnit(a, b, "runs")!;
  assert.deepEqual(found, pairedDifference([80, 82, 81, 60, 66], [78, 79, 81, 61, 60]));
});

Deno.test("the mean differs by unit only in how runs are weighed; the interval is of another question", () => {
  const even = side({ pets: { 1: 80, 2: 82 }, cars: { 1: 60, 2: 66 } });
  const other = side({ pets: { 1: 78, 2: 79 }, cars: { 1: 61, 2: 60 } });
  const [seeds, places, runs] = (["seeds", "places", "runs"] as const).map((unit) =>
    pairedOverUnit(even, other, unit)!
  );
  assert.deepEqual([seeds!.mean, places!.mean, runs!.mean], [2.5, 2.5, 2.5]);
  assert.deepEqual([seeds!.n, places!.n, runs!.n], [2, 2, 4]);
  assert.notDeepEqual(seeds!.interval, places!.interval);
});

Deno.test("what has no seed is the same with every seed of the other side, and once where none has", () => {
  const still = [{ place: "pets", value: 70 }, { place: "cars", value: 50 }];
  assert.equal(pairedOverUnit(a, still, "runs")!.n, 6);
  assert.equal(pairedOverUnit(still, still, "runs")!.n, 2);
  assert.equal(pairedOverUnit(a, side({ none: { 1: 1 } }), "places"), undefined);
});

Deno.test("each cell gets the harmonic mean of its own base and new accuracy", () => {
  const rows = withHarmonic([
    { classes: "base", accuracy: 80, seed: 1 },
    { classes: "base", accuracy: 60, seed: 2 },
    { classes: "new", accuracy: 40, seed: 1 },
  ], ({ seed }) => seed);
  assert.deepEqual(
    rows.map(({ classes, seed, accuracy }) => [classes, seed, Number(accuracy.toFixed(2))]),
    [["base", 1, 80], ["new", 1, 40], ["H", 1, 53.33], ["base", 2, 60]],
  );
});
