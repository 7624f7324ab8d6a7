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
import type { VitConfig } from "./config.ts";
import { type Norm, readNorm, readProjection, type Source } from "./fold.ts";
import type { Hook } from "./hook.ts";
import { type Attend, type Block, consume, norm, readBlocks, runBlock } from "./transformer.ts";

/** The frozen image tower. */
export interface VisionTransformer {
  /** Tells the towers apart. */
  kind: "vit";
  /** Cuts the image into patches and embeds them. */
  embed: Convolution;
  /** The class embedding at its position, [1, 1, width]. */
  classToken: Tensor;
  /** The class embedding alone, [width]. */
  classEmbedding: Tensor;
  /** The patches' positions, [1, patches, width]. */
  positions: Tensor;
  /** The norm before the first block. */
  norm: { gain: Tensor; bias: Tensor };
  /** Transformer blocks, first to last. */
  blocks: Block[];
  /** [width, embedding], the final norm folded in. */
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
  const { width, patch } = config;
  const positions = () => read("visual.positional_embedding"); // the class token's first
  return {
    kind: "vit",
    embed: {
      filter: scope(() => transpose(read("visual.conv1.weight"), [2, 3, 1, 0])),
      stride: patch,
      padding: 0,
    },
    classToken: scope(() =>
      reshape(add(read("visual.class_embedding"), slice(positions(), 0, 0, 1)), [1, 1, width])
    ),
    classEmbedding: read("visual.class_embedding"),
    positions: scope(() => {
      const all = positions();
      const patches = all.shape[0] - 1;
      return reshape(slice(all, 0, 1, patches), [1, patches, width]);
    }),
    norm: readNorm(source, "visual.ln_pre"),
    blocks: readBlocks(source, "visual.transformer", config),
    project: readProjection(source, "visual.proj", "visual.ln_post"),
    lastNorm: readNorm(source, "visual.ln_post"),
    classRows: new Map(),
  };
}

/** What may be put into the image tower. */
export interface IntoImages {
  /**
   * Asked block by block, [heads, batch, tokens, size], for queries without prompts that the next block replaces, and in
   * the last block for the kept tokens' alone: who looks at attention puts its own there.
   */
  attend?: (q: Tensor, k: Tensor, v: Tensor) => Tensor;
  /** What is put into the blocks. */
  hook?: Hook;
  /** Put after the norm before the first block: in place of what it gives, [batch · tokens, width]. */
  entering?: (rows: Tensor) => Tensor;
  /** Whether the first block's prompts enter after the norm before it, not through it. */
  within?: boolean;
  /** Whether the last prompts come out too, after the class tokens. */
  kept?: boolean;
}

/**
 * Image features, not yet of unit length. [batch, size, size, 3] → [batch, embedding]
 *
 * `prompts[0]`, [n, width], are put at the end of the sequence before the first norm; `prompts[i]` before block i, in
 * place of those that are there. Later blocks go on with what the last prompts became. Prompts that the next block
 * replaces are looked at and never look themselves: they are computed once for all images, and only as keys and values.
 */
export function encodeWithTransformer(
  tower: VisionTransformer,
  pixels: Tensor,
  prompts: (Tensor | undefined)[] = [],
  into: IntoImages = {},
): Tensor {
  return linear(imageRows(tower, pixels, prompts, into), tower.project);
}

/**
 * What the projection is given: of each image the class token's row, or with `kept` that and those of the last prompts,
 * of unit length, before the last norm's gain and bias. → [batch · kept tokens, width]
 */
export function imageRows(
  tower: VisionTransformer,
  pixels: Tensor,
  prompts: (Tensor | undefined)[] = [],
  { attend = attention, hook, entering, within = false, kept = false }: IntoImages = {},
): Tensor {
  const batch = pixels.shape[0];
  const width = tower.norm.gain.size;
  const x = embedImages(tower, pixels, entering);
  const last = prompts.findLast((prompt) => prompt !== undefined)?.shape[0] ?? 0;
  const chosen = classRows(tower, batch, x.shape[1] + last, kept ? last : 0);
  let rows = reshape(x, [-1, width]);
  let present = 0; // prompts at the end of each image's rows
  tower.blocks.forEach((b, i) => {
    const given = prompts[i];
    const prompt = given && (i === 0 && !within ? preNorm(tower, given) : centre(given));
    const own = hook?.(i);
    if (prompt && present > 0) {
      const images = reshape(rows, [batch, -1, width]);
      rows = reshape(slice(images, 1, 0, images.shape[1] - present), [-1, width]);
      present = 0;
    }
    if (prompt && prompts[i + 1]) {
      const look = attendWithin(batch, attend, prompt);
      rows = runBlock(b, rows, look, chosen, isTracked(prompt), own);
      return;
    }
    if (prompt) {
      const images = reshape(rows, [batch, -1, width]);
      present = prompt.shape[0];
      const everywhere = broadcastTo(reshape(prompt, [1, present, width]), [batch, present, width]);
      rows = reshape(concat([images, everywhere], 1), [-1, width]);
    }
    rows = runBlock(b, rows, attendWithin(batch, attend), chosen, false, own);
  });
  return norm(rows);
}

/** The tokens of images as the first block gets them, the class token first, centred, [batch, tokens, width]. */
export function embedImages(
  tower: VisionTransformer,
  pixels: Tensor,
  entering: (rows: Tensor) => Tensor = (rows) => rows,
): Tensor {
  const batch = pixels.shape[0];
  const width = tower.norm.gain.size;
  const patches = reshape(convolve(pixels, tower.embed), [batch, -1, width]);
  const classTokens = broadcastTo(tower.classToken, [batch, 1, width]);
  const normed = firstNorm(tower, concat([classTokens, add(patches, tower.positions)], 1));
  return centre(reshape(entering(reshape(normed, [-1, width])), normed.shape));
}

/** The norm before the first block. */
function firstNorm({ norm: { gain, bias } }: VisionTransformer, x: Tensor): Tensor {
  return add(mul(standardize(x), gain), bias);
}

/** The norm before the first block, centred: for prompts. */
export function preNorm(tower: VisionTransformer, x: Tensor): Tensor {
  return centre(firstNorm(tower, x));
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
      const more = splitHeads(linear(norm(prompt), b.all!), 1, b.heads, 3).slice(1);
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

/** Where in the images' tokens the class tokens are, and the last so many tokens. */
function classRows(
  tower: VisionTransformer,
  batch: number,
  tokens: number,
  kept: number,
): RowIndex {
  const key = `${batch}×${tokens}×${kept}`;
  let index = tower.classRows.get(key);
  if (!index) {
    const places = [0, ...Array.from({ length: kept }, (_, i) => tokens - kept + i)];
    const rows = Array.from({ length: batch }, (_, i) => places.map((at) => i * tokens + at));
    index = rowIndex(rows.flat(), batch * tokens);
    tower.classRows.set(key, index);
  }
  return index;
}
