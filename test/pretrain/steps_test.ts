/** A step of pre-training against PyTorch (fixtures/pretrain/make_steps.py): loss, every gradient, where four steps lead. */
import assert from "node:assert/strict";
import type { ClipConfig } from "../../lib/clip/mod.ts";
import { randomWeights, uniform } from "../../lib/clip/random.ts";
import { captionWords } from "../../lib/datasets/mod.ts";
import { pocketRecipe, pretrain, type PretrainLogEntry } from "../../lib/pretrain/mod.ts";
import { contrastive } from "../../lib/pretrain/loss.ts";
import {
  beginning,
  type PretrainRecipe,
  type PretrainState,
  takeStep,
} from "../../lib/pretrain/step.ts";
import {
  dispose,
  memory,
  readSync,
  type Tensor,
  type Tensors,
  useBackend,
  wrap,
} from "../../lib/tensor/mod.ts";
import { clipShapes } from "../../lib/clip/mod.ts";
import truth from "../fixtures/pretrain/steps.json" with { type: "json" };

const config: ClipConfig = {
  embedDim: 32,
  imageSize: 16,
  vision: { kind: "vit", width: 128, layers: 2, patch: 8, heads: 2 },
  text: { width: 128, layers: 2, heads: 2, contextLength: 77, vocab: 12 },
};

const recipe: PretrainRecipe = {
  steps: 10,
  batch: 5,
  seed: 1,
  muonRate: 0.02,
  adamRate: 1e-3,
  weightDecay: 0.05,
  warmup: 2,
  clip: 1,
};

function weights(): Tensors {
  const get = randomWeights(config);
  return Object.fromEntries([...clipShapes(config).keys()].map((key) => {
    const { shape, data } = get(key);
    return [key, wrap(data, shape)];
  }));
}

function pairs(step: number) {
  const next = uniform(77 + step);
  return {
    pixels: Float32Array.from({ length: 5 * 16 * 16 * 3 }, () => 1.5 * next()),
    texts: truth.texts,
  };
}

/** The entries that the record has: at most twelve, evenly spread. */
function sample(x: Tensor): number[] {
  const values = readSync(x);
  const count = Math.min(values.length, 12);
  return Array.from({ length: count }, (_, i) => values[Math.floor(i * values.length / count)]!);
}

/** Each within `share` of the tensor's own size, given by `size`. */
function close(found: number[], expected: number[], size: number, share: number, what: string) {
  expected.forEach((value, i) => {
    const error = Math.abs(found[i]! - value);
    assert.ok(error <= share * size, `${what}, entry ${i}: ${found[i]}, PyTorch ${value}`);
  });
}

for (const backend of ["native", "wasm"]) {
  const works = await useBackend(backend).then(() => true, () => false);
  const skipped = works ? "" : " (skipped: it does not work here)";

  Deno.test({
    name: `the gradient of every weight is PyTorch's, on ${backend}${skipped}`,
    ignore: !works,
    async fn() {
      await useBackend(backend);
      const before = memory().tensors;
      const params = weights();
      const { loss, gradients } = contrastive(config, params, pairs(0));
      assert.ok(Math.abs(readSync(loss)[0]! - truth.losses[0]!) < 1e-5 * truth.losses[0]!);
      assert.deepEqual(Object.keys(gradients), Object.keys(truth.gradients));
      for (const [key, expected] of Object.entries(truth.gradients)) {
        const values = readSync(gradients[key]!);
        const norm = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
        assert.ok(Math.abs(norm - expected.norm) <= 1e-4 * expected.norm, `${key}: ${norm}`);
        const size = expected.norm / Math.sqrt(values.length);
        close(sample(gradients[key]!), expected.sample, size, 2e-4, key);
      }
      dispose([params, loss, gradients]);
      assert.equal(memory().tensors, before, "tensors leak");
    },
  });
}

Deno.test("four steps of Muon and AdamW lead where PyTorch's do", async () => {
  await useBackend();
  const before = memory().tensors;
  let training: PretrainState = beginning(recipe, weights());
  const start = weights();
  for (let step = 0; step < 4; step++) {
    const taken = await takeStep(config, recipe, training, pairs(step));
    training = taken.training;
    const { loss, norm } = taken.shown;
    assert.ok(Math.abs(loss - truth.losses[step]!) < 1e-3 * truth.losses[step]!, `loss ${loss}`);
    assert.ok(Math.abs(norm - truth.norms[step]!) < 2e-3 * truth.norms[step]!, `norm ${norm}`);
  }
  for (const [key, expected] of Object.entries(truth.params)) {
    const from = sample(start[key]!);
    const moved = Math.max(...expected.map((value, i) => Math.abs(value - from[i]!)));
    assert.ok(moved > 0, `${key} moves`);
    close(sample(training.params[key]!), expected, moved, 2e-3, key);
  }
  dispose([start, training.params, training.optimiser]);
  assert.equal(memory().tensors, before, "tensors leak");
});

const native = await useBackend("native").then(() => true, () => false);

Deno.test({
  name: "the committed weights' log begins as a run from their seed does" +
    (native ? "" : " (skipped: ten steps take wasm a minute)"),
  ignore: !native,
  async fn() {
    await useBackend("native");
    const log = await Deno.readTextFile(new URL("../../data/pocket/log.jsonl", import.meta.url));
    const expected: PretrainLogEntry = JSON.parse(log.split("\n", 1)[0]!);
    const folder = await Deno.makeTempDir();
    const first: number[] = [];
    const words = captionWords();
    const enough = new Error("ten steps are done");
    await assert.rejects(
      pretrain({
        folder,
        recipe: pocketRecipe,
        words,
        onStep({ step, loss }) {
          first.push(loss);
          if (step === expected.step) throw enough;
        },
      }),
      enough,
    );
    const mean = first.reduce((a, b) => a + b) / first.length;
    // The same bits on the machine that trained them; other processors round otherwise.
    assert.ok(Math.abs(mean - expected.loss) < 1e-3, `loss ${mean}, in the log ${expected.loss}`);
  },
});
