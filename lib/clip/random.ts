/**
 * A CLIP with seeded random weights: for checks of the machinery and for measuring speed, never for results.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type ClipConfig, expectedShapes } from "./config.ts";
import type { Stored } from "./fold.ts";
import { buildClip, type Clip } from "./model.ts";

/** Sizes of a small vision-transformer CLIP, with the published vocabulary. */
export const smallConfig: ClipConfig = {
  embedDim: 64,
  imageSize: 64,
  vision: { kind: "vit", width: 64, layers: 3, patch: 16, heads: 1 },
  text: { width: 64, layers: 3, heads: 1, contextLength: 77, vocab: 49408 },
};

/**
 * A CLIP of these sizes with random weights from a seed, the same on every machine. The caller disposes of it by
 * `disposeClip`.
 *
 * @example
 * ```ts
 * import { disposeClip, randomClip, smallConfig, useBackend } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const clip = randomClip(smallConfig, 1);
 * assert.equal(clip.sha256, randomClip(smallConfig, 1).sha256);
 * disposeClip(clip);
 * ```
 */
export function randomClip(config: ClipConfig, seed: number): Clip {
  const shapes = expectedShapes(config);
  const stored = new Map<string, Stored>();
  const hash = createHash("sha256");
  [...shapes].forEach(([key, shape], i) => {
    const data = values(key, shape, seed * 65_537 + i);
    hash.update(key).update(new Uint8Array(data.buffer));
    stored.set(key, { shape, data });
  });
  return buildClip({
    name: "random",
    sha256: hash.digest("hex"),
    config,
    get: (key) => stored.get(key)!,
  });
}

/** Gains near 1, biases near 0, embeddings and matrices so scaled that activations keep their size. */
function values(key: string, shape: number[], seed: number): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  const next = uniform(seed);
  const around = (centre: number, spread: number) =>
    Float32Array.from({ length: size }, () => centre + spread * (2 * next() - 1));
  if (key === "logit_scale") return Float32Array.of(Math.log(20));
  if (key.endsWith("running_var")) return around(1, 0.2);
  if (shape.length === 1) return around(key.endsWith(".weight") ? 1 : 0, 0.1);
  if (key.includes("embedding")) return around(0, 0.05);
  const inputs = shape.length === 2 && /proj(ection)?$/.test(key) ? shape[0] : size / shape[0];
  return around(0, Math.sqrt(3 / inputs));
}

/** Uniform numbers in [0, 1) from a 32-bit mixing counter (Steele et al. 2014): fast enough for real sizes. */
function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
}
