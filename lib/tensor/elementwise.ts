/**
 * Differentiable elementwise ops and reductions. Each is a TensorFlow.js kernel and its gradient rule (see tape.ts).
 * Binary ops broadcast as NumPy's do.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { reduceRows } from "./native_kernels.ts";
import { record, type Tensor } from "./tape.ts";
import { hasProgram, program } from "./programs.ts";

/** a + b. */
export function add(a: Tensor, b: Tensor): Tensor {
  return record(tf.add(a, b), [a, (d) => sumTo(d, a.shape)], [b, (d) => sumTo(d, b.shape)]);
}

/** a − b. */
export function sub(a: Tensor, b: Tensor): Tensor {
  return record(tf.sub(a, b), [a, (d) => sumTo(d, a.shape)], [b, (d) => neg(sumTo(d, b.shape))]);
}

/** a · b, elementwise. */
export function mul(a: Tensor, b: Tensor): Tensor {
  return record(
    tf.mul(a, b),
    [a, (d) => sumTo(mul(d, b), a.shape)],
    [b, (d) => sumTo(mul(d, a), b.shape)],
  );
}

/** a / b, elementwise. */
export function div(a: Tensor, b: Tensor): Tensor {
  // Rules may free what they pull back, quotients among it: so this one does not read its own output.
  return record(
    tf.div(a, b),
    [a, (d) => sumTo(div(d, b), a.shape)],
    [b, (d) => sumTo(neg(div(mul(d, div(a, b)), b)), b.shape)],
  );
}

/** k · x for a number k. */
export function scale(x: Tensor, k: number): Tensor {
  const y: Tensor = hasProgram("Affine")
    ? program("Affine", { x }, { by: k, plus: 0 })
    : tf.tidy(() => tf.mul(x, k));
  return record(y, [x, (d) => scale(d, k)]);
}

/** x + k for a number k. */
export function shift(x: Tensor, k: number): Tensor {
  const y: Tensor = hasProgram("Affine")
    ? program("Affine", { x }, { by: 1, plus: k })
    : tf.tidy(() => tf.add(x, k));
  return record(y, [x, (d) => d]);
}

/** −x. */
export function neg(x: Tensor): Tensor {
  return record(tf.neg(x), [x, neg]);
}

/** eˣ. */
export function exp(x: Tensor): Tensor {
  const y: Tensor = tf.exp(x);
  return record(y, [x, (d) => mul(d, y)]);
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return record(tf.log(x), [x, (d) => div(d, x)]);
}

/** 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor): Tensor {
  const y: Tensor = tf.sigmoid(x);
  return record(y, [x, (d) => mul(d, mul(y, shift(neg(y), 1)))]);
}

/** Hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  const y: Tensor = tf.tanh(x);
  return record(y, [x, (d) => mul(d, shift(neg(square(y)), 1))]);
}

/** x². */
export function square(x: Tensor): Tensor {
  return record(tf.square(x), [x, (d) => scale(mul(d, x), 2)]);
}

/** √x. */
export function sqrt(x: Tensor): Tensor {
  const y: Tensor = tf.sqrt(x);
  return record(y, [x, (d) => scale(div(d, y), 0.5)]);
}

/** xⁿ for a number n. */
export function pow(x: Tensor, n: number): Tensor {
  if (n === 0) return tf.onesLike(x);
  if (n === 1) return x;
  return record(tf.tidy(() => tf.pow(x, n)), [x, (d) => scale(mul(d, pow(x, n - 1)), n)]);
}

/** |x|; the derivative at 0 is 0, as PyTorch has it. */
export function abs(x: Tensor): Tensor {
  return record(tf.abs(x), [x, (d) => mul(d, tf.sign(x))]);
}

/** max(x, 0); the derivative at 0 is 0. */
export function relu(x: Tensor): Tensor {
  return record(tf.relu(x), [x, (d) => mul(d, tf.step(x))]);
}

/** Sum over `axes` (all by default), which stay with size 1 when `keep`. */
export function sum(x: Tensor, axes?: number[], keep = false): Tensor {
  const over = axes?.map((a) => (a + x.rank) % x.rank);
  const kept = x.shape.map((n, i) => !over || over.includes(i) ? 1 : n);
  const y: Tensor = tf.tidy(() => tf.sum(x, over, keep));
  return record(y, [x, (d) => broadcastTo(reshape(d, kept), x.shape)]);
}

/** Σ a·b along the last axis, which stays with size 1. a and b are of one shape. */
export function rowDot(a: Tensor, b: Tensor): Tensor {
  const y = hasProgram("RowDot")
    ? program("RowDot", { a, b })
    : tf.tidy(() => reduceRows(tf.mul(a, b), "Sum"));
  return record(y, [a, (d) => mul(d, b)], [b, (d) => mul(d, a)]);
}

/** Mean over `axes` (all by default), which stay with size 1 when `keep`. */
export function mean(x: Tensor, axes?: number[], keep = false): Tensor {
  const y = sum(x, axes, keep);
  return scale(y, y.size / x.size);
}

/** Largest entry along the last axis; its gradient goes to the first of equal ones. */
export function max(x: Tensor): Tensor {
  const last = x.shape[x.rank - 1]!;
  return record(tf.max(x, -1), [x, (d) => {
    // cast: wasm's oneHot writes integers whatever the type asked for
    const first = tf.tidy(() => tf.cast(tf.oneHot(tf.argMax(x, -1), last), "float32") as Tensor);
    return mul(reshape(d, [...d.shape, 1]), first);
  }]);
}

/** x with another shape of the same size. */
export function reshape(x: Tensor, shape: number[]): Tensor {
  return record(tf.reshape(x, shape), [x, (d) => reshape(d, x.shape)]);
}

/** x repeated along its axes of size 1, and along new leading ones, to `shape`. */
export function broadcastTo(x: Tensor, shape: number[]): Tensor {
  if (same(x.shape, shape)) return x;
  return record(tf.tidy(() => tf.broadcastTo(x, shape)), [x, (d) => sumTo(d, x.shape)]);
}

/** The adjoint of broadcasting: x summed down to `shape`. */
export function sumTo(x: Tensor, shape: number[]): Tensor {
  if (same(x.shape, shape)) return x;
  const lead = x.rank - shape.length;
  const over = x.shape.map((_, i) => i).filter((i) =>
    i < lead || (shape[i - lead] === 1 && x.shape[i] !== 1)
  );
  return reshape(over.length > 0 ? sum(x, over) : x, shape);
}

function same(a: number[], b: number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
