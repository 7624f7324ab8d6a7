import assert from "node:assert/strict";
import type { Block } from "../../lib/report/document.ts";
import { report } from "../../lib/report/mod.ts";
import { roundingBlocks } from "../../lib/report/rounding.ts";
import type { MeasuredRounding } from "../../lib/results/mod.ts";
import { record, result } from "./records.ts";

const run = record({}, [result("eurosat", "base", 80), result("eurosat", "new", 60)]);
const steady = { seeds: 4, starts: 1, steady: true };
const measured: MeasuredRounding = {
  ...{ method: "coop", dataset: "eurosat", shots: 16, nudge: 1e-6, clip: run.clip.sha256 },
  settings: run.settings,
  parts: { base: steady, new: { ...steady, starts: 3, steady: false } },
};
const told = (blocks: Block[]) => blocks.map((block) => "text" in block ? block.text : "").join();

Deno.test("where intervals are shown, the report says how much of them is rounding alone", () => {
  const { markdown } = report([run], { headline: "", command: "", rounding: [measured] });
  assert.match(markdown, /of coop on 1 set: from starts 0\.000001 apart/);
  assert.match(markdown, /in 1 of 2 cases/);
  // (1 + 9)/(16 + 16) of the variance; 1 − √(1 − 10/32) of the width.
  assert.match(
    markdown,
    /31\.3.% of the variance over seeds is rounding, so 17\.1.% of an interval/,
  );
  assert.doesNotMatch(
    report([run], { headline: "", command: "" }).markdown,
    /is rounding alone was measured/,
  );
});

Deno.test("a measurement of another training says nothing of a run", () => {
  assert.notEqual(told(roundingBlocks([run], [measured])), "");
  for (
    const change of [
      { method: "prograd" },
      { dataset: "dtd" },
      { shots: 4 },
      { clip: "f".repeat(64) },
      { settings: { ...run.settings, epochs: 5 } },
      { parts: { all: steady } },
    ]
  ) assert.deepEqual(roundingBlocks([run], [{ ...measured, ...change }]), []);
});
