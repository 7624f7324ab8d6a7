/** CLIP-LoRA: what it adds is an addition to the weights, and its dropout leaves means alone. */

import assert from "node:assert/strict";
import { buildClip, disposeClip, encodeImages, encodeTexts } from "../../lib/clip/mod.ts";
import { clipLora, resolveSettings, type Task } from "../../lib/methods/mod.ts";
import { thinning } from "../../lib/methods/low_rank.ts";
import { streams } from "../../lib/random/mod.ts";
import { dispose, mapTensors, readSync, type Tensors, tidy } from "../../lib/tensor/mod.ts";
import { problem } from "./problem.ts";
import { randomWeights, tinyConfig, uniform } from "../tiny_clip.ts";
import { tensor } from "../../lib/tensor/mod.ts";

/** W + s·B·A for the rows of q, k and v in the stacked weight of each block, in plain loops. */
function merged(params: Record<string, Float32Array>, rank: number, s: number) {
  const config = tinyConfig({ kind: "vit", layers: 2, textLayers: 2 });
  const get = randomWeights(config, 5);
  return {
    config,
    get(key: string) {
      const { shape, data } = get(key);
      const found = key.match(/^(visual\.)?transformer\.resblocks\.(\d+)\.attn\.in_proj_weight$/);
      if (!found) return { shape, data };
      const width = shape[1]!;
      ["q", "k", "v"].forEach((of, part) => {
        const name = `${found[1] ? "image" : "text"}.${found[2]}.${of}`;
        const [a, b] = [params[`${name}.down`]!, params[`${name}.up`]!];
        for (let row = 0; row < width; row++) {
          for (let column = 0; column < width; column++) {
            let sum = 0;
            for (let r = 0; r < rank; r++) sum += b[row * rank + r]! * a[r * width + column]!;
            data[(part * width + row) * width + column]! += s * sum;
          }
        }
      });
      return { shape, data };
    },
  };
}

Deno.test("CLIP-LoRA answers as a CLIP whose weights are W + α/√r·B·A", async () => {
  const { task, batch, dispose: free } = await problem();
  const rank = 3;
  const settings = resolveSettings(clipLora, { rank, alpha: 2 });
  const learner = clipLora.learner(task, settings);
  const next = uniform(11);
  const params = tidy(() =>
    mapTensors(
      learner.init(streams(1)),
      ({ shape, size }) => tensor(Array.from({ length: size }, () => 0.2 * next()), shape),
    )
  );
  const numbers = Object.fromEntries(
    Object.entries(params).map(([name, x]) => [name, readSync(x).slice()]),
  );
  const { config, get } = merged(numbers, rank, 2 / Math.sqrt(rank));
  const other = buildClip({ name: "merged", sha256: "", config, get });
  tidy(() => {
    const own = readSync(learner.logits(params, learner.prepare(params), batch)).slice();
    const written = ["a photo of a tabby cat.", "a photo of a 737-800.", "a photo of a yin yang."];
    const [images, texts] = [encodeImages(other, batch.pixels!), encodeTexts(other, written)]
      .map((x) => rowsOf(x)) as [number[][], number[][]];
    images.forEach((image, i) =>
      texts.forEach((text, c) => {
        const cosine = dot(image, text) / Math.hypot(...image) / Math.hypot(...text);
        const expected = other.scale * cosine;
        assert.ok(Math.abs(own[i * texts.length + c]! - expected) < 1e-3, `${i}, ${c}`);
      })
    );
    const before = readSync(startOf(task)).slice();
    assert.ok(before.some((x, i) => Math.abs(x - own[i]!) > 0.05), "the addition is felt");
    const plain = readSync(encodeTexts(task.clip, written)).slice();
    near(before, normed(plain, config.embedDim)); // B starts at 0: CLIP's own
  });
  disposeClip(other);
  learner.dispose();
  dispose(params);
  free();
});

/** Text features before the first step. */
function startOf(task: Task) {
  const learner = clipLora.learner(task, resolveSettings(clipLora, {}));
  const { text } = learner.prepare(learner.init(streams(1)) as Tensors);
  learner.dispose();
  return text!;
}

Deno.test("dropout takes a share p, keeps the mean, and repeats itself by seeds, block and projection", () => {
  const shape = [400, 100];
  const drawn = (...seeds: number[]) => [
    ...tidy(() => readSync(thinning(0.25, seeds)(shape, 1, "k"))),
  ];
  const one = drawn(5, 0);
  assert.deepEqual(new Set(one), new Set([0, Math.fround(1 / 0.75)]));
  const share = one.filter((x) => x === 0).length / one.length;
  assert.ok(Math.abs(share - 0.25) < 0.01, `${share}`);
  assert.deepEqual(drawn(5, 0), one);
  const alike = drawn(5, 1).filter((x, i) => x === one[i]).length / one.length;
  assert.ok(Math.abs(alike - (0.75 ** 2 + 0.25 ** 2)) < 0.02, "another seed falls by itself");
  const [of, at] = tidy(() => [
    [...readSync(thinning(0.25, [5, 0])(shape, 1, "q"))],
    [...readSync(thinning(0.25, [5, 0])(shape, 2, "k"))],
  ]);
  assert.notDeepEqual(of, one);
  assert.notDeepEqual(at, one);
});

const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

function rowsOf(x: Parameters<typeof readSync>[0]): number[][] {
  const [rows, width] = x.shape as [number, number];
  const all = [...readSync(x)];
  return Array.from({ length: rows }, (_, i) => all.slice(i * width, (i + 1) * width));
}

function normed(x: Float32Array, width: number): number[] {
  return Array.from({ length: x.length / width }, (_, i) => {
    const row = [...x.subarray(i * width, (i + 1) * width)];
    return row.map((v) => v / Math.hypot(...row));
  }).flat();
}

function near(own: Float32Array, expected: number[]): void {
  expected.forEach((x, i) => assert.ok(Math.abs(own[i]! - x) < 1e-5, `${own[i]} is not ${x}`));
}
