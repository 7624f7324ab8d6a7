/**
 * Programs of our own for WebGPU: what TensorFlow.js makes of many small ones, each of which a GPU takes longer to start
 * than to compute. On other backends the same ops are made of TensorFlow.js' kernels.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "./tape.ts";

/** What a program computes, of inputs that are matrices of equal rows. `result` is like the first, or a column. */
interface Source {
  inputs: string[];
  /** Numbers that it is told at every call. */
  numbers?: string[];
  /** An entry of the result, by its place `i` and its `row`. */
  entry?: string;
  /** What is summed over each row, in order; the next may read the sums before. `at` is the entry's place. */
  totals?: Record<string, string>;
  /** An entry of the result, by its place `at`; of a column, the row's number. */
  result?: string;
  column?: boolean;
}

/** Threads that share a row, or a stretch of entries. */
const GROUP = 64;

const MOMENTS = {
  mean: "x[at] / cols",
  variance: "(x[at] - mean) * (x[at] - mean) / cols",
};
const DEVIATION = "inverseSqrt(variance + uniforms.epsilon)";

const sources = {
  Affine: {
    inputs: ["x"],
    numbers: ["by", "plus"],
    entry: "x[i] * uniforms.by + uniforms.plus",
  },
  Silu: { inputs: ["x"], entry: "x[i] / (1.0 + exp(-x[i]))" },
  SiluSlope: {
    inputs: ["x"],
    entry: "(1.0 + x[i] * (1.0 - 1.0 / (1.0 + exp(-x[i])))) / (1.0 + exp(-x[i]))",
  },
  Momentum: {
    inputs: ["kept", "gradient", "param"],
    numbers: ["momentum", "decay"],
    entry: "uniforms.momentum * kept[i] + (gradient[i] + uniforms.decay * param[i])",
  },
  Moved: {
    inputs: ["param", "buffer"],
    numbers: ["rate"],
    entry: "param[i] - uniforms.rate * buffer[i]",
  },
  WeighedDifference: { inputs: ["w", "d", "s"], entry: "w[i] * (d[i] - s[row])" },
  RowDot: { inputs: ["a", "b"], totals: { sum: "a[at] * b[at]" }, result: "sum", column: true },
  Standardized: {
    inputs: ["x"],
    numbers: ["epsilon"],
    totals: MOMENTS,
    result: `(x[at] - mean) * ${DEVIATION}`,
  },
  Deviation: {
    inputs: ["x"],
    numbers: ["epsilon"],
    totals: MOMENTS,
    result: DEVIATION,
    column: true,
  },
  Centred: { inputs: ["x"], totals: { mean: "x[at] / cols" }, result: "x[at] - mean" },
  UnitLength: {
    inputs: ["x"],
    numbers: ["epsilon"],
    totals: { squared: "x[at] * x[at]" },
    result: "x[at] * inverseSqrt(squared + uniforms.epsilon)",
  },
  InverseLength: {
    inputs: ["x"],
    numbers: ["epsilon"],
    totals: { squared: "x[at] * x[at]" },
    result: "inverseSqrt(squared + uniforms.epsilon)",
    column: true,
  },
  UnitLengthPull: {
    inputs: ["d", "y", "r"],
    totals: { along: "d[at] * y[at]" },
    result: "r[row] * (d[at] - y[at] * along)",
  },
  StandardizedPull: {
    inputs: ["d", "y", "r"],
    totals: { mean: "d[at] / cols", along: "d[at] * y[at] / cols" },
    result: "r[row] * (d[at] - mean - y[at] * along)",
  },
} satisfies Record<string, Source>;

type Kernel = keyof typeof sources;

/** A program as TensorFlow.js' backend takes it. */
interface Program {
  variableNames: string[];
  outputShape: number[];
  dispatchLayout: { x: number[] };
  dispatch: [number, number, number];
  workgroupSize: [number, number, number];
  shaderKey: string;
  size: boolean;
  uniforms?: string;
  getUserCode(): string;
}

