/**
 * Prompts as rows of slots, and how a set of them is laid out for the text tower.
 *
 * The text tower is causal and read at EOT, which makes two savings exact: nothing after EOT is computed, and the
 * beginning that all prompts share ([SOS] and, with the class name at the end, the context) has the same keys and values
 * for every class, so it is computed once. Each class then runs its own few tokens only, in buckets of like length.
 *
 * @module
 */
import { dispose, keep, type RowIndex, rowIndex, type Tensor, tensor } from "../tensor/mod.ts";

/** A place in a prompt: a token id from 0 up, or `context(i)`. */
export type Slot = number;

/** The slot that context vector i fills. */
export function context(i: number): Slot {
  return -1 - i;
}

/** Prompts of one length range, each without the shared beginning. */
export interface Bucket {
  /** Which prompts, by their place in the set. */
  prompts: number[];
  /** Tokens of the longest. */
  length: number;
  /** Embedding and position of every row that is a token, [prompts · length, width]; rows of contexts hold positions. */
  frozen: Tensor;
  /** Where contexts go. Absent where none does. */
  contexts?: RowIndex;
  /** The rows at EOT. */
  ends: RowIndex;
  /** Added to the scores of a bucket's own tokens: [1, length · length], causal. */
  mask: Tensor;
  /** The same for the queries at EOT alone: [prompts, length]. */
  endMask: Tensor;
}

/** A set of prompts, prepared for a number of groups (1, or one for each image where the context depends on it). */
export interface Layout {
  groups: number;
  /** Tokens that all prompts begin with. */
  shared: number;
  /** Embeddings and positions of the shared beginning, [groups · shared, width]. */
  frozen: Tensor;
  contexts?: RowIndex;
  mask: Tensor;
  buckets: Bucket[];
  /** Brings the buckets' outputs back into the prompts' order. Absent where they are. */
  order?: RowIndex;
}

/** What a layout needs to know of the text tower: its frozen embeddings, on the host. */
export interface Embeddings {
  width: number;
  tokens: Float32Array;
  positions: Float32Array;
  layers: number;
}

const NEVER = -1e9;

/** Lays out prompts that use `contexts` context vectors in each group. It outlives `tidy`, until `disposeLayout`. */
export function layOut(prompts: Slot[][], contexts: number, groups: number, to: Embeddings): Layout {
  const shared = sharedLength(prompts);
  const tails = prompts.map((prompt) => prompt.slice(shared));
  const buckets = bucketsByLength(tails.map((tail) => tail.length), to)
    .map((chosen) => layOutBucket(chosen, tails, shared, contexts, groups, to));
  const n = prompts.length;
  const run = buckets.flatMap((b) => b.prompts);
  // Outputs come bucket by bucket, each [groups, prompts of the bucket].
  const place = new Map<number, number>();
  let start = 0;
  for (const { prompts: chosen } of buckets) {
    for (let g = 0; g < groups; g++) {
      chosen.forEach((p, i) => place.set(g * n + p, start + g * chosen.length + i));
    }
    start += groups * chosen.length;
  }
  const inOrder = buckets.length === 1 && run.every((p, i) => p === i);
  return {
    groups,
    shared,
    ...embed([prompts[0].slice(0, shared)], shared, 0, contexts, groups, to),
    mask: causalMask(shared, [shared, shared]),
    buckets,
    order: inOrder
      ? undefined
      : rowIndex(Array.from({ length: groups * n }, (_, i) => place.get(i)!), groups * n),
  };
}

/** Frees a layout's tensors. */
export function disposeLayout(layout: Layout): void {
  dispose(layout);
}

/** How many slots all prompts begin with; at least one is left to each. */
function sharedLength(prompts: Slot[][]): number {
  const most = Math.min(...prompts.map((prompt) => prompt.length)) - 1;
  for (let i = 0; i < most; i++) {
    if (prompts.some((prompt) => prompt[i] !== prompts[0][i])) return i;
  }
  return most;
}

