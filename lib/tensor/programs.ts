/**
 * Programs of our own, one in place of many kernels of TensorFlow.js: on WebGPU, where a kernel takes longer to start than to
 * compute, all of them (webgpu_kernels.ts); on the native backend, where each kernel is a pass over memory, those that are
 * formulas (native_programs.ts). Where there is none, the same op is made of TensorFlow.js' kernels.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "./tape.ts";
import type { Kernel, SeveralKernel } from "./webgpu_programs.ts";

/** Whether the backend in use has this program. */
export function hasProgram(name: Kernel | SeveralKernel): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs one, without a gradient. The result has the first input's shape unless another is told. */
export function program(
  kernel: Kernel,
  inputs: Record<string, Tensor>,
  numbers: Record<string, number> = {},
  shape?: number[],
): Tensor {
  return tf.engine().runKernel(kernel, inputs, { ...numbers, ...shape && { shape } });
}

/** Runs one that has several results: the first, and the further ones in their order. */
export function programOfSeveral<T extends Tensor[] = [Tensor, Tensor]>(
  kernel: SeveralKernel,
  inputs: Record<string, Tensor>,
  numbers: Record<string, number> = {},
  shape?: number[],
): T {
  return tf.engine().runKernel(kernel, inputs, { ...numbers, ...shape && { shape } }) as T;
}

/** Whether broadcasting repeats an array of the first shape as a whole: but for leading 1s it is the end of the second. */
export function comesAgain(shape: number[], all: number[]): boolean {
  const own = shape.slice(shape.findIndex((n) => n !== 1));
  return own.every((n, i) => n === all.at(i - own.length));
}
