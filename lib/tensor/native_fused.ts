/**
 * Kernels of oneDNN that TensorFlow's C library has and TensorFlow.js does not call: a product or convolution that adds its
 * bias, and what comes beside, as it goes; a softmax and a SiLU that read their input once. TensorFlow puts them into graphs
 * by itself and hides them from calls by name; the attribute `_kernel`, which its own rewriting sets, finds them.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { NativeBackend } from "./native_kernels.ts";
import type { Tensor } from "./tape.ts";

/** What a kernel adds to its result, in this order, before it rectifies it. */
export interface Epilogue {
  /** The bias, [out]. */
  bias?: Tensor | undefined;
  /** What else is added, of the result's shape. Only beside a bias. */
  onto?: Tensor | undefined;
  /** Whether the result is max(·, 0). */
  relu?: boolean | undefined;
}

/** The kernels by what they compute, with TensorFlow's name and its mark of the version that is called. */
const KERNELS = {
  product: ["FusedProduct", "_MklNativeFusedMatMul", "MklNameChangeOp"],
  convolution: ["FusedConvolution", "_MklNativeFusedConv2D", "MklNameChangeOp"],
  softmax: ["RowSoftmax", "_MklSoftmax", "MklNameChangeOp"],
  silu: ["Swish", "_MklSwish", ""],
} as const;

/** TensorFlow's name of its fused convolution, and the mark of the version that is called. */
export const FUSED_CONVOLUTION = [KERNELS.convolution[1], KERNELS.convolution[2]] as const;

/** What a convolution is told beside its epilogue. */
interface Attributes {
  fused: string[];
  stride: number;
  pad: "same" | "valid";
}

let usable = false;

/** Whether the native backend computes and its library has these kernels (on x86-64, and not on a GPU). */
export function hasFused(): boolean {
  return usable && tf.getBackend() === "tensorflow";
}

/** Makes TensorFlow.js know them. Called once, when the native backend is registered. */
export function registerFusedKernels(): void {
  register("product", ({ binding: { TF_ATTR_BOOL } }, attributes, arrays) => [
    ...epilogue(attributes, arrays),
    { name: "transpose_a", type: TF_ATTR_BOOL, value: false },
    { name: "transpose_b", type: TF_ATTR_BOOL, value: false },
  ]);
  register("convolution", ({ binding }, attributes, arrays) => {
    const { TF_ATTR_TYPE, TF_ATTR_INT, TF_ATTR_STRING, TF_FLOAT } = binding;
    const { stride, pad } = attributes;
    return [
      ...epilogue(attributes, arrays),
      { name: "TArgs", type: TF_ATTR_TYPE, value: arrays.slice(2).map(() => TF_FLOAT) },
      { name: "strides", type: TF_ATTR_INT, value: [1, stride, stride, 1] },
      { name: "padding", type: TF_ATTR_STRING, value: pad.toUpperCase() },
      { name: "dilations", type: TF_ATTR_INT, value: [1, 1, 1, 1] },
    ];
  });
  register("softmax", () => []);
  register("silu", () => []);

  function epilogue({ fused }: Attributes, arrays: tf.TensorInfo[]) {
    const { TF_ATTR_INT, TF_ATTR_STRING } = (tf.backend() as unknown as NativeBackend).binding;
    return [
      { name: "num_args", type: TF_ATTR_INT, value: arrays.length - 2 },
      { name: "fused_ops", type: TF_ATTR_STRING, value: fused },
    ];
  }
}

function register(
  of: keyof typeof KERNELS,
  told: (backend: NativeBackend, attributes: Attributes, arrays: tf.TensorInfo[]) => unknown[],
): void {
  const [kernelName, name, version] = KERNELS[of];
  tf.registerKernel({
    kernelName,
    backendName: "tensorflow",
    kernelFunc({ inputs, attrs, backend: active }) {
      const backend = active as unknown as NativeBackend;
      const { TF_ATTR_TYPE, TF_ATTR_STRING, TF_FLOAT } = backend.binding;
      const arrays = Object.values(inputs).filter((x) => x !== undefined) as tf.TensorInfo[];
      return backend.executeSingleOutput(name, [
        { name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT },
        { name: "_kernel", type: TF_ATTR_STRING, value: version },
        ...told(backend, attrs as unknown as Attributes, arrays),
      ], arrays);
    },
  });
}

/** Tries them once, on next to nothing: a library without them is a slower one, not an error. */
export function tryFused(onGpu: boolean): void {
  if (onGpu) return;
  try {
    usable = tf.tidy(() => {
      const [one, picture] = [tf.ones([1, 1]) as Tensor, tf.ones([1, 1, 1, 1]) as Tensor];
      const bias: Tensor = tf.ones([1]);
      const whole = { bias, relu: true };
      const outcomes = [
        fusedProduct(one, one, { bias, onto: one }),
        fusedConvolution(picture, picture, { ...whole, onto: picture }, 1, "same"),
        fusedSoftmax(one),
        fusedSilu(one),
      ];
      return outcomes.every((y) => y.size === 1);
    });
  } catch {
    // TensorFlow.js' own kernels compute the same.
  }
}

function call(of: keyof typeof KERNELS, inputs: Record<string, Tensor>, attributes = {}): Tensor {
  return tf.engine().runKernel(KERNELS[of][0], inputs, attributes);
}

/** x·w and its epilogue. */
export function fusedProduct(x: Tensor, w: Tensor, { bias, onto, relu }: Epilogue): Tensor {
  const inputs = { x, w, ...bias && { bias }, ...onto && { onto } };
  return call("product", inputs, { fused: fusedOps({ bias, onto, relu }) });
}

/** x ∗ filter and its epilogue; [batch, height, width, in] and [height, width, in, out]. */
export function fusedConvolution(
  x: Tensor,
  filter: Tensor,
  { bias, onto, relu }: Epilogue,
  stride: number,
  pad: "same" | "valid",
): Tensor {
  const inputs = { x, filter, ...bias && { bias }, ...onto && { onto } };
  return call("convolution", inputs, { fused: fusedOps({ bias, onto, relu }), stride, pad });
}

function fusedOps({ bias, onto, relu }: Epilogue): string[] {
  return [...bias ? ["BiasAdd"] : [], ...onto ? ["Add"] : [], ...relu ? ["Relu"] : []];
}

/** Softmax along the last axis. */
export function fusedSoftmax(x: Tensor): Tensor {
  return call("softmax", { x });
}

/** x·σ(x). */
export function fusedSilu(x: Tensor): Tensor {
  return call("silu", { x });
}