/**
 * Prompts by length, in buckets: the cheapest grouping when a row costs its products and a bucket its operations'
 * overhead, some 100 of 15 µs a layer forward and backward, against 48·width² FLOPs a row and layer at 300 GFLOP/s.
 */
function bucketsByLength(lengths: number[], { width }: Embeddings): number[][] {
  const overhead = 1.5e-3 * 3e11 / (48 * width * width); // in rows
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[a] - lengths[b] || a - b);
  // best[i]: the cost of the first i prompts of the order, and where their last bucket starts
  const best: { cost: number; from: number }[] = [{ cost: 0, from: 0 }];
  for (let to = 1; to <= order.length; to++) {
    best[to] = { cost: Infinity, from: 0 };
    const boundary = to === order.length || lengths[order[to]] !== lengths[order[to - 1]];
    if (!boundary) continue;
    for (let from = 0; from < to; from++) {
      const cost = best[from].cost + overhead + (to - from) * lengths[order[to - 1]];
      if (cost < best[to].cost) best[to] = { cost, from };
    }
  }
  const buckets: number[][] = [];
  for (let to = order.length; to > 0; to = best[to].from) {
    buckets.unshift(order.slice(best[to].from, to).sort((a, b) => a - b));
  }
  return buckets;
}

function layOutBucket(
  chosen: number[],
  tails: Slot[][],
  shared: number,
  contexts: number,
  groups: number,
  to: Embeddings,
): Bucket {
  const own = chosen.map((p) => tails[p]);
  const length = Math.max(...own.map((tail) => tail.length));
  const ends = own.map((tail, i) => i * length + tail.length - 1);
  const rows = chosen.length * length;
  const endMask = new Float32Array(rows).fill(NEVER);
  own.forEach((tail, i) => endMask.fill(0, i * length, i * length + tail.length));
  return {
    prompts: chosen,
    length,
    ...embed(own, length, shared, contexts, groups, to),
    ends: rowIndex(perGroup(ends, groups, rows), groups * rows),
    mask: causalMask(length, [1, length * length]),
    endMask: keep(tensor(endMask, [chosen.length, length])),
  };
}

/** The rows of `prompts`, padded to `length`, from position `from` on: what is frozen, and where contexts go. */
function embed(
  prompts: Slot[][],
  length: number,
  from: number,
  contexts: number,
  groups: number,
  { width, tokens, positions }: Embeddings,
): { frozen: Tensor; contexts?: RowIndex } {
  const rows = prompts.flatMap((p) => Array.from({ length }, (_, i): Slot | null => p[i] ?? null));
  const frozen = new Float32Array(groups * rows.length * width);
  rows.forEach((slot, row) => {
    if (slot === null) return; // padding: masked, and read by nobody
    const position = (from + row % length) * width;
    for (let i = 0; i < width; i++) {
      frozen[row * width + i] = positions[position + i] + (slot < 0 ? 0 : tokens[slot * width + i]);
    }
  });
  for (let g = 1; g < groups; g++) frozen.copyWithin(g * rows.length * width, 0, rows.length * width);
  const used = rows.some((slot) => slot !== null && slot < 0);
  const source = rows.map((slot) => slot !== null && slot < 0 ? -1 - slot : -1);
  return {
    frozen: keep(tensor(frozen, [groups * rows.length, width])),
    contexts: used
      ? rowIndex(perGroup(source, groups, contexts), groups * contexts)
      : undefined,
  };
}

/** Row numbers within one group, repeated for every group of `size` rows; −1 stays. */
function perGroup(rows: number[], groups: number, size: number): number[] {
  return Array.from({ length: groups }, (_, g) => rows.map((r) => r < 0 ? -1 : g * size + r)).flat();
}

function causalMask(n: number, shape: number[]): Tensor {
  const entries = Array.from({ length: n * n }, (_, i) => i % n > Math.floor(i / n) ? NEVER : 0);
  return keep(tensor(entries, shape));
}
