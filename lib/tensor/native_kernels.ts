/**
 * Kernels of TensorFlow's C library, called with less about them than TensorFlow.js does: small ones take half the time.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "./tape.ts";

/** TensorFlow's product of two matrices. Its batched one, which TensorFlow.js calls, takes a fifth longer on small ones. */
const MATRIX_PRODUCT = "MatMul";

/** Sum and mean along the last axis. TensorFlow.js casts first, and sends the axis along every time. */
const ROW_REDUCTIONS = { Sum: "RowSum", Mean: "RowMean" };

/** What of tfjs-node's backend a kernel uses. */
export interface NativeBackend {
  binding: Record<
    "TF_ATTR_TYPE" | "TF_ATTR_BOOL" | "TF_ATTR_INT" | "TF_ATTR_STRING" | "TF_FLOAT" | "TF_INT32",
    number
  >;
  executeSingleOutput(name: string, attributes: unknown[], inputs: unknown[]): tf.TensorInfo;
  write(values: Int32Array, shape: number[], dtype: "int32"): tf.DataId;
}

/** Makes TensorFlow.js know them. Called once, when the native backend is registered. */
export function registerNativeKernels(): void {
  registerNative(MATRIX_PRODUCT, (backend, { a, b }, { transposeA, transposeB }) => {
    const { binding: { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT } } = backend;
    return backend.executeSingleOutput(MATRIX_PRODUCT, [
      { name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: "transpose_a", type: TF_ATTR_BOOL, value: transposeA },
      { name: "transpose_b", type: TF_ATTR_BOOL, value: transposeB },
    ], [a, b]);
  });
  let last: tf.TensorInfo | undefined;
  for (const [name, kernel] of Object.entries(ROW_REDUCTIONS)) {
    registerNative(kernel, (backend, { x }) => {
      const { binding: { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT, TF_INT32 } } = backend;
      last ??= {
        dataId: backend.write(Int32Array.of(-1), [1], "int32"),
        shape: [1],
        dtype: "int32",
      };
      return backend.executeSingleOutput(name, [
        { name: "keep_dims", type: TF_ATTR_BOOL, value: true },
        { name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT },
        { name: "Tidx", type: TF_ATTR_TYPE, value: TF_INT32 },
      ], [x, last]);
    });
  }
}

/** Makes TensorFlow.js know a kernel of the native backend, by what it reads of the backend and is given and told. */
export function registerNative<
  A = Record<string, boolean>,
  I = tf.NamedTensorInfoMap,
  B extends NativeBackend = NativeBackend,
>(kernelName: string, run: (backend: B, inputs: I, attrs: A) => tf.TensorInfo): void {
  tf.registerKernel({
    kernelName,
    backendName: "tensorflow",
    kernelFunc: ({ inputs, attrs, backend }) => run(backend as B, inputs as I, attrs as A),
  });
}

/** a · b for matrices, either transposed on request, on the native backend. */
export function matrixProduct(
  a: Tensor,
  b: Tensor,
  transposeA: boolean,
  transposeB: boolean,
): Tensor {
  return tf.engine().runKernel(MATRIX_PRODUCT, { a, b }, { transposeA, transposeB });
}

/** Sum or mean along the last axis, which stays with size 1: on any backend, without a gradient. */
export function reduceRows(x: Tensor, by: keyof typeof ROW_REDUCTIONS): Tensor {
  if (tf.getBackend() === "tensorflow") return tf.engine().runKernel(ROW_REDUCTIONS[by], { x });
  return by === "Sum" ? tf.sum(x, -1, true) : tf.mean(x, -1, true);
}
