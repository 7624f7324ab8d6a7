/** CLIPs with random weights from a seed, made in memory: as small as a test likes, or of a published model's size. */

import { type Clip, type ClipConfig, randomClip } from "../lib/clip/mod.ts";

export { randomClip } from "../lib/clip/mod.ts";
export { randomWeights, uniform } from "../lib/clip/random.ts";

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
