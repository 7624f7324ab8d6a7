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
  /**
   * The layer norm before the layer. Its input is centred already, so the layer gets x/√(‖x‖² + width·ε); the rest of the
   * norm, x ↦ √width·x·gain + bias, is folded.
   */
  norm?: Norm;
  /** Factors on the outputs, by column of the stored layer. */
  scale?: (column: number) => number;
  /** A factor on the inputs. */
  inputScale?: number;
  /** Centres every row of outputs: for what is added to a stream of centred rows. */
  centred?: boolean;
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

/** (k·x·gain + normBias)·W·scale + b·scale = x·(k·gain·W·scale) + (normBias·W + b)·scale. */
function foldInto(
  inputs: number,
  outputs: number,
  entry: (input: number, output: number) => number,
  { norm, scale = () => 1, inputScale = 1, centred, columns, bias }: Folding & {
    bias?: Float32Array;
  },
): Linear {
  const weight = new Float32Array(inputs * outputs);
  const offset = Float64Array.from({ length: outputs }, (_, o) => bias?.[o] ?? 0);
  const scales = Float64Array.from({ length: outputs }, (_, o) => scale((columns?.[0] ?? 0) + o));
  const factor = inputScale * (norm ? Math.sqrt(inputs) : 1);
  for (let i = 0; i < inputs; i++) {
    const gain = factor * (norm?.gain[i] ?? 1);
    const shift = norm?.bias[i] ?? 0;
    for (let o = 0; o < outputs; o++) {
      const w = entry(i, o);
      weight[i * outputs + o] = w * gain * scales[o];
      offset[o] += w * shift;
    }
    if (centred) centreRow(weight.subarray(i * outputs, (i + 1) * outputs));
  }
  const shifts = offset.map((b, o) => b * scales[o]);
  if (centred) centreRow(shifts);
  return {
    weight: wrap(weight, [inputs, outputs]),
    bias: wrap(Float32Array.from(shifts), [outputs]),
  };
}

function centreRow(row: Float32Array | Float64Array): void {
  let mean = 0;
  for (let i = 0; i < row.length; i++) mean += row[i] / row.length;
  for (let i = 0; i < row.length; i++) row[i] -= mean;
}
