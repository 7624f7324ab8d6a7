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
  convolve,
  isTracked,
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
} from "../tensor/mod.ts";
import { poolLatent } from "./attention_pool.ts";
import type { Hook } from "./hook.ts";
import { type Attend, consume, norm, runBlock } from "./transformer.ts";
import { refusePooled, type VisionTransformer } from "./vit_tower.ts";

/** What may be put into the image tower. */
export interface IntoImages {
  /**
   * Computes attention in the place of the tower's own, block by block, of [heads, batch, tokens, size]: for whoever looks
   * at attention. Prompts that the next block replaces have no queries; in the last block only the kept tokens have.
   */
  attend?: (q: Tensor, k: Tensor, v: Tensor) => Tensor;
  /** What is put into the blocks. */
  hook?: Hook;
  /** Put after the norm before the first block: in place of what it gives, [batch · tokens, width]. */
  entering?: ((rows: Tensor) => Tensor) | undefined;
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
 *
 * A mean of the patches, or attention to them, leaves prompts out.
 */
export function encodeWithTransformer(
  tower: VisionTransformer,
  pixels: Tensor,
  prompts: (Tensor | undefined)[] = [],
  into: IntoImages = {},
): Tensor {
  return poolRows(tower, lastRows(tower, pixels, prompts, into), pixels.shape[0]!);
}

/**
 * What the projection is given: of each image the class token's row, or with `kept` that and those of the last prompts,
 * of unit length, before the last norm's gain and bias. → [batch · kept tokens, width]
 *
 * @throws {UserError} where the feature is no token's but pooled (SigLIP)
 */
export function imageRows(
  tower: VisionTransformer,
  pixels: Tensor,
  prompts: (Tensor | undefined)[] = [],
  into: IntoImages = {},
): Tensor {
  refusePooled(tower);
  return norm(lastRows(tower, pixels, prompts, into), tower.epsilon);
}

/** The rows after the last block: the class tokens', or with `kept` the prompts' too, or all of them where the feature is pooled. */
function lastRows(
  tower: VisionTransformer,
  pixels: Tensor,
  prompts: (Tensor | undefined)[],
  { attend = attention, hook, entering, within = false, kept = false }: IntoImages,
): Tensor {
  const batch = pixels.shape[0]!;
  const { width } = tower;
  const x = embedImages(tower, pixels, entering);
  const last = prompts.findLast((prompt) => prompt !== undefined)?.shape[0] ?? 0;
  const chosen = classRows(tower, batch, x.shape[1]! + last, kept ? last : 0);
  let rows = reshape(x, [-1, width]);
  let present = 0; // prompts at the end of each image's rows
  tower.blocks.forEach((b, i) => {
    const given = prompts[i];
    const prompt = given && (i === 0 && !within ? preNorm(tower, given) : centre(given));
    const own = hook?.(i);
    if (prompt && present > 0) {
      const images = reshape(rows, [batch, -1, width]);
      rows = reshape(slice(images, 1, 0, images.shape[1]! - present), [-1, width]);
      present = 0;
    }
    if (prompt && prompts[i + 1]) {
      const look = attendWithin(batch, attend, prompt);
      rows = runBlock(b, rows, look, chosen, isTracked(prompt), own);
      return;
    }
    if (prompt) {
      const images = reshape(rows, [batch, -1, width]);
      present = prompt.shape[0]!;
      const everywhere = broadcastTo(reshape(prompt, [1, present, width]), [batch, present, width]);
      rows = reshape(concat([images, everywhere], 1), [-1, width]);
    }
    rows = runBlock(b, rows, attendWithin(batch, attend), chosen, false, own);
  });
  return rows;
}

/** The tokens after the last block, [batch · tokens, width], or of class tokens those alone → [batch, embedding] */
function poolRows(tower: VisionTransformer, rows: Tensor, batch: number): Tensor {
  const { width, epsilon, pool } = tower;
  const projected = (x: Tensor) => linear(x, tower.project);
  if (pool === "class") return projected(norm(rows, epsilon));
  const patches = () =>
    slice(
      reshape(rows, [batch, -1, width]),
      1,
      tower.classToken ? 1 : 0,
      tower.positions.shape[1]!,
    );
  if (pool !== "mean") {
    return projected(poolLatent(pool, norm(reshape(patches(), [-1, width]), epsilon), batch));
  }
  if (tower.normAfterPool) return projected(norm(mean(patches(), [1]), epsilon));
  return projected(mean(norm(patches(), epsilon), [1]));
}

/** The tokens of images as the first block gets them, the class token first, centred, [batch, tokens, width]. */
export function embedImages(
  tower: VisionTransformer,
  pixels: Tensor,
  entering: (rows: Tensor) => Tensor = (rows) => rows,
): Tensor {
  const batch = pixels.shape[0]!;
  const { width, classToken } = tower;
  const embedded = reshape(convolve(pixels, tower.embed), [batch, -1, width]);
  const patches = add(embedded, tower.positions);
  const tokens = classToken
    ? concat([broadcastTo(classToken, [batch, 1, width]), patches], 1)
    : patches;
  const normed = firstNorm(tower, tokens);
  return centre(reshape(entering(reshape(normed, [-1, width])), normed.shape));
}

/** The norm before the first block, where there is one. */
function firstNorm({ norm, epsilon }: VisionTransformer, x: Tensor): Tensor {
  return norm ? add(mul(standardize(x, epsilon), norm.gain), norm.bias) : x;
}

/** The norm before the first block, where there is one; centred. */
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
      const [q, ...own] = splitHeads(rows, batch, b.heads, 3) as [Tensor, ...Tensor[]];
      if (!prompt) return mergeHeads(attend(q, own[0]!, own[1]!));
      const more = splitHeads(linear(norm(prompt, b.epsilon), b.all!), 1, b.heads, 3).slice(1);
      const [k, v] = own.map((x, i) => {
        const [heads, , n, size] = more[i]!.shape as [number, number, number, number];
        const shared = broadcastTo(more[i]!, [heads, batch, n, size]);
        return consume(x, (x) => concat([x, shared], 2));
      }) as [Tensor, Tensor];
      return mergeHeads(attend(q, k, v));
    },
    some(b, queries, rows) {
      const [q] = splitHeads(queries, batch, b.heads, 1) as [Tensor];
      const [k, v] = splitHeads(rows, batch, b.heads, 2) as [Tensor, Tensor];
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
