/**
 * What CLIP's vision transformer is made of, and how it is read.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import {
  add,
  type Convolution,
  type Linear,
  reshape,
  type RowIndex,
  slice,
  type Tensor,
  transpose,
} from "../tensor/mod.ts";
import { type LatentPool, readLatentPool } from "./attention_pool.ts";
import type { VitConfig } from "./config.ts";
import { type Norm, readNorm, readProjection, type Source } from "./fold.ts";
import { type Block, EPSILON, readBlocks } from "./transformer.ts";

/** The frozen image tower. */
export interface VisionTransformer {
  /** Tells the towers apart. */
  kind: "vit";
  /** Cuts the image into patches and embeds them. */
  embed: Convolution;
  /** The width of a token. */
  width: number;
  /** The class embedding at its position, [1, 1, width]; absent in towers without one (SigLIP). */
  classToken?: Tensor | undefined;
  /** The class embedding alone, [width]; absent likewise. */
  classEmbedding?: Tensor | undefined;
  /** The patches' positions, [1, patches, width]. */
  positions: Tensor;
  /** The norm before the first block, where there is one. */
  norm?: { gain: Tensor; bias: Tensor } | undefined;
  /** ε of the norms. */
  epsilon: number;
  /** Transformer blocks, first to last. */
  blocks: Block[];
  /** What becomes the feature. */
  pool: "class" | "mean" | LatentPool;
  /** Whether the mean is taken before the final norm. */
  normAfterPool: boolean;
  /** The projection to the embedding, [width, embedding], the final norm folded in; an attention pool's comes before it. */
  project: Linear;
  /** The final norm itself. */
  lastNorm: Norm;
  /** By batch size: where the class tokens are. */
  classRows: Map<string, RowIndex>;
}

/** Reads the tower under `visual.`. */
export function readVisionTransformer(
  source: Source,
  config: VitConfig,
): VisionTransformer {
  const { read, scope } = source;
  const { width, patch, classToken, normBefore, pool = "class" } = config;
  const positions = () => read("visual.positional_embedding"); // the class token's first
  const before = classToken === false ? 0 : 1;
  return {
    kind: "vit",
    width,
    embed: {
      filter: scope(() => transpose(read("visual.conv1.weight"), [2, 3, 1, 0])),
      bias: config.patchBias && read("visual.conv1.bias"),
      stride: patch,
      padding: 0,
    },
    classToken: before === 0
      ? undefined
      : scope(() =>
        reshape(add(read("visual.class_embedding"), slice(positions(), 0, 0, 1)), [1, 1, width])
      ),
    classEmbedding: before === 0 ? undefined : read("visual.class_embedding"),
    positions: scope(() => {
      const all = positions();
      const patches = all.shape[0]! - before;
      return reshape(slice(all, 0, before, patches), [1, patches, width]);
    }),
    norm: normBefore === false ? undefined : readNorm(source, "visual.ln_pre"),
    epsilon: config.epsilon ?? EPSILON,
    blocks: readBlocks(source, "visual.transformer", config, pool === "class"),
    pool: pool === "attention" ? readLatentPool(source, config) : pool,
    normAfterPool: config.normAfterPool ?? false,
    project: readProjection(
      source,
      "visual.proj",
      pool === "attention" ? undefined : "visual.ln_post",
      config,
    ),
    lastNorm: readNorm(source, "visual.ln_post"),
    classRows: new Map(),
  };
}

/** For what reads the class token: refuses a tower whose feature is pooled from the patches. */
export function refusePooled({ pool }: VisionTransformer): void {
  if (pool === "class") return;
  throw new UserError(
    "this CLIP's image feature is pooled from all patches, and there is no class token to read: take a CLIP with one",
  );
}
