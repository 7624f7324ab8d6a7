/**
 * The programs of our own on WebGPU: what TensorFlow.js makes of many small ones, each of which a GPU takes longer to start
 * than to compute.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Further, Source } from "./formulas.ts";
import { sources } from "./webgpu_programs.ts";

/** Threads that share a row, or a stretch of entries. */
const GROUP = 64;

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
  device: GPUDevice;
  makeTensorInfo(shape: number[], dtype: "float32"): tf.TensorInfo;
  runWebGPUProgram(
    program: Program,
    inputs: tf.TensorInfo[],
    dtype: "float32" | "int32",
    numbers?: { type: "float32" | "int32"; data: number[] }[],
  ): tf.TensorInfo;
}

/** What a program is told at a call: its numbers, and the result's shape where that is not the first input's. */
type Told = { shape?: number[] };

/** Makes TensorFlow.js know them. Called once, when the backend is set up. */
export function registerWebgpuKernels(): void {
  letResultsBeWritten((tf.backend() as unknown as Backend).device);
  for (const [kernelName, source] of Object.entries<Source>(sources)) {
    tf.registerKernel({
      kernelName,
      backendName: "webgpu",
      kernelFunc: ({ inputs, attrs, backend }) =>
        run(kernelName, source, inputs, attrs as unknown as Told, backend as Backend),
    });
  }
}

/** How the names of a program's further results begin, which TensorFlow.js, knowing one result, takes for inputs. */
const FURTHER = "further_";

/** What TensorFlow.js declares as an input and is a further result may be written. */
function letResultsBeWritten(device: GPUDevice): void {
  const { createShaderModule } = device;
  const declared = new RegExp(`var<storage, read>(?= ${FURTHER})`, "g");
  device.createShaderModule = ({ code, ...asked }) =>
    createShaderModule.call(device, {
      ...asked,
      code: code.replace(declared, "var<storage, read_write>"),
    });
}

function run(
  name: string,
  source: Source,
  given: tf.NamedTensorInfoMap,
  told: Told,
  backend: Backend,
): tf.TensorInfo | tf.TensorInfo[] {
  const { inputs, numbers = [], counts = [], column = false, further = {} } = source;
  const first = given[inputs[0]!]!.shape;
  const rows = rowsOf(first);
  const shape = told.shape ?? (column ? withColumns(first, 1) : first);
  const by = told as unknown as Record<string, number>;
  const program: Program = {
    variableNames: [...inputs, ...Object.keys(further).map((name) => FURTHER + name)],
    outputShape: [rowsOf(shape), shape.at(-1) ?? 1],
    dispatchLayout: { x: [0, 1] },
    dispatch: [by.workgroups ?? (source.entry ? Math.ceil(sizeOf(shape) / GROUP) : rows), 1, 1],
    workgroupSize: [GROUP, 1, 1],
    shaderKey: name,
    size: true,
    uniforms: [
      ...numbers.map((number) => `${number} : f32,`),
      ...counts.map((count) => `${count} : i32,`),
    ].join(" "),
    getUserCode: () => source.whole ?? (source.entry ? entryCode(source) : rowCode(source)),
  };
  const matrices = inputs.map((input) => {
    const { dataId, dtype, shape } = given[input]!;
    const height = told.shape || input === source.repeated ? rowsOf(shape) : rows;
    return { dataId, dtype, shape: [height, height === 0 ? 0 : sizeOf(shape) / height] };
  });
  const others = Object.values(further).map(({ columns }) =>
    backend.makeTensorInfo(columns ? withColumns(shape, columns) : shape, "float32")
  );
  const flat = others.map((other) => ({
    ...other,
    shape: [rowsOf(other.shape), other.shape.at(-1) ?? 1],
  }));
  const type = source.words ? "int32" : "float32";
  const { dataId, dtype } = backend.runWebGPUProgram(program, [...matrices, ...flat], type, [
    ...numbers.map((number) => ({ type: "float32" as const, data: [by[number]!] })),
    ...counts.map((count) => ({ type: "int32" as const, data: [by[count]!] })),
  ]);
  const result = { dataId, dtype, shape };
  return others.length > 0 ? [result, ...others] : result;
}

/** The shape of so many numbers for each row. */
function withColumns(shape: number[], columns: number): number[] {
  return [...shape.slice(0, -1), columns];
}

function sizeOf(shape: number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** As a matrix of its last axis. */
function rowsOf(shape: number[]): number {
  const cols = shape.at(-1) ?? 1;
  return cols === 0 ? 0 : sizeOf(shape) / cols;
}

function entryCode({ entry, given = {}, further = {} }: Source): string {
  const others = Object.entries(further).map(([name, { is }]) => `${FURTHER}${name}[i] = ${is};`);
  const lets = Object.entries(given).map(([name, value]) => `let ${name} = ${value};`);
  return `
fn main(i : i32) {
  if (i < uniforms.size) {
    let row = i / uniforms.outShape[1];
    ${lets.join(" ")}
    result[i] = ${entry};
    ${others.join(" ")}
  }
}`;
}

/** How the threads of a group bring their parts together. */
const JOINS = {
  largest: (a: string, b: string) => `max(${a}, ${b})`,
  total: (a: string, b: string) => `${a} + ${b}`,
};

/** Every group of threads takes a row. Rows beyond the last, which large dispatches have, repeat that. */
function rowCode(source: Source): string {
  const { inputs: [first], largest = {}, totals = {}, result, column, further = {} } = source;
  const each = (body: string) =>
    `for (var at = start + tid; at < start + width; at += ${GROUP}) { ${body} }`;
  const written = (name: string, { is, columns }: Further) =>
    columns ? `if (tid == 0) { ${name}[row] = ${is}; }` : each(`${name}[at] = ${is};`);
  const joined = (how: keyof typeof JOINS, from: string, terms: Record<string, string>) =>
    Object.entries(terms).map(([name, term]) => `
  var part_${name} = ${from};
  ${each(`part_${name} = ${JOINS[how](`part_${name}`, term)};`)}
  let ${name} = ${how}(tid, part_${name});`).join("");
  return `
var<workgroup> parts : array<f32, ${GROUP}>;
${Object.entries(JOINS).map(([how, join]) => joinCode(how, join)).join("")}
fn main(index : i32) {
  let tid = i32(localId.x);
  let row = min(index / ${GROUP}, uniforms.outShape[0] - 1);
  let width = uniforms.${first}Shape[1];
  let cols = f32(width);
  let start = row * width;
  ${joined("largest", "-3.402823e+38f", largest)}
  ${joined("total", "0.0", totals)}
  ${written("result", { is: result!, ...column && { columns: 1 } })}
  ${Object.entries(further).map(([name, other]) => written(FURTHER + name, other)).join("")}
}`;
}

function joinCode(name: string, join: (a: string, b: string) => string): string {
  return `
fn ${name}(tid : i32, part : f32) -> f32 {
  workgroupBarrier();
  parts[tid] = part;
  workgroupBarrier();
  for (var size = ${GROUP / 2}; size > 0; size = size >> 1) {
    if (tid < size) { parts[tid] = ${join("parts[tid]", "parts[tid + size]")}; }
    workgroupBarrier();
  }
  return parts[0];
}
`;
}
