/**
 * Attention as single ops, whose rules keep the weights and recompute little. Heads come first, [heads, rows, size], so
 * that queries, keys and values are contiguous parts of one transposed product.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { add, reshape } from "./elementwise.ts";
import { matMul, product } from "./linear.ts";
import { pullSoftmax, pullWeighted, rowSoftmax } from "./normalize.ts";
import { concat, slice } from "./shape.ts";
import { isTracked, recordFrozen, recordJointly, type Tensor } from "./tape.ts";
import { type Asking, inTiles } from "./tiled_attention.ts";
import { comesAgain, hasProgram, program, programOfSeveral } from "./programs.ts";

/** [groups·n, parts·width] → `parts` tensors of [heads, groups, n, width/heads]. */
export function splitHeads(x: Tensor, groups: number, heads: number, parts: number): Tensor[] {
  const rows = x.shape[0]!;
  const split = tf.tidy(() => {
    if (hasProgram("HeadsOf") && parts <= JOINED.length) {
      return headsByPrograms(x, groups, heads, parts);
    }
    const apart: Tensor = tf.reshape(x, [groups, rows / groups, parts * heads, -1]);
    const byHead = tf.transpose(apart, [2, 0, 1, 3]);
    if (parts === 1) return [byHead];
    return Array.from({ length: parts }, (_, i): Tensor => tf.slice(byHead, i * heads, heads));
  });
  return recordFrozen(split, [x], (cotangents) => [joinHeads(cotangents)]);
}

/** On WebGPU one program moves all parts, not first all of it and then each. */
function headsByPrograms(x: Tensor, groups: number, heads: number, parts: number): Tensor[] {
  const [rows, cols] = x.shape as [number, number];
  const width = cols / parts;
  const told = { rows, cols, width, head: width / heads };
  const shape = [heads, groups, rows / groups, told.head];
  if (parts === 1) return [program("HeadsOf", { x }, told, shape)];
  return programOfSeveral(parts === 2 ? "HeadsOfTwo" : "HeadsOfThree", { x }, told, shape);
}

/** [heads, groups, n, width/heads] → [groups·n, width]. */
export function mergeHeads(x: Tensor): Tensor {
  return joinHeads([x]);
}

/** The programs that join so many parts. */
const JOINED = ["RowsOf", "RowsOfTwo", "RowsOfThree"] as const;

/** The adjoint of `splitHeads`, and its inverse. */
function joinHeads(parts: Tensor[]): Tensor {
  const [heads, groups, n, head] = parts[0]!.shape as [number, number, number, number];
  const y = tf.tidy((): Tensor => {
    if (hasProgram("RowsOf") && parts.length <= JOINED.length) {
      const [a, b, c] = parts as [Tensor, Tensor?, Tensor?];
      const given = { a, ...b && { b }, ...c && { c } };
      const told = { width: heads * head, head };
      return program(JOINED[parts.length - 1]!, given, told, [
        groups * n,
        parts.length * told.width,
      ]);
    }
    const byHead: Tensor = parts.length === 1 ? parts[0]! : tf.concat(parts, 0);
    return tf.reshape(tf.transpose(byHead, [1, 2, 0, 3]), [groups * n, -1]);
  });
  return recordFrozen([y], parts, ([d]) => splitHeads(d, groups, heads, parts.length))[0];
}

/** softmax(q·kᵀ + mask)·v over the last two axes; the others must be equal. */
export function attention(q: Tensor, k: Tensor, v: Tensor, mask?: Tensor): Tensor {
  return inTiles({ q, k, v, mask }, () => composed(q, k, v, mask));
}

/** The same of products and a softmax. */
function composed(q: Tensor, k: Tensor, v: Tensor, mask?: Tensor): Tensor {
  const [weights, y] = tf.tidy(() => {
    const scores = product(q, k, false, true);
    const weights = mask ? maskedSoftmax(scores, mask) : rowSoftmax(scores);
    return [weights, product(weights, v)];
  });
  const asked = isTracked(q); // of frozen images the prompts alone are tracked, among the keys
  const pullScores = (d: Tensor) => [asked ? matMul(d, k) : undefined, matMul(d, q, true)];
  recordJointly([weights], [q, k], ([d]) => pullScores(pullSoftmax(weights, d)));
  recordJointly([y], [q, k, v], ([d]) => {
    const scores = pullWeighted(weights, matMul(d, v, false, true), d, y);
    return [...pullScores(scores), matMul(weights, d, true)];
  });
  return y;
}

