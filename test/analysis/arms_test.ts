/** Parts of a gain against sums by hand. */

import assert from "node:assert/strict";
import { armDifference, type ArmRow, gainParts, trainArms } from "../../lib/analysis/mod.ts";
import { pairedDifference } from "../../lib/results/mod.ts";
import { small } from "./task.ts";

const crossed = { plain: "CoOp", startOnly: "CoOp*", methodOnly: "ProGrad*", both: "ProGrad" };

function row(label: string, dataset: string, seed: number, accuracy: number): ArmRow {
  const same = { base: accuracy, new: accuracy, harmonic: accuracy };
  return { label, method: label.toLowerCase(), dataset, seed, ...same };
}

/** Two sets, two seeds: [CoOp, CoOp from the template, ProGrad from random, ProGrad]. */
const rows = [
  ...["CoOp", "CoOp*", "ProGrad*", "ProGrad"].flatMap((label, arm) => [
    row(label, "a", 1, [60, 65, 61, 67][arm]!),
    row(label, "a", 2, [62, 66, 64, 66][arm]!),
    row(label, "b", 1, [50, 58, 51, 57][arm]!),
    row(label, "b", 2, [52, 58, 50, 61][arm]!),
  ]),
];

Deno.test("the start's part and the method's part sum to the gain, data set by data set", () => {
  const { gain, start, method, interaction } = gainParts(rows, crossed, "new");
  // Means over seeds: a 61, 65.5, 62.5, 66.5; b 51, 58, 50.5, 59.
  assert.deepEqual(gain, pairedDifference([66.5, 59], [61, 51]));
  assert.deepEqual([start.mean, method.mean], [(4.25 + 7.75) / 2, (1.25 + 0.25) / 2]);
  assert.equal(start.mean + method.mean, gain.mean);
  assert.equal(interaction.mean, (-0.5 + 1.5) / 2);
  assert.equal(gain.n, 2);
});

Deno.test("with one data set the seeds are what is counted", () => {
  const one = rows.filter(({ dataset }) => dataset === "a");
  assert.deepEqual(
    armDifference(one, "ProGrad", "CoOp", "base"),
    pairedDifference([67, 66], [60, 62]),
  );
});

Deno.test("a seed that an arm lacks is left out of all arms", () => {
  const lacking = rows.filter(({ label, seed }) => label !== "CoOp" || seed === 1);
  const { gain } = gainParts(lacking, crossed, "base");
  assert.deepEqual(gain, pairedDifference([67, 57], [60, 50]));
  assert.throws(
    () => armDifference(rows, "ProGrad", "IVLP", "base"),
    /no data set and seed has all of ProGrad, IVLP/,
  );
});

Deno.test("arms are trained in every study, and each training is told", async () => {
  using on = await small(1);
  const study = {
    clip: on.clip,
    dataset: on.base,
    views: 1,
    training: { epochs: 1 },
    settings: { contextLength: 8 },
    tests: { base: on.base, new: on.new },
  };
  const arms = [
    { label: "CoOp", method: "coop" },
    { label: "CoOp*", method: "coop", preset: "template" },
  ];
  const told: string[] = [];
  const found = await trainArms(arms, [study], ({ label }) => told.push(label));
  assert.deepEqual(told, ["CoOp", "CoOp*"]);
  assert.ok(found.every(({ base, new: novel }) => base >= 0 && novel <= 100));
});
