/**
 * A CLIP with seeded random weights: for checks of the machinery and for measuring speed, never for results.
 *
 * @module
 */
import { sha256 as hashOf } from "../sha256.ts";
import type { ClipConfig } from "./config.ts";
import { expectedShapes } from "./shapes.ts";
import type { Get } from "./fold.ts";
import { buildClip, type Clip } from "./model.ts";

/** Sizes of a small vision-transformer CLIP, with the published vocabulary. */
export const smallConfig: ClipConfig = {
  embedDim: 64,
  imageSize: 64,
  vision: { kind: "vit", width: 64, layers: 3, patch: 16, heads: 1 },
  text: { width: 64, layers: 3, heads: 1, contextLength: 77, vocab: 49408 },
};

/**
 * A CLIP of these sizes with random weights from a seed, the same on every machine. Its hash is that of sizes and seed.
 * The caller disposes of it by `disposeClip`.
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * using clip = randomClip(smallConfig, 1);
 * assert.equal(clip.text.width, 64);
 * ```
 */
export function randomClip(config: ClipConfig, seed = 1): Clip {
  const sha256 = hashOf(JSON.stringify(["random", config, seed]));
  return buildClip({ name: "random", sha256, config, get: randomWeights(config, seed) });
}

/** Uniform weights of a trained CLIP's magnitude, so that activations neither vanish nor grow through the layers. */
export function randomWeights(config: ClipConfig, seed = 1): Get {
  const shapes = expectedShapes(config);
  const keys = [...shapes.keys()];
  return (key) => {
    const shape = shapes.get(key);
    if (!shape) throw new Error(`a CLIP has no ${key}`);
    const next = uniform(seed * 1000 + keys.indexOf(key));
    const [centre, spread] = distribution(key, shape);
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < data.length; i++) data[i] = centre + spread * next();
    return { shape, data };
  };
}

/** The middle of a key's values and how far they stray. */
function distribution(key: string, shape: number[]): [centre: number, spread: number] {
  if (key === "logit_scale") return [Math.log(20), 0];
  if (key.endsWith("running_var")) return [1, 0.5];
  const isNorm = /(ln_\w+|bn\d|downsample\.1)\.weight$/.test(key);
  if (isNorm) return [1, 0.3];
  if (shape.length === 1) return [0, 0.2];
  if (/embedding/.test(key)) return [0, 0.5];
  const stored = /proj$|text_projection$/.test(key); // [in, out] instead of [out, in, …]
  const inputs = stored ? shape[0] : shape.slice(1).reduce((a, b) => a * b, 1);
  return [0, 1.7 / Math.sqrt(inputs!)];
}

/** Numbers from −1 to 1 (mulberry32), after as many as are skipped. */
export function uniform(seed: number, skipped = 0): () => number {
  let state = (seed + Math.imul(skipped, 0x6d2b79f5)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}
