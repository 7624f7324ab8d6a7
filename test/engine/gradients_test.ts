/** What epoch records tell of gradients. */

import assert from "node:assert/strict";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes, fewShot } from "../../lib/datasets/mod.ts";
import {
  type Checkpoint,
  disposeState,
  type EpochRecord,
  fit,
  openImages,
  type Snapshot,
} from "../../lib/engine/mod.ts";
import { cloneState } from "../../lib/engine/mod.ts";
import { method, resolveSettings, statisticsOf } from "../../lib/methods/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

async function epochsOf(name: string, gradients: boolean, checkpoint?: Checkpoint) {
  await useBackend("wasm");
  const root = await Deno.makeTempDir();
  await drawShapes(root);
  const data = fewShot(await drawnShapes.load(root), 1, 1);
  const clip = randomClip(smallConfig, 3);
  using images = openImages(clip, { workers: 0 });
  const chosen = method(name);
  const small = { contextLength: 4, init: "random", textDepth: 2, imageDepth: 2 };
  const fitting = Object.entries(small).filter(([key]) => Object.hasOwn(chosen.settings, key));
  const settings = resolveSettings(
    chosen,
    name === "prometar" ? { textDepth: 2, imageDepth: 2 } : Object.fromEntries(fitting),
  );
  const learner = chosen.learner({ clip, ...data }, settings);
  const epochs: EpochRecord[] = [];
  const state = await fit(learner, {
    items: data.train,
    needs: chosen.needs,
    training: { epochs: 2, batchSize: 4, rate: 0.01, warmupEpochs: 1, warmupRate: 1e-3 },
    images,
    random: streams(2),
    statistics: gradients ? statisticsOf(chosen) : undefined,
    checkpoint,
    onEpoch: (epoch) => epochs.push(epoch),
  });
  disposeState(state);
  learner.dispose();
  disposeClip(clip);
  await Deno.remove(root, { recursive: true });
  return epochs.map(({ gradients }) => gradients);
}

Deno.test("epochs tell of ProGrad's conflicts and of ProMetaR's γ and meta-gradient, where asked", async () => {
  for (const epoch of await epochsOf("prograd", true)) {
    assert.deepEqual(Object.keys(epoch!), [
      "gradient/norm",
      "conflict/cosine",
      "conflict/share",
      "conflict/removed",
    ]);
  }
  for (const epoch of await epochsOf("prometar", true)) {
    assert.ok(epoch!["meta/share"]! > 0 && epoch!["meta/share"]! < 0.01);
    assert.ok(Math.abs(epoch!["gamma/image.1"]! - 0.5) < 0.1);
    assert.ok(Math.abs(epoch!["regulariser/cosine"]!) <= 1);
  }
  for (const epoch of await epochsOf("coop", true)) {
    assert.deepEqual(Object.keys(epoch!), ["gradient/norm"]);
    assert.ok(epoch!["gradient/norm"]! > 0);
  }
  assert.deepEqual(await epochsOf("prograd", false), [undefined, undefined]);
});

Deno.test("an epoch that goes on from a checkpoint tells the same", async () => {
  const whole = await epochsOf("prograd", true);
  let kept: Snapshot | undefined;
  await epochsOf("prograd", true, {
    load: () => Promise.resolve(undefined),
    offer(snapshot) {
      if (snapshot.epoch === 1 && snapshot.step === 1) {
        const { state, best: _, ...position } = snapshot;
        kept = { ...structuredClone(position), state: cloneState(state) };
      }
      return Promise.resolve();
    },
  });
  assert.ok(kept);
  const resumed = await epochsOf("prograd", true, {
    load: () => Promise.resolve(kept),
    offer: () => Promise.resolve(),
  });
  assert.deepEqual(resumed, whole);
});

Deno.test("gradients that vanish point nowhere", () => {
  const seen = { "task/x": [0], "general/x": [1], "gradient/x": [0] };
  assert.deepEqual(statisticsOf(method("prograd")).from(seen), {
    "gradient/norm": 0,
    "conflict/cosine": 0,
    "conflict/share": 0,
    "conflict/removed": 0,
  });
});
