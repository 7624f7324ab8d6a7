/**
 * What a computation asks of the machine, operations and the FLOPs of its products, and roughly what a backend does of
 * both. For choosing between two ways of computing the same, and for benchmarks.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";

/** Work done. */
export interface Work {
  /** Kernels that computed something; reshapes and the like are free. */
  ops: number;
  /** Floating-point operations of matrix products and convolutions, a multiply-add counted as two. */
  flops: number;
  /** Kernels by name, the most frequent first. */
  kernels: Record<string, number>;
  /** Bytes of the largest tensor computed: a GPU binds no more than so many at once, 128 MiB at the least. */
  largest: number;
}

/** Rough figures of the active backend: FLOPs a second of a product, seconds an operation takes at least. */
export function roughSpeed(): { rate: number; overhead: number } {
  const slow = ["wasm", "cpu"].includes(tf.getBackend());
  return slow ? { rate: 1.5e10, overhead: 5e-6 } : { rate: 3e11, overhead: 15e-6 };
}

/** Runs `f` once and counts its work. */
export async function countWork(f: () => void | Promise<void>): Promise<Work> {
  const { kernels } = await tf.profile(async () => {
    await f();
    return [];
  });
  const counts = new Map<string, number>();
  let [flops, largest] = [0, 0];
  for (const { name, inputShapes, outputShapes } of kernels) {
    if (FREE.has(name) || name.endsWith("__op")) continue; // __op: the kernel inside it is listed too
    counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const shape of outputShapes) largest = Math.max(largest, 4 * size(shape ?? []));
    flops += flopsOf(name, inputShapes.map((shape) => shape ?? []), outputShapes[0] ?? []);
  }
  return {
    ops: [...counts.values()].reduce((a, b) => a + b, 0),
    flops,
    kernels: Object.fromEntries([...counts].sort((a, b) => b[1] - a[1])),
    largest,
  };
}

const FREE = new Set(["Reshape", "Identity"]);

function flopsOf(name: string, [a, b]: number[][], out: number[]): number {
  if (["MatMul", "BatchMatMul", "_FusedMatMul", "FusedProduct", "HalfMatMul"].includes(name)) {
    const columns = out[out.length - 1]!;
    const inner = size(a!) * columns / size(out); // a is [batch, rows, inner], or transposed
    return 2 * size(out) * inner;
  }
  if (["Conv2D", "FusedConv2D", "FusedConvolution", "HalfConv2D"].includes(name)) {
    const [height, width, inputs] = b! as [number, number, number];
    return 2 * size(out) * height * width * inputs;
  }
  return 0;
}

function size(shape: number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}
