/**
 * CLIP: two frozen towers, a tokenizer and a temperature.
 *
 * @module
 */
import { sha256 as hashOf } from "../sha256.ts";
import { dispose, type Tensor, tidy } from "../tensor/mod.ts";
import { frozen, type Get } from "./fold.ts";
import {
  disposeLayout,
  layOut,
  type Slot,
  type TokenTable,
  tokenTable,
  type Whole,
} from "./prompt.ts";
import { encodeWithResNet, type ModifiedResNet, readModifiedResNet } from "./resnet.ts";
import { encodeText, readTextTower, type TextTower } from "./text.ts";
import { clipTokenizer, type TextTokenizer } from "./text_tokenizer.ts";
import { tooLong } from "./tokenizer.ts";
import { encodeWithTransformer } from "./vit.ts";
import { readVisionTransformer, type VisionTransformer } from "./vit_tower.ts";
import type { ClipConfig, TextConfig } from "./config.ts";

/**
 * A CLIP with frozen weights.
 *
 * @category Load
 */
export interface Clip extends Disposable {
  /** What the user called it: `ViT-B/16`, a file's name. */
  name: string;
  /** SHA-256 of the weights. */
  sha256: string;
  /** Its sizes, and what else decides its numbers. */
  config: ClipConfig;
  /** The config file beside the weights that was followed; absent where the weights alone say it, or a published name. */
  from?: string;
  /** What no config said and was taken to be as in OpenAI's CLIPs, a sentence. */
  assumed?: string;
  /** How texts become tokens. */
  tokenizer: TextTokenizer;
  /** The image tower. */
  image: VisionTransformer | ModifiedResNet;
  /** The text tower. */
  text: TextTower;
  /** exp(logit_scale): what cosines are multiplied by. */
  scale: number;
  /** The bias that is added to the scaled cosines (SigLIP); no softmax depends on it. 0 where there is none. */
  bias: number;
}

/** What a CLIP is built from. */
export interface ClipParts {
  /** What the user called it. */
  name: string;
  /** SHA-256 of the weights. */
  sha256: string;
  /** Its sizes, and what else decides its numbers. */
  config: ClipConfig;
  /** Its arrays by OpenAI's keys. */
  get: Get;
  /** The token table row by row; made of the array where absent. */
  tokens?: TokenTable;
  /** The config file beside the weights that was followed, as in {@linkcode Clip}. */
  from?: string;
  /** What no config said and was taken to be as in OpenAI's CLIPs, as in {@linkcode Clip}. */
  assumed?: string;
  /** How texts become tokens; by CLIP's own tokenizer where absent. */
  tokenizer?: TextTokenizer;
}

/** Builds a CLIP from its stored arrays. The caller disposes of it: `using clip = …`, or {@linkcode disposeClip}. */
export function buildClip(weights: ClipParts): Clip {
  const { config, get, from, assumed, tokenizer = clipTokenizer } = weights;
  const tokens = weights.tokens ??
    tokenTable(get("token_embedding.weight").data, config.text.width);
  const { vision } = config;
  const clip: Clip = {
    name: weights.name,
    sha256: weights.sha256,
    config,
    ...from !== undefined && { from },
    ...assumed !== undefined && { assumed },
    tokenizer,
    image: vision.kind === "vit"
      ? readVisionTransformer(frozen(get), vision)
      : readModifiedResNet(get, vision),
    text: readTextTower(frozen(get), config.text, {
      tokens,
      positions: get("positional_embedding").data,
      whole: wholeOf(config.text, tokenizer),
    }),
    scale: Math.exp(get("logit_scale").data[0]!),
    bias: config.logitBias ? get("logit_bias").data[0]! : 0,
    [Symbol.dispose]: () => disposeClip(clip),
  };
  return clip;
}

/** How a text tower reads whole prompts that is not causal. */
function wholeOf(
  { causal, read, contextLength, tokenizer }: TextConfig,
  { end }: TextTokenizer,
): Whole | undefined {
  if (causal !== false) return undefined;
  return {
    length: contextLength,
    pad: tokenizer?.pad ?? 0,
    ...read !== "last" && { end: tokenizer?.end ?? end.at(-1) },
  };
}

/** A hash of what decides the CLIP's numbers: of its weights, and of the config beside them where one was followed. */
export function clipIdentity(
  { sha256, config, from }: Pick<Clip, "sha256" | "config" | "from">,
): string {
  if (from === undefined) return sha256;
  return hashOf(JSON.stringify([sha256, config]));
}

/**
 * Frees a CLIP's tensors, as the end of a block does with `using`.
 *
 * @category Load
 */
export function disposeClip(clip: Clip): void {
  const rows = clip.image.kind === "vit" ? [...clip.image.classRows.values()] : [];
  // Without the positions: TensorFlow.js would look for tensors among their numbers.
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
 * @throws {UserError} when a text has more tokens than the text tower reads
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { encodeTexts, randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * using clip = randomClip(smallConfig, 1);
 * const texts = encodeTexts(clip, ["a photo of a cat.", "a photo of a dog."]);
 * assert.deepEqual(texts.shape, [2, 64]);
 * ```
 */
export function encodeTexts(clip: Clip, texts: string[]): Tensor {
  const layout = layOut(tokenSlots(clip, texts), 0, 1, clip.text);
  try {
    return tidy(() => encodeText(clip.text, layout));
  } finally {
    disposeLayout(layout);
  }
}

/**
 * The tokens of whole texts, from the first to EOT: what is after it, no causal tower reads.
 *
 * @throws {UserError} when a text has more than the CLIP reads
 */
export function tokenSlots(
  { config: { text: { contextLength } }, tokenizer }: Pick<Clip, "config" | "tokenizer">,
  texts: string[],
): Slot[][] {
  return texts.map((text) => {
    const slots = [...tokenizer.begin, ...tokenizer.encode(text), ...tokenizer.end];
    if (slots.length <= contextLength) return slots;
    throw tooLong(text, slots.length, contextLength);
  });
}
