/** Maps of features: the projections against scikit-learn's numbers, and what is mapped against the classifier's own logits. */
import assert from "node:assert/strict";
import fixture from "../fixtures/analysis/projection.json" with { type: "json" };
import { embeddings, featurePoints, principalComponents, umap } from "../../lib/analysis/mod.ts";
import { randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { baseNew, drawnShapes, drawShapes, fewShot } from "../../lib/datasets/mod.ts";
import { type Prompts, train } from "../../lib/engine/mod.ts";
import { methods } from "../../lib/methods/mod.ts";
import { featureMap } from "../../lib/report/figures/mod.ts";
import { memory, useBackend } from "../../lib/tensor/mod.ts";
import { smallSettings } from "../prompts/small_settings.ts";

const rows = Float32Array.from(fixture.rows);
const { width } = fixture;

Deno.test("principal components are scikit-learn's, signs and shares of variance too", () => {
  const { places, explained } = principalComponents(rows, width);
  places.forEach((place, i) =>
    place.forEach((x, k) => assert.ok(Math.abs(x - fixture.scores[i]![k]!) < 1e-6, `${i} ${k}`))
  );
  explained!.forEach((share, k) => assert.ok(Math.abs(share - fixture.explained[k]!) < 1e-6));
});

/** Venna and Kaski's trustworthiness: how far neighbours on the map are neighbours in truth. */
function trustworthiness(places: readonly (readonly number[])[], near: number): number {
  const points = places.map((_, i) => [...rows.subarray(i * width, (i + 1) * width)]);
  const n = points.length;
  const order = (all: readonly (readonly number[])[], i: number) =>
    all.map((_, j) => j).filter((j) => j !== i).sort((a, b) =>
      apart(all[i]!, all[a]!) - apart(all[i]!, all[b]!)
    );
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const ranks = order(points, i);
    for (const j of order(places, i).slice(0, near)) {
      sum += Math.max(0, ranks.indexOf(j) + 1 - near);
    }
  }
  return 1 - sum * 2 / (n * near * (2 * n - 3 * near - 1));
}

function apart(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);
}

Deno.test("UMAP keeps neighbours, by a measure that agrees with scikit-learn's, and its seed decides the picture", () => {
  const measured = trustworthiness(fixture.placed, 5);
  assert.ok(Math.abs(measured - fixture.trust) < 1e-9, `${measured}`);
  const { places } = umap(rows, width, { seed: 1 });
  const kept = trustworthiness(places, 5);
  assert.ok(kept > 0.9, `${kept}`);
  assert.deepEqual(umap(rows, width, { seed: 1 }).places, places);
  assert.notDeepEqual(umap(rows, width, { seed: 2 }).places, places);
  // Four clouds of ten: the nearest on the map is of the same cloud.
  places.forEach((place, i) => {
    const others = places.map((_, j) => j).filter((j) => j !== i);
    const nearest = others.sort((a, b) => apart(place, places[a]!) - apart(place, places[b]!))[0]!;
    assert.equal(Math.floor(nearest / 10), Math.floor(i / 10));
  });
  assert.throws(() => umap(rows.subarray(0, 16), width), /at least three points, got 2/);
});

await useBackend("wasm");
const root = await Deno.makeTempDir();
await drawShapes(root);
const { base, new: others } = baseNew(fewShot(await drawnShapes.load(root), 1, 1));
const clip = randomClip(smallConfig, 1);

/** Scale · cosine of what was mapped. */
function cosines(images: Float32Array, texts: Float32Array, width: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < images.length; i += width) {
    for (let j = 0; j < texts.length; j += width) {
      let dot = 0;
      for (let k = 0; k < width; k++) dot += images[i + k]! * texts[j + k]!;
      found.push(clip.scale * dot);
    }
  }
  return found;
}

async function trained(name: string): Promise<Prompts> {
  const by = methods.find((one) => one.name === name)!;
  return await train(name, clip, base, {
    settings: smallSettings(by),
    training: { epochs: 1, batchSize: 6, rate: 0.02 },
  } as object);
}

Deno.test("what is mapped gives the logits: with text prompts, with visual ones, and before any", async () => {
  for (const name of ["zero-shot", "coop", "ivlp", "vpt", "promptsrc", "prometar"]) {
    using prompts = await trained(name);
    await embeddings(prompts, clip, base, { images: 12 }); // the CLIP keeps what all texts begin with
    const before = memory().tensors;
    const found = await embeddings(prompts, clip, base, { images: 12 });
    assert.equal(memory().tensors, before, name);
    const own = found.labels.map((label, i) =>
      base.test.filter((item) => item.label === label)[
        found.labels.slice(0, i).filter((other) => other === label).length
      ]!
    );
    const logits = await prompts.logits(own.map(({ path }) => path));
    const mapped = cosines(found.after.images!, found.after.texts!, found.width);
    const off = Math.max(...mapped.map((x, i) => Math.abs(x - logits[i]!)));
    assert.ok(off < 1e-3, `${name}: ${off}`);
    const moved = found.after.images!.some((x, i) => x !== found.before.images![i]);
    assert.equal(moved, methods.find((one) => one.name === name)!.needs.pixels, name);
  }
});

Deno.test("every method has a map or says what it lacks; new classes are mapped where they can be", async () => {
  using prompts = await trained("coop");
  const found = await embeddings(prompts, clip, others, { images: 18 });
  assert.deepEqual(found.classNames, others.classNames);
  for (const by of ["pca", "umap"] as const) {
    const { points, note } = featurePoints(found, { by });
    assert.equal(points.length, 2 * (18 + others.classNames.length));
    const of = (when: string, kind: string) =>
      points.filter((point) => point.when === when && point.kind === kind)
        .map(({ x, y }) => [x, y]);
    assert.deepEqual(of("before", "image"), of("after", "image"), "pictures stay in their places");
    assert.notDeepEqual(of("before", "text"), of("after", "text"));
    const svg = featureMap("CoOp", note, points);
    assert.match(svg, by === "pca" ? /of the variance/ : /UMAP, seed 1/);
    assert.doesNotMatch(svg, /NaN/);
    assert.equal(svg.split(others.classNames[0]!).length - 1, 2, "its name, before and after");
  }
  using conditional = await trained("cocoop");
  const { note } = featurePoints(await embeddings(conditional, clip, base, { images: 12 }));
  assert.match(note, /no text features of its own after training/);
  using bound = await trained("tip-adapter");
  await assert.rejects(embeddings(bound, clip, others), /belongs to its own classes/);
});
