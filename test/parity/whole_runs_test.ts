/** docs/whole_runs.md is what its data say. */
import assert from "node:assert/strict";
import protocols from "../../data/whole_runs/protocols.json" with { type: "json" };
import runs from "../../data/whole_runs/runs.json" with { type: "json" };
import { page } from "../../docs/whole_runs.ts";

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
  for (const { method, seed, lossRelativeDifference } of protocols.runs) {
    assert.ok(lossRelativeDifference < 1e-3, `${method}, seed ${seed}`);
  }
});
