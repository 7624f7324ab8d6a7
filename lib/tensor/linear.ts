/**
 * Matrix products and the frozen linear layer.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { reshape } from "./elementwise.ts";
import { record, type Tensor } from "./tape.ts";

/** a · b over the last two axes, either transposed on request. Leading axes must be equal. */
export function matMul(
  a: Tensor,
  b: Tensor,
  transposeA = false,
  transposeB = false,
): Tensor {
  return record(
    tf.matMul(a, b, transposeA, transposeB),
    [a, (d) => transposeA ? matMul(b, d, transposeB, true) : matMul(d, b, false, !transposeB)],
    [b, (d) => transposeB ? matMul(d, a, true, transposeA) : matMul(a, d, !transposeA, false)],
  );
}

/** A frozen linear layer: x·weight + bias. */
export interface Linear {
  /** [in, out] */
  weight: Tensor;
  /** [out] */
  bias?: Tensor;
  /** weightᵀ, made when a gradient first needs it: a product with a transposed operand is up to 14 times slower. */
  transposed?: Tensor;
}

/** x·W + b for a frozen layer. x: [rows, in] → [rows, out]. */
export function linear(x: Tensor, layer: Linear): Tensor {
  const y = tf.fused.matMul({ a: x, b: layer.weight, bias: layer.bias }) as Tensor;
  return record(y, [x, (d) => times(d, layer, true)]);
}

/** x·W, or x·Wᵀ when `transpose`: each the other's adjoint. */
function times(x: Tensor, layer: Linear, transpose: boolean): Tensor {
  if (transpose) layer.transposed ??= tf.keep(tf.transpose(layer.weight));
  const y: Tensor = tf.matMul(x, transpose ? layer.transposed! : layer.weight);
  return record(y, [x, (d) => times(d, layer, !transpose)]);
}

/** Frees a layer's tensors. */
export function disposeLinear(layer: Linear): void {
  tf.dispose([layer.weight, layer.bias, layer.transposed].filter((t) => t !== undefined));
}

/** x·vᵀ summed over all entries: the inner product of two tensors of one shape, as a scalar. */
export function dot(x: Tensor, v: Tensor): Tensor {
  const y = matMul(reshape(x, [1, x.size]), reshape(v, [1, v.size]), false, true);
  return reshape(y, []);
}

