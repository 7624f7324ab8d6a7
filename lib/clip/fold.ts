/**
 * Layers read from OpenAI's state dictionary, with the constants around them folded in, so that a step runs fewer
 * operations for the same numbers. Folding is made of differentiable ops: where the arrays are being trained, gradients
 * go back through it to every one of them.
 *
 * @module
 */
import {
  add,
  centre,
  type Linear,
  mul,
  reshape,
  scale,
  slice,
  sum,
  type Tensor,
  tensor,
  type Tensors,
  tidy,
  transpose,
  wrap,
} from "../tensor/mod.ts";
import type { Projection } from "./config.ts";

/** A stored array. */
export interface Stored {
  /** Sizes, outermost first. */
  shape: number[];
  /** Elements, the last dimension varying fastest. */
  data: Float32Array;
}

/** Gives the stored array of a key. */
export type Get = (key: string) => Stored;

/** Where a tower's arrays come from. */
export interface Source {
  /** The array of a key. */
  read(key: string): Tensor;
  /**
   * Runs `fold`, which reads arrays and folds them, and frees its intermediate tensors, except those that a gradient
   * needs.
   */
  scope<T>(fold: () => T): T;
}

/** Stored arrays, frozen: each read makes a tensor. */
export function frozen(get: Get): Source {
  return {
    read(key) {
      const { shape, data } = get(key);
      return wrap(data.slice(), shape);
    },
    scope: tidy,
  };
}

/** Arrays that are being trained. To be read on the tape, inside `tidy`. */
export function learned(params: Tensors): Source {
  return { read: (key) => params[key]!, scope: (fold) => fold() };
}

/** A layer norm's gain and bias, both [width]. */
export interface Norm {
  /** What each feature is multiplied by. */
  gain: Tensor;
  /** What is added to each feature after that. */
  bias: Tensor;
}

/** What to fold into a linear layer. */
export interface Folding {
  /** Outputs to keep, [from, to): all by default. */
  columns?: [from: number, to: number] | undefined;
  /**
   * The layer norm before the layer. Its input is centred already, so the layer gets x/√(‖x‖² + width·ε); the rest of the
   * norm, x ↦ √width·x·gain + bias, is folded.
   */
  norm?: Norm;
  /** Factors on the outputs, by column of the stored layer. */
  scale?: ((column: number) => number) | undefined;
  /** A factor on the inputs. */
  inputScale?: number | undefined;
  /** Stored factors on the outputs, [out]. */
  outputScale?: Tensor;
  /** Centres every row of outputs: for what is added to a stream of centred rows. */
  centred?: boolean;
}

/** The gain and bias of layer norm `name`. To be read inside the scope that folds them, or to be kept. */
export function readNorm({ read }: Source, name: string): Norm {
  return { gain: read(`${name}.weight`), bias: read(`${name}.bias`) };
}

/** The linear layer stored as PyTorch has it, `name` [out, in], with what surrounds it folded in. */
export function readLinear(
  { read, scope }: Source,
  weight: string,
  bias: string,
  fold: () => Folding = () => ({}),
): Linear {
  return scope(() => {
    const [stored, offset] = [read(weight), read(bias)];
    const folding = fold();
    const [from, to] = folding.columns ?? [0, offset.size];
    const columns = to - from < offset.size
      ? [slice(stored, 0, from, to - from), slice(offset, 0, from, to - from)]
      : [stored, offset];
    return foldInto(transpose(columns[0]!, [1, 0]), columns[1], folding);
  });
}

/** The projection stored as `key` [in, out], of `width` numbers, after a layer norm where one is named. */
export function readProjection(
  source: Source,
  key: string,
  norm: string | undefined,
  { projection = "matrix", width }: { projection?: Projection; width: number },
): Linear {
  return source.scope(() =>
    foldInto(
      projection === "none" ? identity(width) : source.read(key),
      projection === "biased" ? source.read(`${key}.bias`) : undefined,
      norm === undefined ? {} : { norm: readNorm(source, norm) },
    )
  );
}

function identity(width: number): Tensor {
  const entries = new Float32Array(width * width);
  for (let i = 0; i < width; i++) entries[i * width + i] = 1;
  return wrap(entries, [width, width]);
}

/** (k·x·gain + normBias)·W·scale + b·scale = x·(k·gain·W·scale) + (normBias·W + b)·scale. */
function foldInto(
  weight: Tensor,
  bias: Tensor | undefined,
  { norm, scale: factors, inputScale, outputScale, centred, columns }: Folding,
): Linear {
  const [inputs, outputs] = weight.shape as [number, number];
  if (norm) {
    const shift = sum(mul(weight, reshape(norm.bias, [inputs, 1])), [0]);
    bias = bias ? add(bias, shift) : shift;
    weight = mul(weight, reshape(scale(norm.gain, Math.sqrt(inputs)), [inputs, 1]));
  }
  if (inputScale !== undefined) weight = scale(weight, inputScale);
  if (factors) {
    const all = tensor(
      Array.from({ length: outputs }, (_, o) => factors((columns?.[0] ?? 0) + o)),
      [outputs],
    );
    weight = mul(weight, all);
    bias = bias && mul(bias, all);
  }
  if (outputScale) {
    weight = mul(weight, outputScale);
    bias = bias && mul(bias, outputScale);
  }
  if (!centred) return { weight, bias };
  return { weight: centre(weight), bias: bias && centre(bias) };
}
