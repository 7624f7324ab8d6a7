/**
 * Kernels of oneDNN that TensorFlow's C library has and TensorFlow.js does not call: a product or convolution that adds its
 * bias, and what comes beside, as it goes; a softmax that reads its input once. TensorFlow puts them into graphs
 * by itself and hides them from calls by name; the attribute `_kernel`, which its own rewriting sets, finds them.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { type NativeBackend, registerNative } from "./native_kernels.ts";
import type { Tensor } from "./tape.ts";

/** What follows a product or a convolution. */
export interface After {
  /** Added to it, of its shape. */
  onto?: Tensor | undefined;
  /** Whether all of it is then rectified, max(·, 0). */
  relu?: boolean | undefined;
}

/** What a kernel adds to its result, in this order, before it rectifies it. */
export interface Epilogue extends After {
  /** The bias, [out]. Nothing else is added without one. */
  bias?: Tensor | undefined;
}

/** The kernels by what they compute, with TensorFlow's name and its mark of the version that is called. */
const KERNELS = {
  product: ["FusedProduct", "_MklNativeFusedMatMul", "MklNameChangeOp"],
  convolution: ["FusedConvolution", "_MklNativeFusedConv2D", "MklNameChangeOp"],
  softmax: ["RowSoftmax", "_MklSoftmax", "MklNameChangeOp"],
} as const;

/** What a kernel is told: of its epilogue, and a convolution of its stride and padding. */
export interface Told {
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
  for (const kernel of ["product", "convolution", "softmax"] as const) {
    registerNative<Told>(KERNELS[kernel][0], (backend, inputs, told) => {
      const arrays = Object.values(inputs) as tf.TensorInfo[];
      const [name, attributes] = fusedCall(kernel, backend, backend.binding.TF_FLOAT, told, arrays);
      return backend.executeSingleOutput(name, attributes, arrays);
    });
  }
}

/** TensorFlow's name of a kernel, and the attributes that it is called with, of numbers of this type. */
export function fusedCall(
  kernel: keyof typeof KERNELS,
  { binding }: NativeBackend,
  type: number,
  { fused, stride, pad }: Told,
  arrays: readonly tf.TensorInfo[],
): [name: string, attributes: unknown[]] {
  const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_ATTR_INT, TF_ATTR_STRING } = binding;
  const [, name, version] = KERNELS[kernel];
  const added = arrays.slice(2);
  const epilogue = () => [
    { name: "num_args", type: TF_ATTR_INT, value: added.length },
    { name: "fused_ops", type: TF_ATTR_STRING, value: fused },
  ];
  const own = {
    product: () => [
      ...epilogue(),
      { name: "transpose_a", type: TF_ATTR_BOOL, value: false },
      { name: "transpose_b", type: TF_ATTR_BOOL, value: false },
    ],
    convolution: () => [
      ...epilogue(),
      { name: "TArgs", type: TF_ATTR_TYPE, value: added.map(() => type) },
      { name: "strides", type: TF_ATTR_INT, value: [1, stride, stride, 1] },
      { name: "padding", type: TF_ATTR_STRING, value: pad.toUpperCase() },
      { name: "dilations", type: TF_ATTR_INT, value: [1, 1, 1, 1] },
    ],
    softmax: () => [],
  };
  return [name, [
    { name: "T", type: TF_ATTR_TYPE, value: type },
    { name: "_kernel", type: TF_ATTR_STRING, value: version },
    ...own[kernel](),
  ]];
}

/** Tries them once, on next to nothing, where no GPU computes: a library without them is a slower one, not an error. */
export function tryFused(): void {
  try {
    usable = tf.tidy(() => {
      const [one, picture] = [tf.ones([1, 1]) as Tensor, tf.ones([1, 1, 1, 1]) as Tensor];
      const bias: Tensor = tf.ones([1]);
      const whole = { bias, relu: true };
      const outcomes = [
        fusedProduct(one, one, { bias, onto: one }),
        fusedConvolution(picture, picture, { ...whole, onto: picture }, 1, "same"),
        fusedSoftmax(one),
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

/** TensorFlow's names of what an epilogue does. */
export function fusedOps({ bias, onto, relu }: Epilogue): string[] {
  return [...bias ? ["BiasAdd"] : [], ...onto ? ["Add"] : [], ...relu ? ["Relu"] : []];
}

/** Softmax along the last axis. */
export function fusedSoftmax(x: Tensor): Tensor {
  return call("softmax", { x });
}
