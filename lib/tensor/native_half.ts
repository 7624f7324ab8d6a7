/**
 * Products in bfloat16 on the native backend: half the bytes and twice the operations a second on a CPU that has units for
 * it. What goes in and comes out is float32; sums are float32 inside. TensorFlow.js has no such type, so what lies between
 * are bare handles of TensorFlow's, each freed before its kernel returns.
 *
 * A frozen operand is kept in bfloat16 as a {@linkcode Half}.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { NativeBackend } from "./native_kernels.ts";
import type { Tensor } from "./tape.ts";

/** TensorFlow's DT_BFLOAT16. */
const BFLOAT16 = 14;

const [ROUND, PRODUCT, CONVOLUTION] = ["HalfOf", "HalfMatMul", "HalfConv2D"];

/**
 * A tensor whose numbers are bfloat16: an operand of the products here, and of nothing else. TensorFlow.js takes it for
 * float32, so that it is counted (at twice its bytes), kept and freed as any tensor is; reading it is an error.
 */
export type Half = Tensor & { readonly half: unique symbol };

/** What of tfjs-node's backend bare handles need. */
interface HandleBackend extends NativeBackend {
  binding: NativeBackend["binding"] & {
    executeOp(name: string, attributes: unknown[], inputs: number[], outputs: number): Handle[];
    deleteTensor(id: number): void;
  };
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  createOutputTensor(handle: Handle): tf.TensorInfo;
  tensorMap: { set(id: tf.DataId, value: unknown): void };
}

/** What a kernel is given; rounding only x. */
interface Inputs {
  x: tf.TensorInfo;
  half: tf.TensorInfo;
}

/** What a product and a convolution are told. */
interface Attributes {
  transposeB: boolean;
  stride: number;
  pad: "same" | "valid";
}

/** A tensor of TensorFlow's own. */
interface Handle {
  id: number;
  shape: number[];
  dtype: number;
}

/** Makes TensorFlow.js know them. Called once, when the native backend is registered. */
export function registerHalfKernels(): void {
  register(ROUND, (backend, { x }) => {
    const half = cast(backend, idOf(backend, x), backend.binding.TF_FLOAT, BFLOAT16);
    const dataId = {};
    backend.tensorMap.set(dataId, { ...half, values: null, refCount: 1 });
    return { dataId, shape: half.shape, dtype: "float32" };
  });
  register(PRODUCT, (backend, { x, half }, { transposeB }) => {
    const { TF_ATTR_TYPE, TF_ATTR_BOOL } = backend.binding;
    return through(
      backend,
      "MatMul",
      [
        { name: "T", type: TF_ATTR_TYPE, value: BFLOAT16 },
        { name: "transpose_a", type: TF_ATTR_BOOL, value: false },
        { name: "transpose_b", type: TF_ATTR_BOOL, value: transposeB },
      ],
      x,
      half,
    );
  });
  register(CONVOLUTION, (backend, { x, half }, { stride, pad }) => {
    const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_ATTR_INT, TF_ATTR_STRING } = backend.binding;
    return through(
      backend,
      "Conv2D",
      [
        { name: "T", type: TF_ATTR_TYPE, value: BFLOAT16 },
        { name: "strides", type: TF_ATTR_INT, value: [1, stride, stride, 1] },
        { name: "padding", type: TF_ATTR_STRING, value: pad.toUpperCase() },
        { name: "data_format", type: TF_ATTR_STRING, value: "NHWC" },
        { name: "use_cudnn_on_gpu", type: TF_ATTR_BOOL, value: true },
        { name: "dilations", type: TF_ATTR_INT, value: [1, 1, 1, 1] },
      ],
      x,
      half,
    );
  });
}

function register(
  kernelName: string,
  run: (backend: HandleBackend, inputs: Inputs, attrs: Attributes) => tf.TensorInfo,
): void {
  tf.registerKernel({
    kernelName,
    backendName: "tensorflow",
    kernelFunc: ({ inputs, attrs, backend }) =>
      run(backend as HandleBackend, inputs as unknown as Inputs, attrs as unknown as Attributes),
  });
}

/** Rounds x, runs the op on it and the half, and gives what comes out as float32. */
function through(
  backend: HandleBackend,
  op: string,
  attributes: unknown[],
  x: tf.TensorInfo,
  half: tf.TensorInfo,
): tf.TensorInfo {
  const { binding } = backend;
  const between: number[] = [];
  const held = (handle: Handle) => {
    between.push(handle.id);
    return handle.id;
  };
  try {
    const rounded = held(cast(backend, idOf(backend, x), binding.TF_FLOAT, BFLOAT16));
    const y = held(binding.executeOp(op, attributes, [rounded, idOf(backend, half)], 1)[0]!);
    return backend.createOutputTensor(cast(backend, y, BFLOAT16, binding.TF_FLOAT));
  } finally {
    for (const id of between) binding.deleteTensor(id);
  }
}

function idOf(backend: HandleBackend, x: tf.TensorInfo): number {
  return backend.getInputTensorIds([x])[0]!;
}

/** The same numbers as another type, to the nearest, ties to even. */
function cast({ binding }: HandleBackend, id: number, from: number, to: number): Handle {
  const { TF_ATTR_TYPE, TF_ATTR_BOOL } = binding;
  return binding.executeOp(
    "Cast",
    [
      { name: "SrcT", type: TF_ATTR_TYPE, value: from },
      { name: "DstT", type: TF_ATTR_TYPE, value: to },
      { name: "Truncate", type: TF_ATTR_BOOL, value: false },
    ],
    [id],
    1,
  )[0]!;
}

/** x rounded to bfloat16. It outlives `tidy`, until it is disposed of. */
export function halfOf(x: tf.Tensor): Half {
  return tf.keep(tf.engine().runKernel(ROUND, { x }) as Half);
}

/** x·W, or x·Wᵀ where `transpose`, of matrices. x: float32 → float32 */
export function halfProduct(x: Tensor, weight: Half, transpose: boolean): Tensor {
  return tf.engine().runKernel(PRODUCT, { x, half: weight }, { transposeB: transpose });
}

/** x ∗ filter. x: [batch, height, width, in] and [height, width, in, out] → float32 */
export function halfConvolution(
  x: Tensor,
  filter: Half,
  stride: number,
  pad: "same" | "valid",
): Tensor {
  return tf.engine().runKernel(CONVOLUTION, { x, half: filter }, { stride, pad });
}
