/**
 * Matrix products and the frozen linear layer.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { add, reshape } from "./elementwise.ts";
import { type Half, halfOf, halfProduct } from "./native_half.ts";
import { fusedProduct, hasFused } from "./native_fused.ts";
import { matrixProduct } from "./native_kernels.ts";
import { precisionInUse } from "./precision.ts";
import { isTracked, record, recordFrozen, type Tensor } from "./tape.ts";
import { webgpuHalfOf, webgpuHalfProduct } from "./webgpu_half.ts";

/** a · b over the last two axes, either transposed on request. Leading axes must be equal. */
export function matMul(
  a: Tensor,
  b: Tensor,
  transposeA = false,
  transposeB = false,
): Tensor {
  return record(
    product(a, b, transposeA, transposeB),
    [a, (d) => transposeA ? matMul(b, d, transposeB, true) : matMul(d, b, false, !transposeB)],
    [b, (d) => transposeB ? matMul(d, a, true, transposeA) : matMul(a, d, !transposeA, false)],
  );
}

/** The product without a gradient. wasm is up to 14 times slower at transposed operands, so there they are transposed first. */
export function product(
  a: Tensor,
  b: Tensor,
  transposeA = false,
  transposeB = false,
): Tensor {
  const backend = tf.getBackend();
  if (backend === "tensorflow" && a.rank === 2 && b.rank === 2) {
    return matrixProduct(a, b, transposeA, transposeB);
  }
  if (backend !== "wasm") return tf.matMul(a, b, transposeA, transposeB);
  return tf.tidy(() => tf.matMul(transposeA ? swap(a) : a, transposeB ? swap(b) : b));
}

/** The last two axes exchanged. */
function swap(x: Tensor): Tensor {
  const axes = x.shape.map((_, i) => i);
  return tf.transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

/** A linear layer: x·weight + bias. Frozen, unless a tape tracks its weight. */
export interface Linear {
  /** The weight, [in, out]. */
  weight: Tensor;
  /** The bias, [out]. Absent: none. */
  bias?: Tensor | undefined;
  /** weightᵀ, made when a gradient first needs it: a product with a transposed operand is up to 14 times slower. */
  transposed?: Tensor;
  /** The weight in half precision, made when a product in that first needs it; products read it in both directions. */
  half?: Half;
}

/** x·W + b, plus `onto` where given. x: [rows, in] → [rows, out]. */
export function linear(x: Tensor, layer: Linear, onto?: Tensor): Tensor {
  if (isTracked(layer.weight)) {
    const parts = [layer.bias, onto].filter((part) => part !== undefined);
    return parts.reduce(add, matMul(x, layer.weight));
  }
  const y = tf.tidy(() => affine(x, layer, onto));
  if (!onto) return recordFrozen([y], [x], ([d]) => [times(d, layer, true)])[0];
  return recordFrozen([y], [x, onto], ([d]) => [times(d, layer, true), d])[0];
}

function affine(x: Tensor, layer: Linear, onto?: Tensor): Tensor {
  const { weight, bias } = layer;
  if (precisionInUse() === "fp16") return plus(inFloat16(x, layer, false, bias), onto);
  if (tf.getBackend() !== "tensorflow") {
    return plus(tf.fused.matMul({ a: x, b: weight, ...bias && { bias } }) as Tensor, onto);
  }
  if (bias && hasFused() && precisionInUse() === "fp32") {
    return fusedProduct(x, weight, { bias, onto });
  }
  // TensorFlow.js only pretends to fuse here.
  return plus(plus(frozenProduct(x, layer, false), bias), onto);
}

function plus(x: Tensor, y?: Tensor): Tensor {
  return y ? tf.add(x, y) : x;
}

/** x·W, or x·Wᵀ when `transpose`: each the other's adjoint. */
function times(x: Tensor, layer: Linear, transpose: boolean): Tensor {
  const y = frozenProduct(x, layer, transpose);
  return recordFrozen([y], [x], ([d]) => [times(d, layer, !transpose)])[0];
}

/** The same without a gradient: in the precision of the run. */
function frozenProduct(x: Tensor, layer: Linear, transpose: boolean): Tensor {
  if (precisionInUse() === "bf16") {
    return halfProduct(x, layer.half ??= halfOf(layer.weight), transpose);
  }
  if (precisionInUse() === "fp16") return inFloat16(x, layer, transpose);
  if (transpose) layer.transposed ??= tf.keep(tf.transpose(layer.weight));
  return product(x, transpose ? layer.transposed! : layer.weight);
}

/** On WebGPU: x·W + bias, or x·Wᵀ, of a weight kept as float16. */
function inFloat16(x: Tensor, layer: Linear, transpose: boolean, bias?: Tensor): Tensor {
  const sides = layer.weight.shape as [number, number];
  layer.half ??= webgpuHalfOf(layer.weight);
  return webgpuHalfProduct(x, layer.half, sides, transpose, bias);
}

/** Frees a layer's tensors. */
export function disposeLinear(layer: Linear): void {
  const { weight, bias, transposed, half } = layer;
  tf.dispose([weight, bias, transposed, half].filter((t) => t !== undefined));
}

/** x·vᵀ summed over all entries: the inner product of two tensors of one shape, as a scalar. */
export function dot(x: Tensor, v: Tensor): Tensor {
  const y = matMul(reshape(x, [1, x.size]), reshape(v, [1, v.size]), false, true);
  return reshape(y, []);
}
