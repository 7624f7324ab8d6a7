/**
 * Frozen layers read from OpenAI's state dictionary, with the constants around them folded in, so that a step runs
 * fewer operations for the same numbers.
 *
 * @module
 */
import { type Linear, wrap } from "../tensor/mod.ts";

/** A stored array. */
export interface Stored {
  shape: number[];
  data: Float32Array;
}

/** Gives the stored array of a key. */
export type Get = (key: string) => Stored;

/** A layer norm's gain and bias, both [width]. */
export interface Norm {
  gain: Float32Array;
  bias: Float32Array;
}

/** What to fold into a linear layer. */
export interface Folding {
  /** Output columns to keep, [from, to): all by default. */
  columns?: [from: number, to: number];
  /** The layer norm before the layer: x ↦ x·gain + bias. */
  norm?: Norm;
  /** A factor on the outputs. */
  scale?: number;
}

/** The gain and bias of layer norm `name`. */
export function readNorm(get: Get, name: string): Norm {
  return { gain: get(`${name}.weight`).data, bias: get(`${name}.bias`).data };
}

/** The linear layer stored as PyTorch has it, `name` [out, in], with what surrounds it folded in. */
export function readLinear(get: Get, weight: string, bias: string, fold: Folding = {}): Linear {
  const { shape: [outputs, inputs], data } = get(weight);
  const [from, to] = fold.columns ?? [0, outputs];
  return foldInto(inputs, to - from, (i, o) => data[(from + o) * inputs + i], {
    ...fold,
    bias: get(bias).data.subarray(from, to),
  });
}

/** The projection stored as `name` [in, out], after a layer norm. */
export function readProjection(get: Get, name: string, norm: Norm): Linear {
  const { shape: [inputs, outputs], data } = get(name);
  return foldInto(inputs, outputs, (i, o) => data[i * outputs + o], { norm });
}

/** (x·gain + normBias)·W·scale + b·scale = x·(gain·W·scale) + (normBias·W + b)·scale. */
function foldInto(
  inputs: number,
  outputs: number,
  entry: (input: number, output: number) => number,
  { norm, scale = 1, bias }: Folding & { bias?: Float32Array },
): Linear {
  const weight = new Float32Array(inputs * outputs);
  const offset = Float64Array.from({ length: outputs }, (_, o) => bias?.[o] ?? 0);
  for (let i = 0; i < inputs; i++) {
    const gain = scale * (norm?.gain[i] ?? 1);
    const shift = norm?.bias[i] ?? 0;
    for (let o = 0; o < outputs; o++) {
      const w = entry(i, o);
      weight[i * outputs + o] = w * gain;
      offset[o] += w * shift;
    }
  }
  return {
    weight: wrap(weight, [inputs, outputs]),
    bias: wrap(Float32Array.from(offset, (b) => b * scale), [outputs]),
  };
}
