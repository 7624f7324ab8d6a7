/**
 * What this project's own programs for WebGPU compute: each as one formula of WGSL for an entry, or for a row and its sums.
 *
 * @module
 */

import { attentionSources } from "./webgpu_attention.ts";
import { halfSources } from "./webgpu_half_programs.ts";

/** What a program computes, of inputs that are matrices of equal rows. The result is like the first, a column, or as it is told. */
export interface Source {
  inputs: string[];
  /** The input whose rows are fewer and come again and again, with its own width. */
  repeated?: string;
  /** Numbers that it is told at every call. */
  numbers?: string[];
  /** Whole numbers that it is told. */
  counts?: string[];
  /** What is computed once for an entry, by its place `i`. */
  given?: Record<string, string>;
  /** An entry of the result, by its place `i` and its `row`. */
  entry?: string;
  /** What is largest in each row: of entries by their place `at`. */
  largest?: Record<string, string>;
  /** What is summed over each row, in order; the next may read the sums before. `at` is the entry's place. */
  totals?: Record<string, string>;
  /** An entry of the result, by its place `at`; of a column, the row's number. */
  result?: string;
  column?: boolean;
  /** Whether the result's entries are 32-bit words. */
  words?: boolean;
  /** Results besides the first, by name, in its shape or of so many columns; their formulas read what the first's may. */
  further?: Record<string, Further>;
  /** In place of formulas all of its code, for as many groups of threads as it is told: `workgroups`. */
  whole?: string;
}

/** A result besides the first. */
export interface Further {
  /** An entry; none where the whole code is given. */
  is?: string;
  columns?: number;
}

const MOMENTS = {
  mean: "x[at] / cols",
  variance: "(x[at] - mean) * (x[at] - mean) / cols",
};
const DEVIATION = "inverseSqrt(variance + uniforms.epsilon)";
const SQUARED = { squared: "x[at] * x[at]" };
const LENGTH = "inverseSqrt(squared + uniforms.epsilon)";
const GATE = { gate: "1.0 / (1.0 + exp(-x[i]))" };

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
  Silu: { inputs: ["x"], entry: "x[i] / (1.0 + exp(-x[i]))" },
  SiluPull: {
    inputs: ["x", "d"],
    given: GATE,
    entry: "d[i] * (gate + x[i] * gate * (1.0 - gate))",
  },
  SiluBend: {
    inputs: ["x", "d", "c"],
    given: GATE,
    entry: "c[i] * d[i] * gate * (1.0 - gate) * (2.0 + x[i] * (1.0 - 2.0 * gate))",
  },
  Momentum: {
    inputs: ["kept", "gradient", "param"],
    numbers: ["momentum", "decay", "rate"],
    given: { buffer: "uniforms.momentum * kept[i] + (gradient[i] + uniforms.decay * param[i])" },
    entry: "buffer",
    further: { moved: { is: "param[i] - uniforms.rate * buffer" } },
  },
  MaskedSoftmax: {
    inputs: ["x", "mask"],
    repeated: "mask",
    largest: { most: MASKED },
    totals: { sum: `exp(${MASKED} - most)` },
    result: `exp(${MASKED} - most) / sum`,
  },
  SoftmaxPull: {
    inputs: ["w", "d"],
    totals: { along: "w[at] * d[at]" },
    result: "w[at] * (d[at] - along)",
  },
  SoftmaxBend: {
    inputs: ["w", "d", "c"],
    totals: { along: "w[at] * d[at]", turned: "w[at] * c[at]" },
    result: "c[at] * (d[at] - along) - d[at] * turned",
  },
  RowDot: { inputs: ["a", "b"], totals: { sum: "a[at] * b[at]" }, result: "sum", column: true },
  Standardized: {
    inputs: ["x"],
    numbers: ["epsilon"],
    totals: MOMENTS,
    result: `(x[at] - mean) * ${DEVIATION}`,
    further: { deviation: { is: DEVIATION, columns: 1 } },
  },
  Centred: { inputs: ["x"], totals: { mean: "x[at] / cols" }, result: "x[at] - mean" },
  UnitLength: {
    inputs: ["x"],
    numbers: ["epsilon"],
    totals: SQUARED,
    result: `x[at] * ${LENGTH}`,
  },
  InverseLength: {
    inputs: ["x"],
    numbers: ["epsilon"],
    totals: SQUARED,
    result: LENGTH,
    column: true,
  },
  UnitLengthPull: {
    inputs: ["x", "y", "d"],
    numbers: ["epsilon"],
    totals: { ...SQUARED, along: "d[at] * y[at]" },
    result: `${LENGTH} * (d[at] - y[at] * along)`,
  },
  UnitLengthBend: {
    inputs: ["x", "y", "d", "c"],
    numbers: ["epsilon"],
    totals: {
      ...SQUARED,
      along: "d[at] * y[at]",
      turned: "c[at] * y[at]",
      both: "c[at] * d[at]",
    },
    result: "(y[at] * (3.0 * turned * along - both) - d[at] * turned - c[at] * along) / " +
      "(squared + uniforms.epsilon)",
  },
  StandardizedPull: {
    inputs: ["d", "y", "r"],
    totals: { mean: "d[at] / cols", along: "d[at] * y[at] / cols" },
    result: "r[row] * (d[at] - mean - y[at] * along)",
  },
} satisfies Record<string, Source>;

type Sources = typeof sources;

/** A program of several results by its name. */
export type SeveralKernel = {
  [K in keyof Sources]: Sources[K] extends { further: unknown } ? K : never;
}[keyof Sources];

/** A program of one result by its name. */
export type Kernel = Exclude<keyof Sources, SeveralKernel>;
