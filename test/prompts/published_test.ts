/** Checkpoints of the published code are loaded with its logits; ours are written under its names; class features. */
import assert from "node:assert/strict";
import {
  baseNew,
  type Clip,
  dataset,
  disposeClip,
  exportPublished,
  fewShot,
  loadClip,
  type LoadedDataset,
  loadPublished,
  train,
  useBackend,
  UserError,
} from "@plumbline/plumbline";
import { readSafetensors } from "@plumbline/plumbline/clip";
import { openImages } from "@plumbline/plumbline/engine";
import { exchanged, writeFeatures } from "@plumbline/plumbline/prompts";
import { memory } from "@plumbline/plumbline/tensor";
import { readTorch, torchTensors } from "@plumbline/plumbline/torch";

const fixtures = decodeURIComponent(new URL("../fixtures/checkpoints/", import.meta.url).pathname);
const theirs: Record<string, number[]> = JSON.parse(
  await Deno.readTextFile(`${fixtures}logits.json`),
);
await useBackend("wasm");
const root = await Deno.makeTempDir();
const { base } = baseNew(fewShot(await dataset("pocket-tiles").load(root), 1, 1));
const images = [0, 24, 48, 72].map((i) => `${fixtures}pictures/${i}.png`);
const { classNames, template } = base;

Deno.test("what the published code saved gives its logits here, within 1e-4", async () => {
  const clip = await loadClip("pocket");
  assert.deepEqual(Object.keys(theirs).sort(), [...exchanged].sort());
  let before = 0;
  for (const method of exchanged) {
    const path = `${fixtures}${method}.pth.tar-1`;
    const found = await use(path, method, clip);
    const apart = Math.max(...found.map((logit, i) => Math.abs(logit - theirs[method]![i]!)));
    assert.ok(apart < 1e-4, `${method}: ${apart}`);
    if (method === "ivlp") before = memory().tensors;
    // Whoever is loaded last leaves what was there before it: CLIP keeps its own transposed weights.
    if (method === "promptsrc") assert.equal(memory().tensors, before);
  }
  disposeClip(clip);
});

async function use(path: string, method: string, clip: Clip): Promise<Float32Array> {
  using prompts = await loadPublished(path, { method, clip, classNames, template });
  // And what was taken over is written as it was read.
  const copy = await exportPublished(await prompts.file(), await Deno.makeTempDir());
  const [ours, original] = [await tensors(copy), await tensors(path)];
  assert.ok(ours.size > 0);
  for (const [name, tensor] of ours) {
    assert.deepEqual(tensor.readFloats(), original.get(name)?.readFloats(), name);
  }
  return await prompts.logits(images);
}

const tensors = async (path: string) => torchTensors(await readTorch(path));

const refused = (of: Promise<unknown>, message: RegExp) =>
  assert.rejects(of, (error) => error instanceof UserError && message.test(error.message));

Deno.test("a checkpoint of another method, depth or CLIP, and a method without one, are told", async () => {
  const clip = await loadClip("pocket");
  const load = (file: string, method: string, settings?: Record<string, unknown>) =>
    loadPublished(`${fixtures}${file}.pth.tar-1`, { method, clip, classNames, template, settings });
  await refused(load("ivlp", "coop"), /has no ctx, so it is no checkpoint of coop/);
  await refused(load("coop", "cocoop"), /has no meta_net\.linear1\.weight, which cocoop learns/);
  await refused(
    load("coop", "coop", { contextLength: 2 }),
    /ctx has shape \[4,128\], expected \[2,/,
  );
  await refused(
    load("maple", "maple", { depth: 3 }),
    /no prompt_learner\.compound_prompts_text\.1/,
  );
  await refused(load("coop", "vpt"), /vpt has no published checkpoint/);
  await refused(
    loadPublished(`${fixtures}../torch/zip.pt`, { method: "coop", clip, classNames, template }),
    /no ctx/,
  );
  disposeClip(clip);
});

/** What the snippet for web pages in docs/prompts.md does. */
function classify(
  { scale, classNames, features }: { scale: number; classNames: string[]; features: number[][] },
  image: Float32Array,
) {
  const length = Math.hypot(...image);
  const logits = features.map((row) =>
    scale * row.reduce((sum, x, i) => sum + x * image[i]!, 0) / length
  );
  const weights = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  return classNames.map((name, i) => [name, weights[i]! / weights.reduce((a, b) => a + b)]);
}

Deno.test("class features in each format classify as the prompts do", async () => {
  const clip = await loadClip("pocket");
  using coop = await quick("coop", clip, base);
  const features = await coop.features();
  const folder = await Deno.makeTempDir();
  for (const kind of ["json", "npy", "safetensors"]) {
    await writeFeatures(`${folder}/f.${kind}`, features);
  }
  const found = JSON.parse(await Deno.readTextFile(`${folder}/f.json`));
  const file = await readSafetensors(`${folder}/f.safetensors`);
  assert.deepEqual(file.readFloats("text_features").data, Float32Array.from(found.features.flat()));
  assert.deepEqual(JSON.parse(file.metadata.get("class_names")!), classNames);
  const npy = await Deno.readFile(`${folder}/f.npy`);
  const header = new TextDecoder("latin1").decode(npy.subarray(0, 128));
  assert.deepEqual([...npy.subarray(0, 10)], [0x93, 78, 85, 77, 80, 89, 1, 0, 118, 0]);
  const said = "{'descr': '<f4', 'fortran_order': False, 'shape': (6, 128), }";
  assert.equal(header.slice(10), `${said.padEnd(117)}\n`);
  assert.deepEqual(new Float32Array(npy.slice(128).buffer), features.data);
  assert.equal(new Set(Deno.readDirSync(folder)).size, 3);

  using vision = openImages(clip, { workers: 0 });
  const image = await vision.features([{ path: images[0]! }]);
  const own = await coop.predict(images[0]!);
  const [name, probability] = classify(found, image).sort((a, b) => +b[1]! - +a[1]!)[0]!;
  assert.equal(name, own[0]!.className);
  assert.ok(Math.abs(Number(probability) - own[0]!.probability) < 1e-5);
  await refused(writeFeatures(`${folder}/f.txt`, features), /none of \.safetensors, \.npy, \.json/);
  disposeClip(clip);
});

Deno.test("features that alone would classify otherwise are refused", async () => {
  const clip = await loadClip("pocket");
  for (const method of ["ivlp", "cocoop", "linear-probe"]) {
    using prompts = await quick(method, clip, base);
    await refused(prompts.features(), /more than its classes' text features/);
  }
  disposeClip(clip);
});

async function quick(method: string, clip: Clip, data: LoadedDataset) {
  const settings: Record<string, unknown> = method === "linear-probe" ? { sweep: false } : {};
  return await train(method, clip, data, { settings, training: { epochs: 1 } });
}
