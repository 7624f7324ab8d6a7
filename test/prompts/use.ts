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
import { smallSettings } from "./small_settings.ts";

const [what, backend, folder, root] = Deno.args as [string, string, string, string];
await useBackend(backend);
const shapes = fewShot(await drawnShapes.load(root), 1, 1);
const clip = randomClip(smallConfig, 1);
const images = shapes.test.filter((_, i) => i % 60 === 0).map(({ path }) => path);
const said: Record<string, number[][]> = {};
for (const method of methods) {
  const { name } = method;
  const path = `${folder}/${name}.safetensors`;
  using prompts = what === "train"
    ? await train(name, clip, shapes, {
      settings: smallSettings(method),
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
