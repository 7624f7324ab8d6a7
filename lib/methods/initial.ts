/**
 * Initial values of learned tensors.
 *
 * @module
 */
import type { Streams } from "../random/mod.ts";
import { type Tensor, wrap } from "../tensor/mod.ts";

/** N(0, 0.02): where random prompts start in CoOp and all that follow it. */
export function gaussian(random: Streams, shape: number[], deviation = 0.02): Tensor {
  return filled(shape, () => random("initial").gauss(0, deviation));
}

/** U(−1/√inputs, 1/√inputs): where PyTorch's linear layers start, weights and biases alike. */
export function linearStart(random: Streams, shape: number[], inputs: number): Tensor {
  const bound = 1 / Math.sqrt(inputs);
  return filled(shape, () => (2 * random("initial").random() - 1) * bound);
}

function filled(shape: number[], next: () => number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = next();
  return wrap(values, shape);
}