/** Keys and values that all of a group's prompts begin with, each [heads, groups, shared, size]. */
export interface Beginning {
  /** The keys that queries are compared with. */
  keys: Tensor;
  /** The values that are averaged. */
  values: Tensor;
}

/**
 * Attention of prompts to their common beginning and to their own tokens, without repeating the beginning for each.
 * q: [heads, groups, prompts · asking, size]; k, v: [heads, groups, prompts · length, size]; mask, for the own tokens:
 * [groups · prompts or 1, asking, length]. → like q
 */
export function attentionBeyond(
  beginning: Beginning,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  mask: Tensor,
  prompts: number,
): Tensor {
  const asking = { beginning, q, k, v, mask, prompts };
  return inTiles(asking, () => composedBeyond(asking));
}

/** The same of products and a softmax. */
function composedBeyond(
  { beginning: { keys, values }, q, k, v, mask, prompts }: Asking & {
    beginning: Beginning;
    mask: Tensor;
    prompts: number;
  },
): Tensor {
  const [heads, groups, rows, size] = q.shape as [number, number, number, number];
  const shared = keys.shape[2]!;
  const asking = rows / prompts;
  const length = k.shape[2]! / prompts;
  const all = heads * groups * prompts;
  // Each tensor seen prompt by prompt, or group by group.
  const apart = (x: Tensor) => reshape(x, [all, -1, x.shape[x.rank - 1]!]);
  const together = (x: Tensor) => reshape(x, [heads, groups, -1, x.shape[x.rank - 1]!]);
  const [kOwn, vOwn] = [apart(k), apart(v)];

  const weights = tf.tidy((): Tensor => {
    const toShared: Tensor = tf.reshape(product(q, keys, false, true), [all * asking, shared]);
    const own = product(apart(q), kOwn, false, true);
    if (hasProgram("MaskedSoftmax")) {
      const scores: Tensor = tf.concat([toShared, tf.reshape(own, [all * asking, length])], 1);
      return program("MaskedSoftmax", { x: scores, mask });
    }
    const masked = tf.add(tf.reshape(own, [heads, groups * prompts, asking, length]), mask);
    const toOwn: Tensor = tf.reshape(masked, [all * asking, length]);
    return rowSoftmax(tf.concat([toShared, toOwn], 1));
  });
  const pullScores = (d: Tensor) => {
    const toShared = reshape(slice(d, 1, 0, shared), [heads, groups, rows, shared]);
    const own = reshape(slice(d, 1, shared, length), [all, asking, length]);
    return [
      add(matMul(toShared, keys), together(matMul(own, kOwn))),
      together(matMul(own, apart(q), true)),
      matMul(toShared, q, true),
    ];
  };
  recordJointly([weights], [q, k, keys], ([d]) => pullScores(pullSoftmax(weights, d)));

  const toShared = reshape(slice(weights, 1, 0, shared), [heads, groups, rows, shared]);
  const own = reshape(slice(weights, 1, shared, length), [all, asking, length]);
  const y = tf.tidy((): Tensor =>
    tf.add(product(toShared, values), tf.reshape(product(own, vOwn), q.shape))
  );
  return recordJointly([y], [q, k, v, keys, values], ([d]) => {
    const dApart = apart(d);
    const fromShared = matMul(d, values, false, true);
    const fromOwn = matMul(dApart, vOwn, false, true);
    const dWeights = concat([
      reshape(fromShared, [all * asking, shared]),
      reshape(fromOwn, [all * asking, length]),
    ], 1);
    const flat = (x: Tensor) => reshape(x, [all * asking, size]);
    const [dq, dk, dKeys] = pullScores(pullWeighted(weights, dWeights, flat(d), flat(y)));
    return [dq, dk, together(matMul(own, dApart, true)), dKeys, matMul(toShared, d, true)];
  })[0];
}

/** softmax(scores + mask) along the last axis. */
function maskedSoftmax(scores: Tensor, mask: Tensor): Tensor {
  return hasProgram("MaskedSoftmax") && comesAgain(mask.shape, scores.shape)
    ? program("MaskedSoftmax", { x: scores, mask })
    : rowSoftmax(tf.add(scores, mask));
}
