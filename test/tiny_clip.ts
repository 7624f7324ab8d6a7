/** CLIPs with random weights from a seed, made in memory: as small as a test likes, or of a published model's size. */

import { buildClip, type Clip } from "../lib/clip/mod.ts";
import { type ClipConfig, expectedShapes } from "../lib/clip/config.ts";

/** The sizes of a tiny CLIP that a test may care about. */
export interface TinySizes {
  kind: "vit" | "resnet";
  /** Of the transformer image tower (32 by default), or of the ResNet's stem (8). */
  width?: number;
  /** Of the image transformer. */
  layers?: number;
  textWidth?: number;
  textLayers?: number;
  /** Heads of every transformer. */
  heads?: number;
  seed?: number;
}

/** What a CLIP stores under a key. */
export type RandomWeights = (key: string) => { shape: number[]; data: Float32Array };

/** The configuration of a tiny CLIP: images of 32 pixels in patches of 8, features of 24 numbers. */
export function tinyConfig(
  { kind, width, layers = 3, textWidth = 32, textLayers = 3, heads = 2 }: TinySizes,
): ClipConfig {
  return {
    embedDim: 24,
    imageSize: 32,
    vision: kind === "vit"
      ? { kind, width: width ?? 32, layers, patch: 8, heads }
      : { kind, width: width ?? 8, layers: [1, 2, 1, 1], heads },
    text: { width: textWidth, layers: textLayers, heads, contextLength: 77, vocab: 49408 },
  };
}

/** A CLIP of these sizes. The caller disposes of it. */
export function tinyClip(sizes: TinySizes): Clip {
  return randomClip(tinyConfig(sizes), sizes.seed);
}

/** A CLIP of any configuration. The caller disposes of it. */
export function randomClip(config: ClipConfig, seed = 1, name = "random"): Clip {
  return buildClip({ name, sha256: `random ${seed}`, config, get: randomWeights(config, seed) });
}

/** Uniform weights of a trained CLIP's magnitude, so that activations neither vanish nor grow through the layers. */
export function randomWeights(config: ClipConfig, seed = 1): RandomWeights {
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
  return [0, 1.7 / Math.sqrt(inputs)];
}

/** Numbers from −1 to 1 (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}
