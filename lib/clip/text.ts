/**
 * CLIP's text tower with learnable context vectors and deep prompts, computed with a shared beginning (see prompt.ts).
 *
 * @module
 */
import {
  add,
  concat,
  type Linear,
  linear,
  matMul,
  reshape,
  slice,
  softmax,
  standardize,
  takeRows,
  type Tensor,
} from "../tensor/mod.ts";
import { type Get, readNorm, readProjection } from "./fold.ts";
import type { Bucket, Embeddings, Layout } from "./prompt.ts";
import { attention, type Block, mergeHeads, readBlocks, runBlock, splitHeads } from "./transformer.ts";

/** The frozen text tower. */
export interface TextTower extends Embeddings {
  blocks: Block[];
  /** [width, embedding], the final norm folded in. */
  project: Linear;
}

/** Reads the text tower. */
export function readTextTower(
  get: Get,
  { layers, heads }: { layers: number; heads: number },
): TextTower {
  const tokens = get("token_embedding.weight");
  return {
    width: tokens.shape[1],
    tokens: tokens.data,
    positions: get("positional_embedding").data,
    layers,
    blocks: readBlocks(get, "transformer", layers, heads),
    project: readProjection(get, "text_projection", readNorm(get, "ln_final")),
  };
}

/** Keys and values of the shared beginning in one layer, each [groups, heads, shared, size]. */
interface SharedLayer {
  keys: Tensor;
  values: Tensor;
}

/**
 * Text features, not yet of unit length. → [groups · prompts, embedding]
 *
 * `contexts`: [groups · contexts, width], the vectors that the prompts' context slots name. `deep[i]`, [n, width],
 * replaces tokens 1 … n before block i + 1; those must be part of the shared beginning.
 */
export function encodeText(
  tower: TextTower,
  layout: Layout,
  contexts?: Tensor,
  deep: Tensor[] = [],
): Tensor {
  const shared = layout.shared > 0 ? runShared(tower, layout, contexts, deep) : undefined;
  const outputs = layout.buckets.map((bucket) => runBucket(tower, layout, bucket, contexts, shared));
  const rows = outputs.length === 1 ? outputs[0] : concat(outputs, 0);
  const ordered = layout.order ? takeRows(rows, layout.order) : rows;
  return linear(standardize(ordered), tower.project);
}

function embedded(
  { frozen, contexts: index }: Pick<Layout, "frozen" | "contexts">,
  contexts?: Tensor,
): Tensor {
  return index && contexts ? add(frozen, takeRows(contexts, index)) : frozen;
}

/** Runs the shared beginning; what follows needs its keys and values alone. */
function runShared(
  tower: TextTower,
  layout: Layout,
  contexts: Tensor | undefined,
  deep: Tensor[],
): SharedLayer[] {
  const { groups, shared, mask } = layout;
  const seen: SharedLayer[] = [];
  let x = embedded(layout, contexts);
  tower.blocks.forEach((b, i) => {
    if (i > 0 && i <= deep.length) x = replaceContext(x, deep[i - 1], groups, shared);
    const attend = (queries: Tensor, keysValues: Tensor) => {
      const [keys, values] = splitHeads(keysValues, groups, b.heads, 2);
      seen.push({ keys, values });
      return mergeHeads(attention(splitHeads(queries, groups, b.heads, 1)[0], keys, values, mask));
    };
    if (i < tower.blocks.length - 1) x = runBlock(b, x, attend);
    else {
      const [keys, values] = splitHeads(linear(standardize(x), b.keyValue), groups, b.heads, 2);
      seen.push({ keys, values });
    }
  });
  return seen;
}

/** Tokens 1 … n of the shared beginning replaced by a deep prompt. */
function replaceContext(x: Tensor, prompt: Tensor, groups: number, shared: number): Tensor {
  const [n, width] = prompt.shape;
  const tokens = reshape(x, [groups, shared, width]);
  const parts = [slice(tokens, 1, 0, 1), reshape(prompt, [1, n, width])];
  if (shared > 1 + n) parts.push(slice(tokens, 1, 1 + n, shared - 1 - n));
  return reshape(concat(parts, 1), [groups * shared, width]);
}

/** Runs a bucket's own tokens, which see the shared beginning and, causally, themselves. → rows at EOT */
function runBucket(
  tower: TextTower,
  { groups }: Layout,
  bucket: Bucket,
  contexts: Tensor | undefined,
  shared: SharedLayer[] | undefined,
): Tensor {
  let x = embedded(bucket, contexts);
  const n = bucket.prompts.length;
  tower.blocks.forEach((b, i) => {
    const atEnd = i === tower.blocks.length - 1;
    const read = atEnd ? 1 : bucket.length; // tokens of each prompt that ask
    const mask = atEnd ? bucket.endMask : bucket.mask;
    x = runBlock(b, x, (queries, keysValues) => {
      const [q] = splitHeads(queries, groups, b.heads, 1); // [groups, heads, n·read, size]
      const [k, v] = splitHeads(keysValues, groups, b.heads, 2); // [groups, heads, n·length, size]
      return mergeHeads(attendWithShared(q, k, v, { n, read, length: bucket.length, mask }, shared?.[i]));
    }, atEnd ? bucket.ends : undefined);
  });
  return x;
}

/** Attention of each prompt's tokens to the shared keys and to their own. → [groups, heads, n·read, size] */
function attendWithShared(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { n, read, length, mask }: { n: number; read: number; length: number; mask: Tensor },
  shared: SharedLayer | undefined,
): Tensor {
  const [groups, heads, , size] = q.shape;
  const all = groups * heads * n;
  const own = matMul(reshape(q, [all, read, size]), reshape(k, [all, length, size]), false, true);
  const masked = add(reshape(own, [groups * heads, n, read * length]), mask);
  const ownScores = reshape(masked, [all, read, length]);
  const ownValues = reshape(v, [all, length, size]);
  if (!shared) return reshape(matMul(softmax(ownScores), ownValues), q.shape);

  const s = shared.keys.shape[2];
  const sharedScores = reshape(matMul(q, shared.keys, false, true), [all, read, s]);
  const weights = softmax(concat([sharedScores, ownScores], 2));
  const fromShared = matMul(
    reshape(slice(weights, 2, 0, s), [groups, heads, n * read, s]),
    shared.values,
  );
  const fromOwn = matMul(slice(weights, 2, s, length), ownValues);
  return add(fromShared, reshape(fromOwn, q.shape));
}
