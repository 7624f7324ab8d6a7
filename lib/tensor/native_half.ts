/**
 * Products in bfloat16 on the native backend: half the bytes and twice the operations a second on a CPU that has units for
 * it; sums are float32 inside. TensorFlow.js has no such type: what is in it is a {@linkcode Half}, as frozen operands are
 * kept, and as pictures are from one convolution to the next.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { type Epilogue, fusedOps } from "./native_fused.ts";
import { HALF_KERNELS, isHalfData } from "./native_half_kernels.ts";
import type { Tensor } from "./tape.ts";

/**
 * A tensor whose numbers are bfloat16: an operand of the products here, and of nothing else. TensorFlow.js takes it for
 * float32, so that it is counted (at twice its bytes), kept and freed as any tensor is; reading it is an error.
 */
export type Half = Tensor & { readonly half: unique symbol };

/** Whether x is in bfloat16. */
export function isHalf(x: Tensor): x is Half {
  return isHalfData(x.dataId);
}

/** x rounded to bfloat16, to the nearest, ties to even; x itself where it is in it. */
export function rounded(x: Tensor): Half {
  return isHalf(x) ? x : tf.engine().runKernel(HALF_KERNELS.round, { x }) as unknown as Half;
}

/** x in float32; itself where it is. */
export function widened(x: Tensor): Tensor {
  return isHalf(x) ? tf.engine().runKernel(HALF_KERNELS.widen, { x }) : x;
}

/** x rounded to bfloat16. It outlives `tidy`, until it is disposed of. */
export function halfOf(x: Tensor): Half {
  return tf.keep(rounded(x));
}

/** x·W, or x·Wᵀ where `transpose`, of matrices. x: float32 → float32 */
export function halfProduct(x: Tensor, weight: Half, transpose: boolean): Tensor {
  return tf.engine().runKernel(HALF_KERNELS.product, { x, half: weight }, {
    transposeB: transpose,
  });
}

/**
 * x ∗ filter and its epilogue, all in bfloat16, sums in float32. [batch, height, width, in] and [height, width, in, out].
 * Where {@linkcode hasFused}.
 */
export function halfConvolution(
  x: Tensor,
  filter: Half,
  { bias, onto, relu }: Epilogue,
  stride: number,
  pad: "same" | "valid",
): Half {
  const inputs = {
    ...{ x: rounded(x), half: filter },
    ...bias && { bias: rounded(bias) },
    ...onto && { onto: rounded(onto) },
  };
  return tf.engine().runKernel(HALF_KERNELS.convolution, inputs, {
    fused: fusedOps({ bias, onto, relu }),
    stride,
    pad,
  }) as unknown as Half;
}

/** Mean over size × size windows that do not overlap, in bfloat16. */
export function halfPool(x: Half, size: number): Half {
  return tf.engine().runKernel(HALF_KERNELS.pool, { x }, { stride: size }) as unknown as Half;
}
