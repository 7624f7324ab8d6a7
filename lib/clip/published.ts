/**
 * The nine CLIPs that OpenAI published (openai/CLIP, model card and checkpoints; Radford et al. 2021, tables 19 and 20),
 * to tell a user which one a file is. Nothing is built from this table: a model's sizes come from its weights.
 */

import type { ClipConfig, Shapes } from "./config.ts";
import { expectedShapes } from "./shapes.ts";

/** Names of the published models. */
export const publishedNames = [
  "RN50",
  "RN101",
  "RN50x4",
  "RN50x16",
  "RN50x64",
  "ViT-B/32",
  "ViT-B/16",
  "ViT-L/14",
  "ViT-L/14@336px",
] as const;

/** The name of a published model. */
export type PublishedName = typeof publishedNames[number];

/** The sizes of a published model. */
export function publishedConfig(name: PublishedName): ClipConfig {
  return configs[name];
}

/** The published model that most of these tensors, nine in ten at least, could belong to. */
export function resembling(shapes: Shapes): PublishedName | undefined {
  let best: PublishedName | undefined;
  let most = 0.9 * shapes.size;
  for (const name of publishedNames) {
    const expected = expectedShapes(configs[name]);
    let fitting = 0;
    for (const [key, shape] of shapes) {
      if (isExtra(key) || expected.get(key)?.join() === shape.join()) fitting++;
    }
    // As many keys again, so that RN50 does not pass for its own longer sibling.
    const agreement = fitting * Math.min(1, shapes.size / expected.size);
    if (agreement > most) [best, most] = [name, agreement];
  }
  return best;
}

/** Tensors that checkpoints carry and no encoder reads: counters, sizes, the causal mask. */
export function isExtra(key: string): boolean {
  return key.endsWith(".num_batches_tracked") ||
    ["input_resolution", "context_length", "vocab_size", "attn_mask"].includes(key);
}

const configs: Record<PublishedName, ClipConfig> = {
  "RN50": resnet(1024, 224, 64, [3, 4, 6, 3], 512),
  "RN101": resnet(512, 224, 64, [3, 4, 23, 3], 512),
  "RN50x4": resnet(640, 288, 80, [4, 6, 10, 6], 640),
  "RN50x16": resnet(768, 384, 96, [6, 8, 18, 8], 768),
  "RN50x64": resnet(1024, 448, 128, [3, 15, 36, 10], 1024),
  "ViT-B/32": vit(512, 224, 768, 12, 32, 512),
  "ViT-B/16": vit(512, 224, 768, 12, 16, 512),
  "ViT-L/14": vit(768, 224, 1024, 24, 14, 768),
  "ViT-L/14@336px": vit(768, 336, 1024, 24, 14, 768),
};

function resnet(
  embedDim: number,
  imageSize: number,
  width: number,
  layers: [number, number, number, number],
  textWidth: number,
): ClipConfig {
  const vision = { kind: "resnet", width, layers, heads: width / 2 } as const;
  return { embedDim, imageSize, vision, text: text(textWidth) };
}

function vit(
  embedDim: number,
  imageSize: number,
  width: number,
  layers: number,
  patch: number,
  textWidth: number,
): ClipConfig {
  const vision = { kind: "vit", width, layers, patch, heads: width / 64 } as const;
  return { embedDim, imageSize, vision, text: text(textWidth) };
}

function text(width: number): ClipConfig["text"] {
  return { width, layers: 12, heads: width / 64, contextLength: 77, vocab: 49408 };
}
