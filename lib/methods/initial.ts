/**
 * Initialisation of trainable parameters.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import type { Random, Streams } from "../random/mod.ts";
import { type Tensor, unitLength, wrap } from "../tensor/mod.ts";

/** N(0, 0.02): the random initialisation of prompts in CoOp and all that follow it. */
export function gaussian(random: Streams, shape: number[], deviation = 0.02): Tensor {
  return filled(random, shape, (stream) => stream.gauss(0, deviation));
}

/** U(−1/√inputs, 1/√inputs): the initialisation of PyTorch's linear layers, weights and biases alike. */
export function linearStart(random: Streams, shape: number[], inputs: number): Tensor {
  const bound = 1 / Math.sqrt(inputs);
  return filled(random, shape, (stream) => (2 * stream.random() - 1) * bound);
}

/** N(0, 2/outputs), [outputs, inputs]: Kaiming's, by fan-out, before a ReLU. */
export function kaimingStart(random: Streams, shape: [outputs: number, inputs: number]): Tensor {
  return gaussian(random, shape, Math.sqrt(2 / shape[0]));
}

/** Rows of unit length in all directions alike, [rows, width]. */
export function sphere(random: Streams, shape: [rows: number, width: number]): Tensor {
  return unitLength(gaussian(random, shape, 1), Number.MIN_VALUE);
}

/** The embeddings of tokens, [tokens, width]. */
export function tokenVectors({ text: { tokens, width } }: Clip, ids: readonly number[]): Tensor {
  const vectors = new Float32Array(ids.length * width);
  ids.forEach((id, i) => vectors.set(tokens.row(id), i * width));
  return wrap(vectors, [ids.length, width]);
}

/**
 * For who asks only whether a method can start, and with what sizes: parameters are zeros then, and the modulation's tens of
 * millions are not gone through.
 */
export const nothingDrawn: Streams = Object.assign(
  () => ({ gauss: () => 0, random: () => 0 }) as unknown as Random,
  { state: () => ({}) },
);

function filled(random: Streams, shape: number[], next: (stream: Random) => number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = new Float32Array(size);
  const stream = random("initial");
  if (random === nothingDrawn) return wrap(values, shape);
  for (let i = 0; i < size; i++) values[i] = next(stream);
  return wrap(values, shape);
}
