/**
 * Softmax, layer normalisation and unit length: normalisations along the last axis, right to any order of derivative.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { add, exp, mean, mul, neg, rowDot, scale, shift, square, sub, sum } from "./elementwise.ts";
import { reduceRows } from "./native_kernels.ts";
import { record, recordJointly, type Tensor } from "./tape.ts";

const last = [-1];

/** Softmax along the last axis. */
export function softmax(x: Tensor): Tensor {
  const y: Tensor = tf.softmax(x);
  return record(y, [x, (d) => mul(y, sub(d, rowDot(d, y)))]);
}

/** log softmax along the last axis. */
export function logSoftmax(x: Tensor): Tensor {
  const y: Tensor = tf.tidy(() => tf.logSoftmax(x));
  return record(y, [x, (d) => sub(d, mul(exp(y), sum(d, last, true)))]);
}

/**
 * (x − mean) / √(variance + ε) along the last axis, without gain and bias: those of a frozen encoder are folded into the
 * linear layer that follows.
 */
export function standardize(x: Tensor, epsilon = 1e-5): Tensor {
  const width = x.shape[x.rank - 1];
  const [y, r] = tf.tidy((): [Tensor, Tensor] => {
    const centred: Tensor = tf.sub(x, reduceRows(x, "Mean"));
    const squared: Tensor = tf.square(centred);
    const deviation: Tensor = tf.rsqrt(tf.add(reduceRows(squared, "Mean"), epsilon));
    return [tf.mul(centred, deviation), deviation];
  });
  // dr/dx = −r²·y/width; dy/dx pulls d to r·(d − mean d − y·mean(d·y))
  record(r, [x, (d) => scale(mul(mul(d, square(r)), y), -1 / width)]);
  return record(y, [x, (d) => {
    const centred = sub(d, mean(d, last, true));
    return mul(r, sub(centred, mul(y, mean(mul(d, y), last, true))));
  }]);
}

/** x / √(‖x‖² + ε) along the last axis: of unit length where ε is 0. */
export function unitLength(x: Tensor, epsilon = 0): Tensor {
  const [y, r] = tf.tidy((): [Tensor, Tensor] => {
    const squared = reduceRows(tf.square(x), "Sum");
    const r: Tensor = tf.rsqrt(epsilon === 0 ? squared : shift(squared, epsilon));
    return [tf.mul(x, r), r];
  });
  record(r, [x, (d) => neg(mul(mul(d, square(r)), y))]); // only a third derivative asks
  return record(y, [x, (d) => pullUnitLength(x, y, r, d)]);
}

/**
 * r·(d − y·⟨d, y⟩), with y = r·x and r = 1/√(‖x‖² + ε): the Jacobian of `unitLength`, which is symmetric. Its own
 * derivative in x along c is −r²·(y·(⟨c, d⟩ − 3⟨c, y⟩⟨d, y⟩) + d·⟨c, y⟩ + c·⟨d, y⟩), so a Hessian costs no graph of parts.
 */
function pullUnitLength(x: Tensor, y: Tensor, r: Tensor, d: Tensor, along = rowDot(d, y)): Tensor {
  const pulled = tf.tidy((): Tensor => tf.mul(r, tf.sub(d, tf.mul(y, along))));
  return recordJointly([pulled], [x, d], ([c]) => {
    const cy = rowDot(c, y);
    const onY = sub(rowDot(c, d), scale(mul(cy, along), 3));
    const sum = add(mul(y, onY), add(mul(d, cy), mul(c, along)));
    return [mul(neg(square(r)), sum), pullUnitLength(x, y, r, c, cy)];
  })[0];
}

/** x − mean along the last axis. */
export function centre(x: Tensor): Tensor {
  return record(tf.tidy(() => tf.sub(x, reduceRows(x, "Mean"))), [x, centre]);
}

/** −log softmax(logits)[label], for each row. `targets`: [rows, classes], one-hot or soft. → [rows] */
export function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return neg(sum(mul(logSoftmax(logits), targets), last));
}
