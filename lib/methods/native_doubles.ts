/**
 * Products of doubles by TensorFlow, on the native backend. TensorFlow.js has no such type: bits go in and out as pairs of
 * int32, which TensorFlow reads as doubles without touching them.
 *
 * It is here and not in tensor/, whose code is part of every cell's identity, since one method alone computes with it.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Products } from "./double_products.ts";

/** TensorFlow's DT_DOUBLE. */
const DOUBLE = 2;

/** What of tfjs-node's addon is called. */
interface Binding {
  TF_INT32: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_BOOL: number;
  createTensor(shape: number[], dtype: number, values: Int32Array): number;
  executeOp(name: string, attributes: unknown[], inputs: number[], outputs: 1): [{ id: number }];
  tensorDataSync(id: number): Int32Array;
  deleteTensor(id: number): void;
}

/** Products with x, [rows, width]; undefined where another backend computes, or this one has no kernels for doubles. */
export function nativeProducts(x: Float64Array, width: number): Products | undefined {
  if (tf.getBackend() !== "tensorflow") return undefined;
  const { binding } = tf.backend() as unknown as { binding: Binding };
  if (!multiplies(binding)) return undefined;
  return products(binding, x, width);
}

/** Whether TensorFlow multiplies doubles here, found out by trying: its build for a GPU may place these kernels otherwise. */
function multiplies(binding: Binding): boolean {
  try {
    using one = products(binding, Float64Array.of(1 / 3, 2), 1);
    const [a, b] = one.times(Float64Array.of(3));
    return a === 1 && b === 6;
  } catch {
    return false;
  }
}

function products(binding: Binding, x: Float64Array, width: number): Products {
  const rows = x.length / width;
  const own = matrix(binding, x, rows);
  const product = (values: Float64Array, inner: number, transpose: boolean) => {
    const held: number[] = [];
    try {
      const by = matrix(binding, values, inner);
      held.push(by);
      const y = multiplied(binding, own, by, transpose);
      held.push(y);
      const bits = cast(binding, y, DOUBLE, binding.TF_INT32);
      held.push(bits);
      const { buffer, byteOffset, length } = binding.tensorDataSync(bits);
      return new Float64Array(buffer, byteOffset, length / 2);
    } finally {
      for (const id of held) binding.deleteTensor(id);
    }
  };
  return {
    times: (weight) => product(weight, width, false),
    transposedTimes: (by) => product(by, rows, true),
    [Symbol.dispose]: () => binding.deleteTensor(own),
  };
}

/** A matrix of doubles, as TensorFlow's own handle. */
function matrix(binding: Binding, values: Float64Array, rows: number): number {
  const { buffer, byteOffset, length } = values;
  const bits = binding.createTensor(
    [rows, length / rows, 2],
    binding.TF_INT32,
    new Int32Array(buffer, byteOffset, 2 * length),
  );
  try {
    return cast(binding, bits, binding.TF_INT32, DOUBLE);
  } finally {
    binding.deleteTensor(bits);
  }
}

/** The same bits as another type. */
function cast(binding: Binding, id: number, from: number, to: number): number {
  const type = binding.TF_ATTR_TYPE;
  return binding.executeOp(
    "Bitcast",
    [
      { name: "T", type, value: from },
      { name: "type", type, value: to },
    ],
    [id],
    1,
  )[0].id;
}

function multiplied(binding: Binding, a: number, b: number, transpose: boolean): number {
  const { TF_ATTR_TYPE, TF_ATTR_BOOL } = binding;
  return binding.executeOp(
    "MatMul",
    [
      { name: "T", type: TF_ATTR_TYPE, value: DOUBLE },
      { name: "transpose_a", type: TF_ATTR_BOOL, value: transpose },
      { name: "transpose_b", type: TF_ATTR_BOOL, value: false },
    ],
    [a, b],
    1,
  )[0].id;
}
