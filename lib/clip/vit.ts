/**
 * CLIP's vision transformer, with room for visual prompts: shallow and deep (VPT, Jia et al. 2022; IVLP and ProMetaR).
 *
 * @module
 */
import {
  add,
  attention,
  broadcastTo,
  centre,
  concat,
  type Convolution,
  convolve,
  isTracked,
  type Linear,
  linear,
  mean,
  mergeHeads,
  mul,
  reshape,
  type RowIndex,
  rowIndex,
  slice,
  splitHeads,
  standardize,
  type Tensor,
  transpose,
} from "../tensor/mod.ts";
import { type LatentPool, poolLatent, readLatentPool } from "./attention_pool.ts";
import type { VitConfig } from "./config.ts";
import { readNorm, readProjection, type Source } from "./fold.ts";
import {
  type Attend,
  type Block,
  consume,
  EPSILON,
  norm,
  readBlocks,
  runBlock,
} from "./transformer.ts";

/** The frozen image tower. */
export interface VisionTransformer {
  /** Tells the towers apart. */
  kind: "vit";
  /** Cuts the image into patches and embeds them. */
  embed: Convolution;
  /** Numbers of a token. */
  width: number;
  /** The class embedding at its position, [1, 1, width]; absent in towers without one (SigLIP). */
  classToken?: Tensor;
  /** The patches' positions, [1, patches, width]. */
  positions: Tensor;
  /** The norm before the first block, where there is one. */
  norm?: { gain: Tensor; bias: Tensor };
  /** ε of the norms. */
  epsilon: number;
  /** Transformer blocks, first to last. */
  blocks: Block[];
  /** What becomes the feature. */
  pool: "class" | "mean" | LatentPool;
  /** Whether the mean is taken before the final norm. */
  normAfterPool: boolean;
  /** [width, embedding], the final norm folded in. Of what an attention pool found, absent where that is the feature. */
  project?: Linear;
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
    classToken: before === 0 ? undefined : scope(() =>
      reshape(add(read("visual.class_embedding"), slice(positions(), 0, 0, 1)), [1, 1, width])
    ),
    positions: scope(() => {
      const all = positions();
      const patches = all.shape[0] - before;
      return reshape(slice(all, 0, before, patches), [1, patches, width]);
    }),
    norm: normBefore === false ? undefined : readNorm(source, "visual.ln_pre"),
    epsilon: config.epsilon ?? EPSILON,
    blocks: readBlocks(source, "visual.transformer", config, pool === "class"),
    pool: pool === "attention" ? readLatentPool(source, config) : pool,
    normAfterPool: config.normAfterPool ?? false,
    project: pool === "attention"
      ? readPooledProjection(source, config)
      : readProjection(source, "visual.proj", "visual.ln_post", config),
    classRows: new Map(),
  };
}

/** What follows an attention pool: the final norm is before it. */
function readPooledProjection(
  { read, scope }: Source,
  { projection = "matrix" }: VitConfig,
): Linear | undefined {
  if (projection === "none") return undefined;
  const bias = projection === "biased" ? read("visual.proj.bias") : undefined;
  return { weight: scope(() => read("visual.proj")), bias };
}

/**
 * Image features, not yet of unit length. [batch, size, size, 3] → [batch, embedding]
 *
 * `prompts[0]`, [n, width], are put at the end of the sequence before the first norm; `prompts[i]` replaces the last n
 * tokens before block i. Later blocks go on with what the last prompts became. Prompts that the next block replaces are
 * looked at and never look themselves: they are computed once for all images, and only as keys and values.
 *
 * A mean, or attention, over patches leaves prompts out.
 *
 * `attend` is asked block by block, [heads, batch, tokens, size], for queries without such prompts, and in the last block
 * for the class tokens' alone: who looks at attention puts its own there.
 */
