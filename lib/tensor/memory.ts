/**
 * Making tensors and letting go of them.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "./tape.ts";
import { orFault } from "./webgpu.ts";

/** Runs `f` and frees every tensor made in it but those it returns (in any nesting of arrays and objects). */
export function tidy<T>(f: () => T): T {
  return tf.tidy(f as () => tf.TensorContainer) as T;
}

/** Frees tensors, in any nesting of arrays and objects. */
export function dispose(tensors: unknown): void {
  tf.dispose(tensors as tf.TensorContainer);
}

/** Exempts a tensor from the surrounding `tidy`. */
export function keep<T extends Tensor>(x: T): T {
  return tf.keep(x);
}

/** Another handle on the same numbers, to be freed on its own. */
export function clone(x: Tensor): Tensor {
  return tf.clone(x);
}

/** A float32 tensor from numbers in row-major order. */
export function tensor(values: ArrayLike<number>, shape: number[]): Tensor {
  return tf.tensor(Float32Array.from(values), shape, "float32");
}

/** A float32 tensor that takes over `values` without copying. */
export function wrap(values: Float32Array, shape: number[]): Tensor {
  return tf.tensor(values, shape, "float32");
}

/** A tensor of zeros. */
export function zeros(shape: number[]): Tensor {
  return tf.zeros(shape);
}

/** A tensor of ones in the shape of x. */
export function onesLike(x: Tensor): Tensor {
  return tf.onesLike(x);
}

/** [rows, classes] with a one where each row's label is. */
export function oneHot(labels: ArrayLike<number>, classes: number): Tensor {
  const values = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) values[i * classes + labels[i]!] = 1;
  return tf.tensor(values, [labels.length, classes], "float32");
}

/**
 * The numbers of a tensor, in row-major order, without blocking where the backend allows it.
 *
 * @throws {UserError} where the GPU was lost, or has no memory left
 */
export async function read(x: Tensor): Promise<Float32Array> {
  return await orFault(x.data()) as Float32Array;
}

/** The numbers of what `make` computes. All tensors made on the way are freed. */
export async function numbersOf(make: () => Tensor): Promise<Float32Array> {
  const x = tidy(make);
  const numbers = await read(x);
  dispose(x);
  return numbers;
}

/** The numbers of a tensor at once. Not on webgpu. */
export function readSync(x: Tensor): Float32Array {
  return x.dataSync() as Float32Array;
}

/** Tensors and bytes that are alive. */
export function memory(): { tensors: number; bytes: number } {
  const { numTensors, numBytes } = tf.memory();
  return { tensors: numTensors, bytes: numBytes };
}
