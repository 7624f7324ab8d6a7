/** The commands around the pocket CLIP: training it, and exporting it for others. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { loadWeights, pocketWeights, readSafetensors } from "../../lib/clip/mod.ts";
import { UsageError } from "../../lib/cli/options.ts";
import { pretrain } from "../../lib/cli/pretrain.ts";
import { weights } from "../../lib/cli/weights.ts";

Deno.test("pretrain leaves weights with their recipe, log and curve, and goes on from nothing when done", async () => {
  const out = join(await Deno.makeTempDir(), "run");
  const args = ["--steps", "2", "--batch", "2", "--blind", "--out", out];
  const said: string[] = [];
  await pretrain(args, (line) => said.push(line), { silent: true });
  assert.deepEqual(
    said.filter((line) => line.startsWith("Wrote")),
    ["pocket.safetensors", "log.jsonl", "loss.svg"].map((f) => `Wrote ${join(out, f)}`),
  );
  const path = join(out, "pocket.safetensors");
  const before = await Deno.readFile(path);
  assert.ok(before.length < 8e6, `${before.length} bytes`);
  const { config } = await loadWeights(path);
  assert.deepEqual([config.imageSize, config.text.vocab], [48, 49408]);
  const recipe = JSON.parse((await readSafetensors(path)).metadata.get("recipe")!);
  assert.deepEqual([recipe.steps, recipe.batch, recipe.seed], [2, 2, 1]);
  assert.match(await Deno.readTextFile(join(out, "loss.svg")), /^<svg .*contrastive loss/s);
  await pretrain(args, () => {}, { silent: true });
  assert.deepEqual(await Deno.readFile(path), before);
});

Deno.test("pretrain names the option that was meant", async () => {
  await assert.rejects(pretrain(["--stpes", "2"], () => {}, { silent: true }), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /unknown option --stpes: did you mean --steps\?/);
    return true;
  });
});

Deno.test("weights pocket --export writes every row, the same numbers as the compact file gives", async () => {
  const to = join(await Deno.makeTempDir(), "whole.safetensors");
  await weights(["pocket", "--export", to], () => {}, { silent: true });
  const [whole, compact] = [await readSafetensors(to), await pocketWeights()];
  assert.deepEqual(whole.shape("token_embedding.weight"), [49408, 128]);
  assert.equal(whole.metadata.size, 0, "nothing that others would have to understand");
  for (const key of whole.keys) {
    assert.deepEqual(whole.readFloats(key).data, compact.get(key).data, key);
  }
  await assert.rejects(weights(["RN50", "--export", to], () => {}, { silent: true }), UsageError);
});
