/**
 * A small cell of every method on WebGPU, as the pocket recipes train it, beside the same on wasm: the losses, what is then
 * seen in test pictures, and that a second run of the same seed learns the same bits.
 */

import assert from "node:assert/strict";
import { sensitivity } from "../../lib/analysis/mod.ts";
import { loadClip } from "../../lib/clip/mod.ts";
import { drawnSet, fewShot, type LoadedDataset } from "../../lib/datasets/in_memory.ts";
import { fitMethod, type Images, openImages, resolveOn } from "../../lib/engine/mod.ts";
import { inMemory } from "../../lib/image/mod.ts";
import { type Method, methods, toldOf } from "../../lib/methods/mod.ts";
import { recipes } from "../../lib/protocols/mod.ts";
import { read, useBackend } from "../../lib/tensor/mod.ts";
import { BACKEND, onAdapter } from "./adapter.ts";

const { data: whole, pictures } = drawnSet("pocket-tiles");

/** One picture of each class is learned from, every fourth one is tested on. */
const data: LoadedDataset = {
  ...fewShot(whole, 1, 1),
  test: whole.test.filter((_, i) => i % 4 === 0),
};

/** How the recipes train each method on the pocket CLIP. */
const told = new Map(
  recipes.filter(({ name }) => ["pocket", "field"].includes(name))
    .flatMap((recipe) => recipe.experiments(true))
    .flatMap(({ entries }) => entries)
    .reverse().map((entry) => [entry.method, entry]),
);

/** An epoch of two steps. */
const short = { epochs: 1, batchSize: 6 };

/** What a run came to. */
interface Outcome {
  losses: number[];
  predictions: number[];
  parameters: Record<string, Float32Array>;
}

/** With `look`, the test pictures are looked at, too. */
async function outcome(by: Method, images: Images, look: boolean): Promise<Outcome> {
  const { training, ...how } = toldOf(told.get(by.name) ?? {});
  const resolved = resolveOn(by, images.clip, data, {
    ...{ ...how, training: { ...training, ...short } },
    ...how.views && { views: 2 },
  });
  using fitted = await fitMethod(resolved, data, { images });
  const tested = look ? data.test : [];
  const logits = look ? await fitted.logits(tested.map(({ path }) => path)) : new Float32Array();
  const classes = data.classNames.length;
  const predictions = tested.map((_, i) => {
    const row = [...logits.subarray(i * classes, (i + 1) * classes)];
    return row.indexOf(Math.max(...row));
  });
  const parameters: Outcome["parameters"] = {};
  for (const [name, x] of Object.entries(fitted.state.params)) {
    parameters[name] = (await read(x)).slice();
  }
  return { losses: fitted.epochs.map(({ loss }) => loss), predictions, parameters };
}

/** Pictures for the pocket CLIP on a backend, whose frozen features are computed once for all methods. */
async function picturesOn(backend: string): Promise<Images> {
  await useBackend(backend);
  const opened = openImages(await loadClip("pocket"), { workers: inMemory(pictures) });
  const known = new Map<string, Promise<Float32Array>>();
  return {
    ...opened,
    features(jobs) {
      const key = JSON.stringify(jobs);
      if (!known.has(key)) known.set(key, opened.features(jobs));
      return known.get(key)!;
    },
  };
}

const opened = new Map<string, Promise<Images>>();

/** What the method comes to on a backend, which is in use from then on. */
async function on(backend: string, by: Method, look = true): Promise<Outcome> {
  if (!opened.has(backend)) opened.set(backend, picturesOn(backend));
  const images = await opened.get(backend)!;
  await useBackend(backend);
  return await outcome(by, images, look);
}

/** Minutes more, of what others are made of: by hand, with `PLUMBLINE_EVERY_METHOD=1`. */
const BY_HAND = ["prometar-coop", "prometar-vpt", "prometar-maple"];
const every = Deno.env.get("PLUMBLINE_EVERY_METHOD") === "1";

for (const by of methods.filter(({ name }) => every || !BY_HAND.includes(name))) {
  onAdapter(`${by.name}: a cell on WebGPU is wasm's, and repeats itself bit for bit`, async () => {
    const expected = await on("wasm", by);
    const found = await on(BACKEND, by);
    assert.equal(found.losses.length, expected.losses.length);
    for (const [i, loss] of expected.losses.entries()) {
      const off = Math.abs(found.losses[i]! - loss);
      assert.ok(off < 1e-4 * Math.max(1, loss), `${loss} and ${found.losses[i]}`);
    }
    const n = data.test.length;
    const apart = expected.predictions.filter((label, i) => label !== found.predictions[i]).length;
    assert.ok(apart <= Math.ceil(n / 100), `${apart} of ${n} pictures are seen otherwise`);
    assert.deepEqual((await on(BACKEND, by, false)).parameters, found.parameters);
  });
}

onAdapter("sensitivity is measured where nothing can be read at once", async () => {
  await useBackend(BACKEND);
  using clip = await loadClip("pocket");
  using images = openImages(clip, { workers: inMemory(pictures) });
  const { parts: { all } } = await sensitivity("prograd", {
    ...{ clip, images, dataset: { ...data, val: data.test }, shots: 1, views: 1 },
    ...{ training: short, seeds: [1], starts: 1 },
  });
  assert.ok(
    Math.abs(all!.byStart[0]! - all!.bySeed[0]!) <= 100 / data.test.length,
    `${all!.byStart}`,
  );
});
