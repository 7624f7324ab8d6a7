import assert from "node:assert/strict";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes, type LoadedDataset } from "../../lib/datasets/mod.ts";
import { disposeState, type EpochRecord, evaluate, fit, openImages } from "../../lib/engine/mod.ts";
import { trainingBatches } from "../../lib/engine/batches.ts";
import { method, resolveSettings, type Training } from "../../lib/methods/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { dispose, memory, readSync, useBackend } from "../../lib/tensor/mod.ts";

const training: Training = {
  epochs: 3,
  batchSize: 8,
  rate: 0.01,
  warmupEpochs: 1,
  warmupRate: 1e-3,
};

const root = await Deno.makeTempDir();
const drawn = drawShapes(root);

async function shapes(): Promise<LoadedDataset> {
  await drawn;
  return await drawnShapes.load(root);
}

async function trainOnce(
  name: string,
  data: LoadedDataset,
  changes: Partial<Training> = {},
  views?: number,
) {
  const clip = randomClip(smallConfig, 3);
  using images = openImages(clip, { workers: 0 });
  const chosen = method(name);
  const settings = resolveSettings(chosen, name === "coop" ? { contextLength: 4 } : {});
  const learner = chosen.learner(
    { clip, classNames: data.classNames, template: data.template },
    settings,
  );
  const epochs: EpochRecord[] = [];
  const state = await fit(learner, {
    items: data.train.filter((_, i) => i % 6 === 0),
    needs: chosen.needs,
    training: { ...training, ...changes },
    images,
    random: streams(7),
    views,
    onEpoch: (epoch) => epochs.push(epoch),
  });
  const numbers = Object.values(state.params).map((x) => readSync(x).slice());
  const score = await evaluate(learner, state.params, data.test.slice(0, 40), {
    needs: chosen.needs,
    images,
  });
  const again = await evaluate(learner, state.params, data.test.slice(0, 40), {
    needs: chosen.needs,
    images,
  });
  disposeState(state);
  learner.dispose();
  disposeClip(clip);
  return { epochs, numbers, score, again };
}

Deno.test("two runs with one seed give bit-identical parameters and predictions", async () => {
  await useBackend("wasm");
  const data = await shapes();
  const [a, b] = [await trainOnce("coop", data), await trainOnce("coop", data)];
  assert.deepEqual(a.numbers, b.numbers);
  assert.equal(a.score.predictions, b.score.predictions);
  assert.equal(a.epochs.length, 3);
  assert.equal(a.epochs[0]!.rate, 1e-3);
});

Deno.test("training and evaluation leave no tensor behind", async () => {
  await useBackend("wasm");
  const data = await shapes();
  await trainOnce("coop", data); // what is made once and kept, such as transposed weights, is freed with the CLIP
  const before = memory().tensors;
  for (const name of ["zero-shot", "coop"]) await trainOnce(name, data, { epochs: 1 });
  assert.equal(memory().tensors, before);
});

Deno.test("evaluating twice gives the same, also where a learner keeps its text features", async () => {
  await useBackend("wasm");
  const { score, again } = await trainOnce("zero-shot", await shapes());
  assert.deepEqual(score, again);
  assert.equal(score.metrics.n, 40);
});

Deno.test("a diverged loss ends training with one line", async () => {
  await useBackend("wasm");
  const data = await shapes();
  await assert.rejects(
    trainOnce("coop", data, { rate: 1e38, warmupRate: 1e38 }),
    (error: Error) =>
      error.name === "UserError" && /training loss is .* in epoch/.test(error.message),
  );
});

Deno.test("an epoch has every image once, in a fresh order, and leaves out a last batch that is not full", async () => {
  await useBackend("wasm");
  const data = await shapes();
  const clip = randomClip(smallConfig, 3);
  using images = openImages(clip, { workers: 0 });
  const items = data.train.slice(0, 10);
  const needs = { pixels: true, features: false };
  const batches = await trainingBatches(items, needs, { size: 4, images, random: streams(1) });
  assert.equal(batches.count, 2);
  for await (const batch of batches.epoch()) {
    assert.deepEqual(batch.pixels!.shape, [4, 64, 64, 3]);
    assert.equal(batch.features, undefined);
    dispose(batch.pixels);
  }
  const few = await trainingBatches(items.slice(0, 3), needs, {
    size: 4,
    images,
    random: streams(1),
  });
  const sizes: number[] = [];
  for await (const batch of few.epoch()) {
    sizes.push(batch.labels.length);
    dispose(batch.pixels);
  }
  assert.deepEqual(sizes, [3], "fewer images than a batch are one batch");
  disposeClip(clip);
});

Deno.test("with one view, an image has the same features in every epoch; without, new ones", async () => {
  await useBackend("wasm");
  const data = await shapes();
  const clip = randomClip(smallConfig, 3);
  using images = openImages(clip, { workers: 0 });
  const needs = { pixels: false, features: true };
  const seen = async (views?: number) => {
    const options = { size: 1, images, random: streams(1), views };
    const batches = await trainingBatches(data.train.slice(0, 1), needs, options);
    const epochs: number[][] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      for await (const { features } of batches.epoch()) {
        epochs.push([...readSync(features!)]);
        dispose(features);
      }
    }
    return epochs;
  };
  const [one, fresh] = [await seen(1), await seen()];
  assert.deepEqual(one[0], one[1]);
  assert.notDeepEqual(fresh[0], fresh[1]);
  disposeClip(clip);
});
