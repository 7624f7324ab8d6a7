/**
 * The kernels of native_half.ts: TensorFlow's, on bare handles of bfloat16, which TensorFlow.js has no type for. A product's
 * other operand is rounded, and its result widened, within the kernel; what lies between is freed before it returns.
 *
 * @module
 */
import type * as tf from "@tensorflow/tfjs-core";
import { fusedCall, type Told } from "./native_fused.ts";
import { type NativeBackend, registerNative } from "./native_kernels.ts";

/** TensorFlow's DT_BFLOAT16. */
const BFLOAT16 = 14;

/** The kernels, as TensorFlow.js knows them. */
export const HALF_KERNELS = {
  round: "HalfOf",
  widen: "FloatOf",
  product: "HalfMatMul",
  convolution: "HalfConv2D",
  pool: "HalfAvgPool",
} as const;

/** What there is in bfloat16, by its data. */
const halves = new WeakSet<object>();

/** Whether this is the data of what is in bfloat16. */
export function isHalfData(dataId: tf.DataId): boolean {
  return halves.has(dataId);
}

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

/** What a kernel is given, x alone or what it needs of the rest. */
interface Inputs {
  x: tf.TensorInfo;
  half: tf.TensorInfo;
  bias?: tf.TensorInfo;
  onto?: tf.TensorInfo;
}

/** What a product is told beside a convolution, whose stride is a pooling's, too. */
interface Attributes extends Told {
  transposeB: boolean;
}

/** A tensor of TensorFlow's own. */
interface Handle {
  id: number;
  shape: number[];
  dtype: number;
}

/** Makes TensorFlow.js know them. Called once, when the native backend is registered. */
export function registerHalfKernels(): void {
  register(HALF_KERNELS.round, (backend, { x }) => {
    return kept(backend, cast(backend, idOf(backend, x), backend.binding.TF_FLOAT, BFLOAT16));
  });
  register(HALF_KERNELS.widen, (backend, { x }) => {
    const wide = cast(backend, idOf(backend, x), BFLOAT16, backend.binding.TF_FLOAT);
    return backend.createOutputTensor(wide);
  });
  register(HALF_KERNELS.product, (backend, { x, half }, { transposeB }) => {
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
  register(HALF_KERNELS.convolution, (backend, inputs, told) => {
    const arrays: tf.TensorInfo[] = Object.values(inputs);
    const [name, attributes] = fusedCall("convolution", backend, BFLOAT16, told, arrays);
    return kept(backend, executed(backend, name, attributes, arrays));
  });
  register(HALF_KERNELS.pool, (backend, { x }, { stride }) => {
    const { TF_ATTR_TYPE, TF_ATTR_INT, TF_ATTR_STRING } = backend.binding;
    const attributes = [
      { name: "T", type: TF_ATTR_TYPE, value: BFLOAT16 },
      { name: "ksize", type: TF_ATTR_INT, value: [1, stride, stride, 1] },
      { name: "strides", type: TF_ATTR_INT, value: [1, stride, stride, 1] },
      { name: "padding", type: TF_ATTR_STRING, value: "VALID" },
      { name: "data_format", type: TF_ATTR_STRING, value: "NHWC" },
    ];
    return kept(backend, executed(backend, "AvgPool", attributes, [x]));
  });
}

const register = registerNative<Attributes, Inputs, HandleBackend>;

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

/** A handle in bfloat16 as a tensor. */
function kept(backend: HandleBackend, handle: Handle): tf.TensorInfo {
  const dataId = {};
  halves.add(dataId);
  backend.tensorMap.set(dataId, { ...handle, values: null, refCount: 1 });
  return { dataId, shape: handle.shape, dtype: "float32" };
}

function executed(
  backend: HandleBackend,
  op: string,
  attributes: unknown[],
  inputs: tf.TensorInfo[],
): Handle {
  return backend.binding.executeOp(op, attributes, backend.getInputTensorIds(inputs), 1)[0]!;
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
