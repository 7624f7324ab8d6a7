/**
 * Convolutions as the modified ResNet stores them, read with their batch norms folded in.
 *
 * @module
 */
import { type Convolution, wrap } from "../tensor/mod.ts";
import type { Get } from "./fold.ts";

/** Reads a convolution with its batch norm's running statistics folded in; PyTorch's [out, in, h, w] → [h, w, in, out]. */
export function readConvolution(
  get: Get,
  name: string,
  norm: string,
  stride = 1,
  padding = 0,
): Convolution {
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
  const bias = Float32Array.from(shift!, (b, o) => b - average![o]! * factor[o]!);
  return {
    filter: wrap(filter, [height!, width!, inputs!, outputs!]),
    bias: wrap(bias, [outputs!]),
    stride,
    padding,
  };
}
