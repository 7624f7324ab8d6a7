/** docs/precision.md is what its data say, and those say what is claimed of bfloat16. */
import assert from "node:assert/strict";
import pocket from "../../data/precision/pocket.json" with { type: "json" };
import steps from "../../data/precision/steps.json" with { type: "json" };
import { page } from "../../docs/precision.ts";

Deno.test("docs/precision.md is what its data say", async () => {
  const written = await Deno.readTextFile(new URL("../../docs/precision.md", import.meta.url));
  assert.equal(written, page(), "run deno run -P=docs docs/precision.ts");
});

Deno.test("steps of real size in bfloat16 are near to float32, not the same, and faster", () => {
  const methods = new Set(steps.results.map(({ name }) => name.split("/")[0]));
  for (const name of ["coop", "prograd", "ivlp", "prometar"]) assert.ok(methods.has(name), name);
  for (const { name, imageFeatures, textFeatures, loss, gradients, seconds } of steps.results) {
    assert.equal(seconds.fp32.length, seconds.bf16.length);
    for (const error of [imageFeatures, textFeatures]) {
      assert.ok(error > 1e-4 && error < 0.03, name);
    }
    assert.ok(loss > 0 && loss < 0.02, name);
    assert.ok(gradients > 1e-4 && gradients < 0.2, name);
  }
});

Deno.test("accuracies in both precisions are of all eleven sets and four methods", () => {
  const of = (key: "dataset" | "method" | "seed" | "classes") =>
    new Set(pocket.pairs.map((pair) => pair[key])).size;
  assert.deepEqual([of("dataset"), of("method"), of("seed"), of("classes")], [11, 4, 2, 2]);
  assert.equal(pocket.pairs.length, 11 * 4 * 2 * 2);
});
