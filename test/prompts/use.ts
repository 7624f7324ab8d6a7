/**
 * A process of its own for saved_test: `use.ts train|load BACKEND FOLDER ROOT` trains every method into FOLDER, or loads
 * what is there; prints each one's probabilities of three images, bits and all.
 */
import {
  disposeClip,
  fewShot,
  loadTrained,
  methods,
  train,
  useBackend,
} from "@plumbline/plumbline";
import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
import { drawnShapes } from "@plumbline/plumbline/datasets";

const [what, backend, folder, root] = Deno.args;
await useBackend(backend);
const shapes = fewShot(await drawnShapes.load(root), 1, 1);
const clip = randomClip(smallConfig, 1);
const images = shapes.test.filter((_, i) => i % 60 === 0).map(({ path }) => path);
/** Settings that fit three layers, for the methods that have them. */
const small = {
  ...{ sweep: false, layer: 2, layers: [1, 2], firstBlock: 1, lastBlock: 2 },
  ...{ depth: 2, textDepth: 2, imageDepth: 2, views: 2 },
};
const said: Record<string, number[][]> = {};
for (const { name, settings } of methods) {
  const path = `${folder}/${name}.safetensors`;
  const fixed = Object.fromEntries(Object.entries(small).filter(([key]) => key in settings));
  using prompts = what === "train"
    ? await train(name, clip, shapes, {
      settings: fixed,
      training: { epochs: 1, batchSize: 12, rate: 0.01, warmupEpochs: 0 },
    })
    : await loadTrained(path, clip);
  if (what === "train") await prompts.save(path);
  said[name] = [];
  for (const image of images) {
    const found = await prompts.predict(image);
    said[name].push(found.sort((a, b) => a.label - b.label).map(({ probability }) => probability));
  }
}
disposeClip(clip);
console.log(JSON.stringify(said));
