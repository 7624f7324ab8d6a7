/**
 * CLIP: weights, tokenizer, both towers.
 *
 * @module
 */
export type {
  Activation,
  BlockTraits,
  Cleaning,
  ClipConfig,
  Projection,
  ResNetConfig,
  TextConfig,
  TokenizerConfig,
  VitConfig,
} from "./config.ts";
export { expectedShapes as clipShapes } from "./shapes.ts";
export {
  clipTokenizer,
  type ParsedTokenizer,
  parseTokenizer,
  type TextTokenizer,
} from "./text_tokenizer.ts";
export type { LatentPool } from "./attention_pool.ts";
export {
  type Get,
  learned,
  type Norm,
  type Source as ParameterSource,
  type Stored,
} from "./fold.ts";
export { cachedWeights, fetchWeights, type HubOptions, weightsCache } from "./hub.ts";
export { hubNames } from "./hub_sources.ts";
export { loadClip } from "./load.ts";
export * from "./model.ts";
export {
  context,
  disposeLayout,
  type Embeddings,
  type Layout as PromptLayout,
  layOut,
  type Slot,
  type TokenTable,
  tokenTable,
  type Whole,
} from "./prompt.ts";
export type { AttentionPool, Bottleneck, ModifiedResNet } from "./resnet.ts";
export {
  type DType,
  type Elements,
  parseSafetensors,
  readSafetensors,
  type StoredTensor,
  type TensorFile,
} from "./safetensors.ts";
export { safetensorsBytes, type WriteOptions, writeSafetensors } from "./safetensors_write.ts";
export { type BlockHook, type Hook, unfolded, wholeNorm } from "./hook.ts";
export { disposeLate, type Late, layOutLate } from "./late.ts";
export { read as readAlong, type Readable, readableImages, readableTexts } from "./readers.ts";
export { encodeText, type IntoTexts, readTextTower, type TextTower } from "./text.ts";
export { decode, encode, EOT, SOS, tokenize, type TokenizeOptions } from "./tokenizer.ts";
export { encodeWithTransformer, imageRows, type IntoImages, preNorm } from "./vit.ts";
export { readVisionTransformer, refusePooled, type VisionTransformer } from "./vit_tower.ts";
export { loadWeights, type Weights } from "./weights.ts";
export { compactTable, type TokenRows, tokenRowsMetadata } from "./compact_tokens.ts";
export { parseWeights, pocketWeights } from "./pocket.ts";
export { publishedConfig, type PublishedName, publishedNames } from "./published.ts";
export { randomClip, smallConfig } from "./random.ts";
export type { Block } from "./transformer.ts";