export function encodeWithTransformer(
  tower: VisionTransformer,
  pixels: Tensor,
  prompts: Tensor[] = [],
  attend: (q: Tensor, k: Tensor, v: Tensor) => Tensor = attention,
): Tensor {
  const batch = pixels.shape[0];
  const { width, epsilon, classToken } = tower;
  const preNorm = (x: Tensor) =>
    centre(
      tower.norm
        ? add(mul(standardize(x, epsilon), tower.norm.gain), tower.norm.bias)
        : x,
    );

  const patches = add(reshape(convolve(pixels, tower.embed), [batch, -1, width]), tower.positions);
  const x = preNorm(
    classToken
      ? concat([broadcastTo(classToken, [batch, 1, width]), patches], 1)
      : patches,
  ); // [batch, tokens, width]
  const tokens = x.shape[1] + (prompts[0]?.shape[0] ?? 0);
  const chosen = classRows(tower, batch, tokens);
  let rows = reshape(x, [-1, width]);
  tower.blocks.forEach((b, i) => {
    const prompt = i >= prompts.length
      ? undefined
      : i === 0
      ? preNorm(prompts[0])
      : centre(prompts[i]);
    if (prompt && i < prompts.length - 1) {
      rows = runBlock(b, rows, attendWithin(batch, attend, prompt), chosen, isTracked(prompt));
      return;
    }
    if (prompt) {
      const images = reshape(rows, [batch, -1, width]);
      const n = prompt.shape[0];
      const everywhere = broadcastTo(reshape(prompt, [1, n, width]), [batch, n, width]);
      rows = reshape(concat([images, everywhere], 1), [-1, width]);
    }
    rows = runBlock(b, rows, attendWithin(batch, attend), chosen);
  });
  return poolRows(tower, rows, batch);
}

/** The tokens after the last block, [batch · tokens, width], or of class tokens those alone → [batch, embedding] */
function poolRows(tower: VisionTransformer, rows: Tensor, batch: number): Tensor {
  const { width, epsilon, pool, project } = tower;
  const projected = (x: Tensor) => project ? linear(x, project) : x;
  if (pool === "class") return projected(norm(rows, epsilon));
  const patches = () =>
    slice(reshape(rows, [batch, -1, width]), 1, tower.classToken ? 1 : 0, tower.positions.shape[1]);
  if (pool !== "mean") {
    return projected(poolLatent(pool, norm(reshape(patches(), [-1, width]), epsilon), batch));
  }
  if (tower.normAfterPool) return projected(norm(mean(patches(), [1]), epsilon));
  return projected(mean(norm(patches(), epsilon), [1]));
}

/** Attention of all tokens of an image; to `prompt`, [n, width], too, where that does not attend itself. */
function attendWithin(
  batch: number,
  attend: (q: Tensor, k: Tensor, v: Tensor) => Tensor,
  prompt?: Tensor,
): Attend {
  return {
    all(b, rows) {
      const [q, ...own] = splitHeads(rows, batch, b.heads, 3);
      if (!prompt) return mergeHeads(attend(q, own[0], own[1]));
      const more = splitHeads(linear(norm(prompt, b.epsilon), b.all!), 1, b.heads, 3).slice(1);
      const [k, v] = own.map((x, i) => {
        const [heads, , n, size] = more[i].shape;
        const shared = broadcastTo(more[i], [heads, batch, n, size]);
        return consume(x, (x) => concat([x, shared], 2));
      });
      return mergeHeads(attend(q, k, v));
    },
    some(b, queries, rows) {
      const [q] = splitHeads(queries, batch, b.heads, 1);
      const [k, v] = splitHeads(rows, batch, b.heads, 2);
      return mergeHeads(attend(q, k, v));
    },
  };
}

function classRows(tower: VisionTransformer, batch: number, tokens: number): RowIndex {
  const key = `${batch}×${tokens}`;
  let index = tower.classRows.get(key);
  if (!index) {
    index = rowIndex(Array.from({ length: batch }, (_, i) => i * tokens), batch * tokens);
    tower.classRows.set(key, index);
  }
  return index;
}
