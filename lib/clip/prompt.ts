/**
 * Prompts as rows of slots, and how a set of them is laid out for the text tower.
 *
 * CLIP's text tower is causal and read at EOT, which makes two savings exact: nothing after EOT is computed, and the
 * beginning that all prompts share ([SOS] and, with the class name at the end, the context) has the same keys and values
 * for every class, so it is computed once. The tokens that remain are packed into rows without padding, all products run
 * over all of them at once, and only attention sees prompts padded to one length.
 *
 * @module
 */
import {
  dispose,
  keep,
  type Packing,
  packing,
  roughSpeed,
  type RowIndex,
  rowIndex,
  type Tensor,
  tensor,
  zeros,
} from "../tensor/mod.ts";

/** A place in a prompt: a token id from 0 up, or `context(i)`. */
export type Slot = number;

/** The slot that context vector i fills. */
export function context(i: number): Slot {
  return -1 - i;
}

/**
 * A set of prompts, prepared for a number of groups (1, or one for each image where the context depends on it). A group's
 * rows are the shared beginning, then each prompt's own tokens.
 */
export interface Layout {
  /** The number of groups: 1, or that of the images. */
  groups: number;
  /** How many prompts a group has: one for each class. */
  prompts: number;
  /** Embedding and position of every token, [groups · rows, width]; rows of contexts hold positions. */
  frozen: Tensor;
  /** Where contexts go, and a column with 0 there and 1 elsewhere. Absent where none does. */
  contexts?: RowIndex;
  /** The column of `contexts`: 0 where one goes, 1 elsewhere. */
  others?: Tensor;
  /** How many tokens the shared beginning has. */
  shared: number;
  /**
   * The rows apart: the beginnings of all groups, then each prompt's own tokens padded to one length, [groups · shared +
   * groups · prompts · length]. Absent where they lie like this.
   */
  apart?: Packing | undefined;
  /** The rows at EOT. */
  ends: RowIndex;
  /** The attention mask of the beginning's tokens among themselves, [1, shared, shared]. Masks are added to the scores. */
  beginningMask: Tensor;
  /** The causal attention mask of each prompt's own tokens, [1, length, length]. */
  mask: Tensor;
  /** The attention mask of the tokens at EOT alone, [groups · prompts, 1, length]. */
  endMask: Tensor;
}

/** What a layout needs to know of the text tower: its frozen embeddings, on the host. */
export interface Embeddings {
  /** The width of a token. */
  width: number;
  /** Token embeddings. */
  tokens: TokenTable;
  /** Position embeddings, row by row, [context length · width]. */
  positions: Float32Array;
  /** The number of transformer blocks. */
  layers: number;
  /** How prompts are read whole, where a token sees those after it too: absent where it sees those before it alone. */
  whole?: Whole | undefined;
}

/** The embeddings of a vocabulary. */
export interface TokenTable {
  /** A token's, [width]: to be read, not written. */
  row(id: number): Float32Array;
}

/** The table of an array, [vocabulary · width]. */
export function tokenTable(data: Float32Array, width: number): TokenTable {
  return { row: (id) => data.subarray(id * width, (id + 1) * width) };
}

/** Of a text tower whose tokens see each other in both directions, so that padding counts. */
export interface Whole {
  /** Tokens that every prompt is padded to. */
  length: number;
  /** The token that fills it up. */
  pad: number;
  /** The token that is read; the last one where absent. */
  end?: number | undefined;
}

const NEVER = -1e9;

/**
 * Lays out prompts that use `contexts` context vectors in each group. It outlives `tidy`, until `disposeLayout`.
 * `share` says whether the beginning is computed apart; by default, where that is cheaper.
 */