interface Backend {
  runWebGPUProgram(
    program: Program,
    inputs: tf.TensorInfo[],
    dtype: "float32",
    numbers?: { type: "float32"; data: number[] }[],
  ): tf.TensorInfo;
}

/** Makes TensorFlow.js know them. Called once, when the backend is set up. */
export function registerWebgpuKernels(): void {
  for (const [kernelName, source] of Object.entries<Source>(sources)) {
    tf.registerKernel({
      kernelName,
      backendName: "webgpu",
      kernelFunc: ({ inputs, attrs, backend }) =>
        run(kernelName, source, inputs, attrs as Record<string, number>, backend as Backend),
    });
  }
}

function run(
  name: string,
  source: Source,
  given: tf.NamedTensorInfoMap,
  attrs: Record<string, number>,
  backend: Backend,
): tf.TensorInfo {
  const { inputs, numbers = [], column = false } = source;
  const { shape } = given[inputs[0]]!;
  const size = shape.reduce((a, b) => a * b, 1);
  const cols = shape.at(-1) ?? 1;
  const rows = cols === 0 ? 0 : size / cols;
  const program: Program = {
    variableNames: inputs,
    outputShape: [rows, column ? 1 : cols],
    dispatchLayout: { x: [0, 1] },
    dispatch: [source.entry ? Math.ceil(size / GROUP) : rows, 1, 1],
    workgroupSize: [GROUP, 1, 1],
    shaderKey: name,
    size: true,
    uniforms: numbers.map((number) => `${number} : f32,`).join(" "),
    getUserCode: () => source.entry ? entryCode(source.entry) : rowCode(source),
  };
  const matrices = inputs.map((input) => {
    const { dataId, dtype, shape } = given[input]!;
    const own = shape.reduce((a, b) => a * b, 1);
    return { dataId, dtype, shape: [rows, rows === 0 ? 0 : own / rows] };
  });
  const told = numbers.map((number) => ({ type: "float32" as const, data: [attrs[number]] }));
  const { dataId, dtype } = backend.runWebGPUProgram(program, matrices, "float32", told);
  return { dataId, dtype, shape: column ? [...shape.slice(0, -1), 1] : shape };
}

function entryCode(entry: string): string {
  return `
fn main(i : i32) {
  if (i < uniforms.size) {
    let row = i / uniforms.outShape[1];
    result[i] = ${entry};
  }
}`;
}

/** Every group of threads takes a row. Rows beyond the last, which large dispatches have, repeat that. */
function rowCode({ inputs: [first], totals = {}, result, column }: Source): string {
  const each = (body: string) =>
    `for (var at = start + tid; at < start + width; at += ${GROUP}) { ${body} }`;
  const summed = Object.entries(totals).map(([name, term]) => `
  var part_${name} = 0.0;
  ${each(`part_${name} += ${term};`)}
  let ${name} = total(tid, part_${name});`);
  return `
var<workgroup> parts : array<f32, ${GROUP}>;

fn total(tid : i32, part : f32) -> f32 {
  workgroupBarrier();
  parts[tid] = part;
  workgroupBarrier();
  for (var size = ${GROUP / 2}; size > 0; size = size >> 1) {
    if (tid < size) { parts[tid] += parts[tid + size]; }
    workgroupBarrier();
  }
  return parts[0];
}

fn main(index : i32) {
  let tid = i32(localId.x);
  let row = min(index / ${GROUP}, uniforms.outShape[0] - 1);
  let width = uniforms.${first}Shape[1];
  let cols = f32(width);
  let start = row * width;
  ${summed.join("")}
  ${column ? `if (tid == 0) { result[row] = ${result}; }` : each(`result[at] = ${result};`)}
}`;
}

/** Whether these programs are there: in place of each the op has its own way on other backends. */
export function hasPrograms(): boolean {
  return tf.getBackend() === "webgpu";
}

/** Runs one, on WebGPU and without a gradient. */
export function program(
  kernel: Kernel,
  inputs: Record<string, Tensor>,
  numbers: Record<string, number> = {},
): Tensor {
  return tf.engine().runKernel(kernel, inputs, numbers);
}
