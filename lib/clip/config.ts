/**
 * What decides a CLIP's numbers besides its weights: sizes, and what no shape shows (the activation, how wide a head is, what
 * images are normalised by). Where a field is absent, it is as in OpenAI's CLIPs.
 *
 * @module
 */
import type { PixelFormat } from "../image/mod.ts";

/** The shapes of stored tensors by key. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** x·σ(1.702 x), x·Φ(x), or PyTorch's tanh approximation of that. */
export type Activation = "quick-gelu" | "gelu" | "gelu-tanh";

/** How features become an embedding: by a matrix, by one and a bias, or not at all. */
export type Projection = "matrix" | "biased" | "none";

/** What the blocks of a transformer may have otherwise than OpenAI's. */
export interface BlockTraits {
  /** The activation of the hidden layers; `quick-gelu` where absent. */
  activation?: Activation;
  /** ε of the layer norms; 1e-5 where absent. */
  epsilon?: number;
  /** The width of the hidden layers; four times that of a token where absent. */
  hidden?: number;
  /** Whether what a block adds to the rows is multiplied by learned factors (layer scale); it is not where absent. */
  layerScale?: true;
}

/** The vision transformer's sizes. */
export interface VitConfig extends BlockTraits {
  /** Tells the towers apart. */
  kind: "vit";
  /** The width of a token. */
  width: number;
  /** The number of transformer blocks. */
  layers: number;
  /** The side of a patch, in pixels. */
  patch: number;
  /** The number of attention heads in each block. */
  heads: number;
  /** Whether the embedding of patches has a bias; it has none where absent. */
  patchBias?: true;
  /** Whether a class token stands before the patches; it does where absent. */
  classToken?: false;
  /** Whether there is a layer norm before the first block; there is where absent. */
  normBefore?: false;
  /** What becomes the image's feature: the mean of the patches, or a learned query's attention to them (SigLIP); the class token where absent. */
  pool?: "mean" | "attention";
  /** Whether the final layer norm comes after the mean; before it where absent. */
  normAfterPool?: true;
  /** How the feature becomes an embedding; `matrix` where absent. */
  projection?: Projection;
}

/** The modified ResNet's sizes. */
export interface ResNetConfig {
  /** Tells the towers apart. */
  kind: "resnet";
  /** Channels after the stem; the last stage has 32 times as many. */
  width: number;
  /** Bottleneck blocks of each of the four stages. */
  layers: [number, number, number, number];
  /** The number of attention heads in the attention pool. */
  heads: number;
}

/** The text transformer's sizes. */
export interface TextConfig extends BlockTraits {
  /** The width of a token. */
  width: number;
  /** The number of transformer blocks. */
  layers: number;
  /** The number of attention heads in each block. */
  heads: number;
  /** How many tokens of a prompt are read, SOS and EOT included; 77 in OpenAI's CLIPs. */
  contextLength: number;
  /** The number of rows of the token embedding. */
  vocab: number;
  /** Whether a token attends only to itself and those before it; it does where absent. */
  causal?: false;
  /** Which token becomes the text's feature: the last one, padding or not (SigLIP); EOT where absent. */
  read?: "last";
  /** How the feature becomes an embedding; `matrix` where absent. */
  projection?: Projection;
  /** The tokenizer, where it is not CLIP's own. */
  tokenizer?: TokenizerConfig;
}

/** A tokenizer that is not CLIP's. */
export interface TokenizerConfig {
  /** What the model's config calls it. */
  name: string;
  /** SHA-256 of its `tokenizer.json`. */
  sha256: string;
  /** How a text is cleaned before it is cut into tokens. */
  clean: Cleaning;
  /** The id that fills a text up to the context length. */
  pad: number;
  /** The id that a text is read at; the one that ends it where absent. */
  end?: number;
}

/**
 * What is done to a text before a tokenizer that is not CLIP's gets it: `canonicalize`, `lower` and `whitespace` are
 * open_clip's; `siglip` is transformers' SigLIP tokenizer's; `lowercase` is what SigLIP 2's texts get there.
 */
export type Cleaning = "canonicalize" | "lower" | "whitespace" | "siglip" | "lowercase";

/**
 * The sizes of a CLIP, and what else decides its numbers.
 *
 * @category Load
 */
export interface ClipConfig {
  /** The length of image and text features. */
  embedDim: number;
  /** The side of the images that it reads, in pixels. */
  imageSize: number;
  /** The image tower's sizes. */
  vision: VitConfig | ResNetConfig;
  /** The text tower's sizes. */
  text: TextConfig;
  /** How pictures become pixels; OpenAI's way where absent. */
  pixels?: PixelFormat;
  /** Whether a bias is added to the logits (SigLIP); no softmax depends on it. It is not where absent. */
  logitBias?: true;
}

/** Attention heads where nothing says how many: 64 numbers each, as in OpenAI's. */
export function usualHeads(width: number): number {
  return Math.max(1, Math.floor(width / 64));
}
