/** docs/whole_runs.md is what its data say. */
import assert from "node:assert/strict";
import runs from "../../data/whole_runs/runs.json" with { type: "json" };
import { page } from "../../docs/whole_runs.ts";

Deno.test("docs/whole_runs.md is what its data say", async () => {
  const written = await Deno.readTextFile(new URL("../../docs/whole_runs.md", import.meta.url));
  assert.equal(written, page(), "run deno run -A docs/whole_runs.ts");
  const methods = new Set(runs.replays.map(({ method }) => method));
  const all = ["coop", "cocoop", "prograd", "kgcoop", "maple", "ivlp", "promptsrc", "prometar"];
  assert.deepEqual([...methods].sort(), all.sort());
});
