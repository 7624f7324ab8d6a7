/**
 * The programs of our own that are formulas of entries, or of a row and its sums, in WGSL: what TensorFlow.js makes of many
 * passes over memory. WebGPU compiles them as they are, the native backend as C++ (native_programs_code.ts).
 *
 * @module
 */

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

/** The programs by their names. */
export const formulas = {
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
