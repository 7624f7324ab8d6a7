/** Comparing rows of a report in pairs. */
import assert from "node:assert/strict";
import { pairedDifference } from "../../lib/results/mod.ts";
import { findingOver, pairedOver, withHarmonicMeans } from "../../lib/notebook/mod.ts";
import type { Row } from "../../lib/report/mod.ts";

function row(method: string, dataset: string, accuracy: number, more: Partial<Row> = {}): Row {
  return {
    ...{ cell: "c", protocol: "base-to-new", clip: "pocket", shots: 16, seed: 1 },
    ...{ method, label: method.toUpperCase(), dataset, target: dataset, classes: "new" },
    ...{ learns: true, images: 100, accuracy, top5: 0, macroF1: 0, perClassAccuracy: 0 },
    ...{ calibrationError: 0, ...more },
  };
}

const untrained = { shots: 0, learns: false };
const rows = [
  row("coop", "a", 50),
  row("coop", "a", 54, { seed: 2 }),
  row("coop", "b", 60),
  row("coop", "c", 70),
  row("coop", "d", 80),
  row("coop", "e", 90),
  row("zero-shot", "a", 60, untrained),
  row("zero-shot", "b", 65, untrained),
  row("zero-shot", "c", 70, untrained),
  row("zero-shot", "d", 75, untrained),
];

Deno.test("rows pair by data set, with seeds averaged first, and what has no partner is left out", () => {
  const difference = pairedOver(rows, { method: "coop" }, { method: "zero-shot" });
  const { over, unit, ...summary } = difference;
  assert.deepEqual(summary, pairedDifference([52, 60, 70, 80], [60, 65, 70, 75]));
  assert.deepEqual([over, unit], ["data sets", "places"]);
});

Deno.test("on few data sets every seed that both have is a pair; what learns nothing has all seeds", () => {
  const few = rows.filter(({ dataset }) => dataset < "c");
  const more = [row("coop", "b", 62, { seed: 2 }), row("prograd", "a", 58, { seed: 2 })];
  const { over, unit, ...summary } = pairedOver(
    [...few, ...more],
    { method: "coop" },
    { method: "zero-shot" },
  );
  assert.deepEqual(summary, pairedDifference([50, 54, 60, 62], [60, 60, 65, 65]));
  assert.deepEqual([over, unit], ["runs: 2 seeds on 2 data sets", "runs"]);
  const single = pairedOver([...few, ...more], { method: "prograd" }, { method: "coop" });
  assert.deepEqual([single.n, single.mean], [1, 4], "seed 2 with seed 2");
});

Deno.test("where both sides name their classes, base pairs with new", () => {
  const own = [row("coop", "a", 80, { classes: "base" }), row("coop", "a", 50)];
  const difference = pairedOver(own, { classes: "base" }, { classes: "new" });
  assert.deepEqual([difference.n, difference.mean], [1, 30]);
});

Deno.test("nothing that pairs is an error that names both sides", () => {
  assert.throws(
    () => pairedOver(rows, { method: "coop" }, { method: "prograd" }),
    /^UserError: nothing pairs \{"method":"coop"\} with \{"method":"prograd"\}/,
  );
});

Deno.test("a finding over rows calls methods by their labels and says what the pairs are", () => {
  const forgets = (measured: Row[]) =>
    findingOver(measured, "CoOp forgets", { method: "coop" }, "below", { method: "zero-shot" });
  assert.equal(
    forgets(rows),
    "- **Not decided here:** CoOp forgets. COOP is 2.0 points below ZERO-SHOT " +
      "(95\u00a0% interval −11.1 to +7.1 over 4 data sets).",
  );
  const transferred = (seeds: number[]) =>
    ["w", "x", "y", "z"].flatMap((target, i) => [
      ...seeds.map((seed) => row("coop", "a", 50 + i + seed / 2, { target, seed })),
      row("zero-shot", "a", 60, { target, learns: false }),
    ]);
  assert.match(
    forgets(transferred([1, 2, 3, 4, 5])),
    /^- \*\*Holds here:\*\* .*over 20 tests: 5 seeds, each on 4 sets of test images\)\.$/,
  );
  assert.match(
    forgets(transferred([1])),
    /^- \*\*Not decided here:\*\* .*\(one of the seeds, so no interval\)\.$/,
  );
});

Deno.test("each cell gets the harmonic mean of its own base and new accuracy", () => {
  const cells = withHarmonicMeans([
    row("coop", "a", 80, { classes: "base" }),
    row("coop", "a", 40),
    row("coop", "a", 60, { classes: "base", seed: 2 }),
  ]);
  assert.deepEqual(
    cells.map(({ classes, seed, accuracy }) => [classes, seed, Number(accuracy.toFixed(2))]),
    [["base", 1, 80], ["new", 1, 40], ["H", 1, 53.33], ["base", 2, 60]],
  );
});