export function layOut(
  given: Slot[][],
  contexts: number,
  groups: number,
  to: Embeddings,
  share: boolean = worthSharing(given, groups, to),
): Layout {
  const { whole } = to;
  const prompts = whole ? given.map((prompt) => padded(prompt, whole)) : given;
  const shared = share && !whole ? sharedLength(prompts) : 0;
  const tails = prompts.map((prompt) => prompt.slice(shared));
  const starts = tails.map((_, p) =>
    tails.slice(0, p).reduce((n, tail) => n + tail.length, shared)
  );
  const rows = starts[tails.length - 1]! + tails[tails.length - 1]!.length;
  const length = Math.max(...tails.map((tail) => tail.length));
  const beginning = Array.from({ length: shared }, (_, i) => i);
  const own = tails.flatMap((tail, p) =>
    Array.from({ length }, (_, i) => i < tail.length ? starts[p]! + i : -1)
  );
  const each = (chosen: number[]) => perGroup(chosen, groups, rows);
  return {
    groups,
    prompts: prompts.length,
    ...embed([prompts[0]!.slice(0, shared), ...tails], shared, contexts, groups, to),
    shared,
    apart: shared > 0 || own.includes(-1) ? packing([...each(beginning), ...each(own)]) : undefined,
    ends: rowIndex(each(tails.map((tail, p) => starts[p]! + endOf(tail, whole))), groups * rows),
    beginningMask: causalMask(shared),
    mask: whole ? keep(zeros([1, length, length])) : causalMask(length),
    endMask: keep(tensor(
      Array.from({ length: groups }, () => own.map((row) => row < 0 ? NEVER : 0)).flat(),
      [groups * prompts.length, 1, length],
    )),
  };
}

/** Frees a layout's tensors. */
export function disposeLayout(layout: Layout): void {
  dispose(layout);
}

function padded(prompt: Slot[], { length, pad }: Whole): Slot[] {
  return [...prompt, ...Array(length - prompt.length).fill(pad)];
}

/** Where a prompt is read. */
function endOf(prompt: Slot[], whole?: Whole): number {
  return whole?.end === undefined ? prompt.length - 1 : prompt.indexOf(whole.end);
}

/** How many slots all prompts begin with; at least one is left to each. */
function sharedLength(prompts: Slot[][]): number {
  const most = Math.min(...prompts.map((prompt) => prompt.length)) - 1;
  for (let i = 0; i < most; i++) {
    if (prompts.some((prompt) => prompt[i] !== prompts[0]![i])) return i;
  }
  return most;
}

/**
 * Whether the rows saved by sharing, of 48·width² FLOPs each in a layer, forward and backward, outweigh its some 45 more
 * operations.
 */
function worthSharing(prompts: Slot[][], groups: number, { width }: Embeddings): boolean {
  const { rate, overhead } = roughSpeed();
  const saved = groups * (prompts.length - 1) * sharedLength(prompts);
  return saved * 48 * width * width / rate > 45 * overhead;
}

/** The packed rows of a beginning and of tails that go on from it: what is frozen, and where contexts go. */
function embed(
  [beginning, ...tails]: Slot[][],
  shared: number,
  contexts: number,
  groups: number,
  { width, tokens, positions }: Embeddings,
): Pick<Layout, "frozen" | "contexts" | "others"> {
  const places = [
    beginning!.map((_, i) => i),
    ...tails.map((tail) => tail.map((_, i) => shared + i)),
  ]
    .flat();
  const slots = [beginning, ...tails].flat();
  const size = slots.length * width;
  const frozen = new Float32Array(groups * size);
  slots.forEach((slot, row) => {
    const token = slot! < 0 ? undefined : tokens.row(slot!);
    for (let i = 0; i < width; i++) {
      frozen[row * width + i] = positions[places[row]! * width + i]! + (token ? token[i]! : 0);
    }
  });
  for (let g = 1; g < groups; g++) frozen.copyWithin(g * size, 0, size);
  const kept = keep(tensor(frozen, [groups * slots.length, width]));
  if (slots.every((slot) => slot! >= 0)) return { frozen: kept };
  const source = perGroup(slots.map((slot) => slot! < 0 ? -1 - slot! : -1), groups, contexts);
  return {
    frozen: kept,
    contexts: rowIndex(source, groups * contexts),
    others: keep(tensor(source.map((from) => from < 0 ? 1 : 0), [source.length, 1])),
  };
}

/** Row numbers within one group, repeated for every group of `size` rows; −1 stays. */
function perGroup(rows: number[], groups: number, size: number): number[] {
  return Array.from({ length: groups }, (_, g) => rows.map((r) => r < 0 ? -1 : g * size + r))
    .flat();
}

function causalMask(n: number): Tensor {
  const entries = Array.from({ length: n * n }, (_, i) => i % n > Math.floor(i / n) ? NEVER : 0);
  return keep(tensor(entries, [1, n, n]));
}
