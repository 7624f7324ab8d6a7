/**
 * What this project's own programs for WebGPU compute: each as one formula of WGSL for an entry, or for a row and its sums.
 *
 * @module
 */

import { formulas, type Source } from "./formulas.ts";
import { attentionSources } from "./webgpu_attention.ts";
import { halfSources } from "./webgpu_half_programs.ts";

/** A score with the mask's entry for it: the mask's columns are the last ones, those before are never masked. */
const MASKED =
  "(x[at] + select(0.0, mask[(row % uniforms.maskShape[0]) * uniforms.maskShape[1] + " +
  "max(at - start - (width - uniforms.maskShape[1]), 0)], " +
  "at - start >= width - uniforms.maskShape[1]))";

/** Where an entry of the heads lies in the rows that it comes from, which have its part's width for each part. */
const HEADS = {
  inputs: ["x"],
  counts: ["rows", "cols", "width", "head"],
  given: {
    place: "i / uniforms.head % uniforms.rows * uniforms.cols + " +
      "i / (uniforms.head * uniforms.rows) * uniforms.head + i % uniforms.head",
  },
};
const SECOND_PART = { second: { is: "x[place + uniforms.width]" } };
const THIRD_PART = { third: { is: "x[place + 2 * uniforms.width]" } };

/** Where an entry of the rows lies in the tensor of heads that it comes from: its row, and its column in its part. */
const PLACE = {
  col: "i % uniforms.outShape[1]",
  within: "col % uniforms.width",
  place: "(within / uniforms.head * uniforms.outShape[0] + row) * uniforms.head + " +
    "within % uniforms.head",
};
const ROWS = { counts: ["width", "head"], given: PLACE };
const SECOND = "select(a[place], b[place], col >= uniforms.width)";

/** The programs by their names. */
export const sources = {
  ...attentionSources,
  ...formulas,
  ...halfSources,
  Affine: {
    inputs: ["x"],
    numbers: ["by", "plus"],
    entry: "x[i] * uniforms.by + uniforms.plus",
  },
  /** Rows of x, each times a number. */
  Gathered: {
    inputs: ["x", "rows", "present"],
    entry: "x[rows[row] * uniforms.outShape[1] + i % uniforms.outShape[1]] * present[row]",
  },
  /** Parts of [rows, parts·width] by heads: each [heads, rows, head]. */
  HeadsOf: { ...HEADS, entry: "x[place]" },
  HeadsOfTwo: { ...HEADS, entry: "x[place]", further: SECOND_PART },
  HeadsOfThree: { ...HEADS, entry: "x[place]", further: { ...SECOND_PART, ...THIRD_PART } },
  /** And back. */
  RowsOf: { ...ROWS, inputs: ["a"], entry: "a[place]" },
  RowsOfTwo: { ...ROWS, inputs: ["a", "b"], entry: SECOND },
  RowsOfThree: {
    ...ROWS,
    inputs: ["a", "b", "c"],
    entry: `select(${SECOND}, c[place], col >= 2 * uniforms.width)`,
  },
  MaskedSoftmax: {
    inputs: ["x", "mask"],
    repeated: "mask",
    largest: { most: MASKED },
    totals: { sum: `exp(${MASKED} - most)` },
    result: `exp(${MASKED} - most) / sum`,
  },
} satisfies Record<string, Source>;

type Sources = typeof sources;

/** A program of several results by its name. */
export type SeveralKernel = {
  [K in keyof Sources]: Sources[K] extends { further: unknown } ? K : never;
}[keyof Sources];

/** A program of one result by its name. */
export type Kernel = Exclude<keyof Sources, SeveralKernel>;
