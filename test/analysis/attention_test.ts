/** Maps of attention against the formulas, written plainly as products of whole matrices, and finite differences. */

import assert from "node:assert/strict";
import { attentionMaps, trainStudy } from "../../lib/analysis/mod.ts";
import { flow, type LayerAttention } from "../../lib/analysis/attention_flow.ts";
import { encodeImages, encodeWithTransformer } from "../../lib/clip/mod.ts";
import { attention, readSync, tensor, tidy } from "../../lib/tensor/mod.ts";
import { uniform } from "../tiny_clip.ts";
import { small } from "./task.ts";

const TOKENS = 5;

/** Two layers of two heads with made-up attention; the last asks for the class token alone. */
function layers(): LayerAttention[] {
  const next = uniform(3);
  return [TOKENS, TOKENS, 1].map((asking) => ({
    asking,
    tokens: TOKENS,
    heads: [0, 1].map(() => ({
      weights: Array.from({ length: asking * TOKENS }, () => Math.abs(next())),
      gradients: Array.from({ length: asking * TOKENS }, () => next()),
    })),
  }));
}

type Matrix = number[][];

const identity: Matrix = Array.from(
  { length: TOKENS },
  (_, i) => Array.from({ length: TOKENS }, (_, j) => Number(i === j)),
);
const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));
const plus = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((x, j) => x + b[i]![j]!));

/** The mean over heads, row by row; the last layer's rows but the class token's are never read. */
function matrix({ asking, heads }: LayerAttention, relevance: boolean): Matrix {
  return identity.map((_, i) =>
    identity.map((_, j) =>
      i >= asking ? 0 : heads.reduce((sum, { weights, gradients }) => {
        const at = i * TOKENS + j;
        return sum + (relevance ? Math.max(0, weights[at]! * gradients[at]!) : weights[at]!);
      }, 0) / heads.length
    )
  );
}

Deno.test("rollout and relevance are the papers' products of matrices", () => {
  for (const rule of ["rollout", "relevance"] as const) {
    let r = identity;
    for (const layer of layers()) {
      const a = matrix(layer, rule === "relevance");
      const k = rule === "rollout" ? 0.5 : 1;
      r = times(plus(a, identity), r).map((row) => row.map((x) => k * x));
    }
    const row = flow(rule, layers(), []);
    r[0]!.forEach((x, j) => assert.ok(Math.abs(x - row[j]!) < 1e-12, `${rule} ${j}`));
  }
});

Deno.test("what a layer replaces passes nothing on to the layers before", () => {
  const prompts = [{ shape: [1, 8] }, { shape: [1, 8] }];
  let r = identity;
  layers().forEach((layer, l) => {
    if (l === 1) r = r.map((row, i) => i === TOKENS - 1 ? row.map(() => 0) : row);
    r = times(plus(matrix(layer, false), identity), r).map((row) => row.map((x) => 0.5 * x));
  });
  const row = flow("rollout", layers(), prompts);
  r[0]!.forEach((x, j) => assert.ok(Math.abs(x - row[j]!) < 1e-12, `${j}`));
});

Deno.test("a tower asked through another attention sees the same", async () => {
  using on = await small(1);
  const { clip } = on;
  if (clip.image.kind !== "vit") throw new Error("a ViT");
  const tower = clip.image;
  const next = uniform(1);
  const side = clip.config.imageSize;
  const [plain, asked, calls] = tidy(() => {
    const pixels = tensor(Float32Array.from({ length: side * side * 3 }, next), [1, side, side, 3]);
    let calls = 0;
    const asked = encodeWithTransformer(
      tower,
      pixels,
      [],
      { attend: (q, k, v) => (calls++, attention(q, k, v)) },
    );
    return [[...readSync(encodeImages(clip, pixels))], [...readSync(asked)], calls];
  });
  assert.deepEqual(asked, plain);
  assert.equal(calls, tower.blocks.length);
});

Deno.test("maps are shares of patches; a frozen tower's rollout is zero-shot CLIP's, its relevance is the method's", async () => {
  using on = await small(2);
  const pictures = on.dataset.test.slice(0, 3);
  const study = {
    clip: on.clip,
    dataset: on.dataset,
    views: 1,
    training: { epochs: 2, rate: 0.1 },
  };
  using zeroShot = await trainStudy("zero-shot", study);
  using coop = await trainStudy("coop", { ...study, settings: { contextLength: 4 } });
  const [before, after] = [
    await attentionMaps(zeroShot, pictures),
    await attentionMaps(coop, pictures),
  ];
  for (const [i, { rollout, relevance }] of before.entries()) {
    assert.equal(rollout.values.length, rollout.side ** 2);
    for (const { values } of [rollout, relevance]) {
      assert.ok(values.every((x) => x >= 0));
      assert.ok(Math.abs(values.reduce((a, b) => a + b) - 1) < 1e-6);
    }
    assert.deepEqual(rollout, after[i]!.rollout);
    assert.notDeepEqual(relevance, after[i]!.relevance);
  }
});

Deno.test("deep visual prompts have maps over the picture's own patches", async () => {
  using on = await small(1);
  using ivlp = await trainStudy("ivlp", {
    clip: on.clip,
    dataset: on.base,
    training: { epochs: 1 },
  });
  const [sight] = await attentionMaps(ivlp, on.base.test.slice(0, 1));
  assert.equal(sight!.relevance.values.length, (on.clip.config.imageSize / 16) ** 2);
});

Deno.test("methods whose prompts have no map say so", async () => {
  using on = await small(1);
  const study = { clip: on.clip, dataset: on.base, training: { epochs: 1, batchSize: 2 } };
  using cocoop = await trainStudy("cocoop", study);
  await assert.rejects(attentionMaps(cocoop, on.base.test.slice(0, 1)), /depends on the image/);
});
