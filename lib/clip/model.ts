/**
 * CLIP: two frozen towers, a tokenizer and a temperature.
 *
 * @module
 */
import { dispose, type Tensor, tidy } from "../tensor/mod.ts";
import { frozen, type Get } from "./fold.ts";
import { disposeLayout, layOut, type Slot } from "./prompt.ts";
import { encodeWithResNet, type ModifiedResNet, readModifiedResNet } from "./resnet.ts";
import { encodeText, readTextTower, type TextTower } from "./text.ts";
import { EOT, tokenize } from "./tokenizer.ts";
import { encodeWithTransformer, readVisionTransformer, type VisionTransformer } from "./vit.ts";
import type { ClipConfig } from "./weights.ts";

/** A CLIP with frozen weights. */
export interface Clip {
  /** What the user called it: `ViT-B/16`, a file's name. */
  name: string;
  /** SHA-256 of the weights. */
  sha256: string;
  /** Its sizes. */
  config: ClipConfig;
  /** The image tower. */
  image: VisionTransformer | ModifiedResNet;
  /** The text tower. */
  text: TextTower;
  /** exp(logit_scale): what cosines are multiplied by. */
  scale: number;
}

/** Builds a CLIP from its stored arrays. The caller disposes of it by `disposeClip`. */
export function buildClip(
  weights: { name: string; sha256: string; config: ClipConfig; get: Get },
): Clip {
  const { config, get } = weights;
  const { vision } = config;
  return {
    name: weights.name,
    sha256: weights.sha256,
    config,
    image: vision.kind === "vit"
      ? readVisionTransformer(frozen(get), vision)
      : readModifiedResNet(get, vision),
    text: readTextTower(frozen(get), config.text, {
      tokens: get("token_embedding.weight").data,
      positions: get("positional_embedding").data,
    }),
    scale: Math.exp(get("logit_scale").data[0]),
  };
}

/** Frees a CLIP's tensors. */
export function disposeClip(clip: Clip): void {
  const rows = clip.image.kind === "vit" ? [...clip.image.classRows.values()] : [];
  // Without the token table: TensorFlow.js would look for tensors among its millions of numbers, for seconds.
  const text = Object.values(clip.text).filter((part) => !ArrayBuffer.isView(part));
  dispose([clip.image, text, rows]);
}

/**
 * Image features, not yet of unit length. `pixels` are normalised, [batch, size, size, 3]; `prompts` are visual prompts
 * (see `encodeWithTransformer`). → [batch, embedding]
 */
export function encodeImages(clip: Clip, pixels: Tensor, prompts: Tensor[] = []): Tensor {
  return clip.image.kind === "vit"
    ? encodeWithTransformer(clip.image, pixels, prompts)
    : encodeWithResNet(clip.image, pixels);
}

/**
 * Text features of whole texts, not yet of unit length. → [texts, embedding]
 *
 * @throws {UserError} when a text is longer than 77 tokens
 *
 * @example
 * ```ts
 * import { disposeClip, encodeTexts, randomClip, smallConfig, useBackend } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const clip = randomClip(smallConfig, 1);
 * const texts = encodeTexts(clip, ["a photo of a cat.", "a photo of a dog."]);
 * assert.deepEqual(texts.shape, [2, 64]);
 * disposeClip(clip);
 * ```
 */
export function encodeTexts(clip: Clip, texts: string[]): Tensor {
  const layout = layOut(tokenSlots(texts), 0, 1, clip.text);
  try {
    return tidy(() => encodeText(clip.text, layout));
  } finally {
    disposeLayout(layout);
  }
}

/** The tokens of whole texts from SOS to the first EOT: nothing after it is read. */
export function tokenSlots(texts: string[]): Slot[][] {
  return tokenize(texts).map((row) => Array.from(row.subarray(0, row.indexOf(EOT) + 1)));
}
