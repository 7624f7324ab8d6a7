/** docs/whole_runs.md is what its data say. */
import assert from "node:assert/strict";
import protocols from "../../data/whole_runs/protocols.json" with { type: "json" };
import runs from "../../data/whole_runs/runs.json" with { type: "json" };
import { page } from "../../docs/whole_runs.ts";
import { verdicts } from "../../docs/whole_runs_methods.ts";

Deno.test("docs/whole_runs.md is what its data say", async () => {
  const written = await Deno.readTextFile(new URL("../../docs/whole_runs.md", import.meta.url));
  assert.equal(written, page(), "run deno run -A docs/whole_runs.ts");
  const methods = new Set(runs.replays.map(({ method }) => method));
  const all = ["coop", "cocoop", "prograd", "kgcoop", "maple", "ivlp", "promptsrc", "prometar"];
  assert.deepEqual([...methods].sort(), all.sort());
});

Deno.test("losses of every run on other protocols, contexts and towers follow the published ones", () => {
  const kinds = new Set(protocols.runs.map(({ what }) => what));
  for (const kind of ["class-specific", "ResNet", "transfer", "few-shot", "base-to-new"]) {
    assert.ok([...kinds].some((what) => what.includes(kind)), kind);
  }
  for (const run of protocols.runs) {
    const { method, seed, lossRelativeDifference } = run;
    // where rounding alone parts a side from itself, there is no one result to follow
    const themselves = "apartFromThemselves" in run ? run.apartFromThemselves : {};
    const itself = Object.values(themselves).some((epoch) => epoch !== null);
    assert.ok(lossRelativeDifference < (itself ? 0.1 : 1e-3), `${method}, seed ${seed}`);
  }
});

Deno.test("of each method the same predictions, or a difference over five seeds or more whose interval holds 0", () => {
  for (const { method, runs, same, between } of verdicts()) {
    assert.ok(same > runs / 2, method);
    assert.equal(between.length > 0, same < runs, method);
    for (const { what, seeds, interval: [low, high] } of between) {
      assert.ok(seeds >= 5 && low <= 0 && high >= 0, `${method}, ${what}: ${low} to ${high}`);
    }
  }
});
