/**
 * What words learned context vectors are nearest to in the vocabulary (CoOp, Zhou et al. 2022, table 4, by Euclidean
 * distance). To be read with care: vectors may lie far from every word, which the distances beside the words' own tell.
 *
 * @module
 */
import { type Clip, clipTokenizer, decode, SOS } from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import { checkOptions, fields, type Kinds, oneOf, whole } from "../options_given.ts";
import { readSync, type Tensor } from "../tensor/mod.ts";

/** A word and how far it is. */
export interface Neighbour {
  /** The word. */
  word: string;
  /** The word's token id. */
  id: number;
  /** Euclidean distance, or 1 − cosine. */
  distance: number;
}

/** The neighbours of one context vector. */
export interface NearestWords {
  /** Which vector, from 0. */
  vector: number;
  /** The vector's length. */
  norm: number;
  /** The nearest first. */
  words: Neighbour[];
}

/** How neighbours are found. */
export interface NeighbourOptions {
  /** The measure of nearness. Default Euclidean. */
  metric?: "euclidean" | "cosine";
  /** Words for each vector; 5 by default. */
  count?: number;
  /** Tokens to look among, where not all were trained; all by default. */
  among?: ReadonlySet<number>;
}

const kinds: Kinds<NeighbourOptions> = {
  metric: oneOf(["euclidean", "cosine"]),
  count: whole(1),
  among: fields,
};

/**
 * The words nearest to each vector, among the vocabulary's tokens that end a word and whose embedding is not zero.
 *
 * @throws {UserError} when the CLIP's tokenizer is not OpenAI's
 *
 * @param vectors [M, width], or [classes, M, width] row by row: what `text.0` is. Read at once: on webgpu they have to be
 *   read before, as what `trainStudy` gives is
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { nearestWords } from "@plumbline/plumbline/analysis";
 * import { encode, randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { tensor } from "@plumbline/plumbline/tensor";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const clip = randomClip(smallConfig, 1);
 * const { width, tokens } = clip.text;
 * const [cat] = encode("cat") as readonly [number];
 * const learned = tensor(tokens.row(cat), [1, width]);
 * assert.equal(nearestWords(clip, learned)[0]!.words[0]!.word, "cat");
 * ```
 */
export function nearestWords(
  clip: Clip,
  vectors: Tensor,
  options: NeighbourOptions = {},
): NearestWords[] {
  checkOptions("nearestWords", options, kinds);
  const { metric = "euclidean", count = 5, among } = options;
  if (clip.tokenizer !== clipTokenizer) {
    throw new UserError(
      `${clip.name} has another tokenizer than CLIP's, whose words are not known: take a CLIP with that`,
    );
  }
  const { width, tokens } = clip.text;
  const values = readSync(vectors);
  const rows = Array.from({ length: SOS }, (_, id) => tokens.row(id));
  const norms = Float64Array.from(rows, (row) => lengthOf(row, 0, width));
  return Array.from({ length: values.length / width }, (_, vector) => {
    const at = vector * width;
    const norm = lengthOf(values, at, width);
    const distances = Float64Array.from(norms, (own, id) => {
      if (own === 0 || !endsWord(id) || among?.has(id) === false) return Infinity;
      const product = productOf(values, at, rows[id]!, width);
      if (metric === "cosine") return norm === 0 ? 1 : 1 - product / (norm * own);
      return Math.sqrt(Math.max(0, norm ** 2 + own ** 2 - 2 * product));
    });
    return { vector, norm, words: smallest(distances, count) };
  });
}

/** In the byte-pair vocabulary, 256 bytes, 256 bytes that end a word, then the merged pairs. */
function endsWord(id: number): boolean {
  return endings[id] ??= decode([id]).endsWith(" ");
}

const endings: boolean[] = [];

function smallest(distances: Float64Array, count: number): Neighbour[] {
  const found: Neighbour[] = [];
  distances.forEach((distance, id) => {
    if (distance === Infinity || found.length === count && distance >= found[count - 1]!.distance) {
      return;
    }
    const place = found.findIndex((other) => distance < other.distance);
    found.splice(place < 0 ? found.length : place, 0, { word: decode([id]).trim(), id, distance });
    found.length = Math.min(found.length, count);
  });
  return found;
}

function lengthOf(x: Float32Array, at: number, width: number): number {
  return Math.sqrt(productOf(x, at, x.subarray(at, at + width), width));
}

function productOf(x: Float32Array, at: number, y: Float32Array, width: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += x[at + i]! * y[i]!;
  return sum;
}
