/**
 * CLIP: weights, tokenizer, both towers.
 *
 * @module
 */
export type { ClipConfig, ResNetConfig, TextConfig, VitConfig } from "./config.ts";
export { cachedWeights, fetchWeights, type HubOptions, weightsCache } from "./hub.ts";
export * from "./model.ts";
export {
  context,
  disposeLayout,
  type Embeddings,
  type Layout as PromptLayout,
  layOut,
  type Slot,
} from "./prompt.ts";
export type { ModifiedResNet } from "./resnet.ts";
export {
  parseSafetensors,
  readSafetensors,
  type StoredTensor,
  type TensorFile,
} from "./safetensors.ts";
export { type WriteOptions, writeSafetensors } from "./safetensors_write.ts";
export { encodeText, type TextTower } from "./text.ts";
export { decode, encode, EOT, SOS, tokenize, type TokenizeOptions } from "./tokenizer.ts";
export { attention, mergeHeads, splitHeads } from "../tensor/mod.ts";
export type { VisionTransformer } from "./vit.ts";
export { loadWeights, type Weights } from "./weights.ts";
export { type PublishedName, publishedNames } from "./published.ts";
export { randomClip, smallConfig } from "./random.ts";
