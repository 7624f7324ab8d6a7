/**
 * Gradients that take time instead of memory.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { isTracked, recordJointly, type Tensor, vjp, withoutTapes } from "./tape.ts";

/**
 * f(inputs), of which nothing is kept for a gradient: pulling back computes it once more (gradient checkpointing), and so
 * does the derivative of that, to any order. For what would not fit into memory otherwise. `f` must depend on what is
 * differentiated through `inputs` alone.
 */
export function recompute(f: (inputs: Tensor[]) => Tensor[], inputs: Tensor[]): Tensor[] {
  if (!inputs.some(isTracked)) return f(inputs);
  const outputs = withoutTapes(() => tf.tidy(() => f(inputs)));
  const count = inputs.length;
  return recordJointly(outputs, inputs, (cotangents) =>
    recompute((all) => {
      const [own, pulled] = [all.slice(0, count), all.slice(count)];
      return vjp(() => f(own), own).pull(pulled);
    }, [...inputs, ...cotangents]));
}
