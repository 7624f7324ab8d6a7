/**
 * The transformers' activation. Its slope is computed with it, so that a pull-back is one product, however many
 * cotangents come through, and at first order needs nothing else of the forward pass.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { add, mul, scale, shift, sigmoid } from "./elementwise.ts";
import { isTracked, record, type Tensor } from "./tape.ts";

/** x·σ(x). */
export function silu(x: Tensor): Tensor {
  if (!isTracked(x)) return tf.tidy(() => tf.mul(x, tf.sigmoid(x)));
  const [y, slope] = tf.tidy((): [Tensor, Tensor] => {
    const gate = tf.sigmoid(x);
    const y: Tensor = tf.mul(x, gate);
    return [y, tf.add(gate, tf.sub(y, tf.mul(y, gate)))]; // σ + xσ(1 − σ)
  });
  record(slope, [x, (d) => mul(d, curvature(x, slope))]);
  return record(y, [x, (d) => mul(d, slope)]);
}

/** The second derivative of x·σ(x), by the first: σ(1 − σ)(2 + x(1 − 2σ)) = σ + (1 − 2σ)·slope. */
function curvature(x: Tensor, slope: Tensor): Tensor {
  const gate = sigmoid(x);
  return add(gate, mul(slope, shift(scale(gate, -2), 1)));
}

/** x·σ(1.702 x), CLIP's activation. The encoders fold the factor into the layers around `silu`. */
export function quickGelu(x: Tensor): Tensor {
  return scale(silu(scale(x, QUICK)), 1 / QUICK);
}

/** The factor in CLIP's x·σ(1.702 x). */
export const QUICK = 1.702;
