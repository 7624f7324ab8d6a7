/**
 * Convolutions as the modified ResNet stores them, on the host: batch norms folded in, biases passed on to later layers.
 *
 * @module
 */
import { type Convolution, type Tensor, wrap } from "../tensor/mod.ts";
import type { Get } from "./fold.ts";

/** A convolution on the host. */
export interface HostConvolution {
  /** The filter's sizes, [height, width, in, out]. */
  shape: number[];
  filter: Float32Array;
  bias: Float64Array;
  stride: number;
  padding: number;
}

/** Reads one with its batch norm's running statistics folded in; PyTorch's [out, in, h, w] → [h, w, in, out]. */
export function readConvolution(
  get: Get,
  name: string,
  norm: string,
  stride = 1,
  padding = 0,
): HostConvolution {
  const { shape: [outputs, inputs, height, width], data } = get(`${name}.weight`);
  const [gain, shift, average, variance] = ["weight", "bias", "running_mean", "running_var"]
    .map((key) => get(`${norm}.${key}`).data);
  const factor = Float64Array.from(gain!, (g, o) => g / Math.sqrt(variance![o]! + 1e-5));
  const filter = new Float32Array(data.length);
  for (let at = 0, o = 0; o < outputs!; o++) {
    for (let i = 0; i < inputs!; i++) {
      for (let p = 0; p < height! * width!; p++) {
        filter[(p * inputs! + i) * outputs! + o] = data[at++]! * factor[o]!;
      }
    }
  }
  const bias = Float64Array.from(shift!, (b, o) => b - average![o]! * factor[o]!);
  return { shape: [height!, width!, inputs!, outputs!], filter, bias, stride, padding };
}

/** On the backend, with this bias or none. */
export function convolution(
  { shape, filter, stride, padding }: HostConvolution,
  bias?: Float64Array,
): Convolution {
  return { filter: wrap(filter, shape), bias: bias && vector(bias), stride, padding };
}

/** The bias of a 1 × 1 convolution whose inputs still lack `offset`. */
export function biasAfter({ filter, bias }: HostConvolution, offset: Float64Array): Float64Array {
  const outputs = bias.length;
  return bias.map((b, o) => offset.reduce((sum, x, i) => sum + x * filter[i * outputs + o]!, b));
}

/** −b, to rectify by. */
export function negative(bias: Float64Array): Tensor {
  return vector(bias.map((b) => -b));
}

function vector(values: Float64Array): Tensor {
  return wrap(Float32Array.from(values), [values.length]);
}
