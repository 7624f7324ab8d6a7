/** CLIPs of every layout and trait against what open_clip, transformers and timm find with the same weights. */

import assert from "node:assert/strict";
import {
  buildClip,
  type Clip,
  disposeClip,
  encodeImages,
  encodeTexts,
  loadClip,
  tokenSlots,
} from "../../lib/clip/mod.ts";
import { fromOpenClip } from "../../lib/clip/layouts/custom_text.ts";
import { expectedShapes } from "../../lib/clip/shapes.ts";
import type { TensorFile } from "../../lib/clip/safetensors.ts";
import { method, resolveSettings, stateAt } from "../../lib/methods/mod.ts";
import { memory, readSync, type Tensor, tensor, tidy, useBackend } from "../../lib/tensor/mod.ts";
import {
  type Case,
  cases,
  classNames,
  drawn,
  folderOf,
  tensorsOf,
  textsGiven,
} from "./architectures.ts";

/** The case's CLIP: loaded from files, or of a size that no config file names, built. */
async function open(one: Case): Promise<Clip> {
  if (!one.config) return await loadClip(await folderOf(one));
  const tensors = tensorsOf(one);
  const file: TensorFile = {
    name: one.name,
    keys: [...tensors.keys()],
    metadata: new Map(),
    shape: (key) => tensors.get(key)!.shape,
    dtype: () => "F32",
    read: (key) => tensors.get(key)!,
    readFloats: (key) => tensors.get(key)!,
  };
  const own = fromOpenClip(file)!;
  const keys = [...expectedShapes(one.config)].map(([key, shape]) => `${key} ${shape}`).sort();
  assert.deepEqual(own.keys.map((key) => `${key} ${own.shape(key)}`).sort(), keys);
  return buildClip({
    ...{ name: one.name, sha256: "", config: one.config, get: (key) => own.readFloats(key) },
  });
}

/** Errors are relative to the largest entry. */
function near(ours: ArrayLike<number>, truth: number[], what: string, tolerance = 1e-4): void {
  assert.equal(ours.length, truth.length, what);
  const largest = truth.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
  const error = truth.reduce((most, y, i) => Math.max(most, Math.abs(y - ours[i]!)), 0);
  assert.ok(largest > 1e-3, `${what}: nothing is compared`);
  assert.ok(error <= tolerance * largest, `${what} is off by ${error} of ${largest}`);
}

const backends = ["wasm", "native"] as const;
for (const backend of backends) {
  const available = await useBackend(backend).then(() => true, () => false);
  for (const one of cases) {
    Deno.test({
      name: `${one.name}: features, tokens and gradients are its maker's, on ${backend}`,
      ignore: !available,
      async fn() {
        await useBackend(backend);
        const before = memory().tensors;
        const clip = await open(one);
        const pixels = tensor(drawn(7, [2, one.side, one.side, 3], 0, 1.5), [
          2,
          one.side,
          one.side,
          3,
        ]);
        tidy(() => {
          near(readSync(encodeImages(clip, pixels)), one.images, "images");
          near(readSync(encodeTexts(clip, textsGiven)), one.texts, "texts");
        });
        tokenSlots(clip, textsGiven).forEach((slots, i) => {
          assert.deepEqual(one.ids[i]!.slice(0, slots.length), slots);
          const rest = one.ids[i]!.slice(slots.length);
          assert.ok(rest.every((id) => id === (clip.config.text.tokenizer?.pad ?? 0)), "padding");
        });
        if (one.coop) {
          prompted(clip, pixels, "coop", one.coop.m, one.coop, { "text.0": one.coop.gradient });
        }
        if (one.ivlp) prompted(clip, pixels, "ivlp", one.ivlp.m, one.ivlp, one.ivlp.gradients);
        pixels.dispose();
        disposeClip(clip);
        assert.equal(memory().tensors, before, "tensors leak");
      },
    });
  }
}

/** A step of a method from seeded prompts: its logits, loss and gradients. */
function prompted(
  clip: Clip,
  pixels: Tensor,
  name: "coop" | "ivlp",
  m: number,
  truth: { logits: number[]; loss: number },
  gradients: Record<string, number[]>,
): void {
  const by = method(name);
  const settings = resolveSettings(
    by,
    name === "coop" ? { contextLength: m, init: "random" } : {
      ...{ textTokens: m, imageTokens: m, textDepth: 2, imageDepth: 2, init: "random" },
    },
  );
  const learner = by.learner({ clip, classNames, template: "a photo of a {}." }, settings);
  tidy(() => {
    const [first, spread] = name === "coop" ? [21, 0.3] : [31, 0.3];
    const params = Object.fromEntries(
      Object.entries(gradients).map(([key, { length }], i) => {
        const shape = [m, length / m];
        return [key, tensor(drawn(first + i, shape, 0, spread), shape)];
      }),
    );
    const features = encodeImages(clip, pixels);
    const seen = new Set<string>();
    const { loss, logits } = learner.step!(
      stateAt(learner, params),
      { labels: [0, 2], pixels, features },
      {
        rate: 0.1,
        observe(what, value) {
          const key = /^gradient\/(.+)$/.exec(what)?.[1];
          if (key === undefined) return;
          near(readSync(value), gradients[key]!, what);
          seen.add(key);
        },
      },
    );
    near(readSync(logits), truth.logits, "logits");
    near(readSync(loss), [truth.loss], "loss");
    assert.deepEqual([...seen].sort(), Object.keys(gradients).sort());
  });
  learner.dispose();
}
