/**
 * The transformers' activations. A slope is computed with the activation, so that a pull-back is one product, however many
 * cotangents come through, and at first order needs nothing else of the forward pass.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { add, exp, mul, neg, scale, shift, sigmoid, square } from "./elementwise.ts";
import { isTracked, record, type Tensor } from "./tape.ts";
import { hasProgram, program } from "./programs.ts";

/** Computes an activation and its slope from x and, for a second derivative, the curvature from x and the slope. */
interface Rule {
  value(x: Tensor): Tensor;
  withSlope(x: Tensor): [y: Tensor, slope: Tensor];
  curvature(x: Tensor, slope: Tensor): Tensor;
}

function activate(x: Tensor, { value, withSlope, curvature }: Rule): Tensor {
  if (!isTracked(x)) return tf.tidy(() => value(x));
  const [y, slope] = tf.tidy(() => withSlope(x));
  record(slope, [x, (d) => mul(d, curvature(x, slope))]);
  return record(y, [x, (d) => mul(d, slope)]);
}

/** From which order of derivative on an activation's rule reads its input, which below it may be freed. */
export function readsInputFrom(): 1 | 2 {
  return hasProgram("Silu") ? 1 : 2; // elsewhere the slope is kept in its place
}

/** x·σ(x). */
export function silu(x: Tensor): Tensor {
  if (!hasProgram("Silu")) return activate(x, SILU);
  return record(program("Silu", { x }), [x, (d) => pullSilu(x, d)]);
}

/** Where there are programs, the one that multiplies by the slope computes it. */
function pullSilu(x: Tensor, d: Tensor): Tensor {
  return record(
    program("SiluPull", { x, d }),
    [d, (c) => pullSilu(x, c)],
    [x, (c) => bendSilu(x, d, c)],
  );
}

/** c·d times the curvature. */
function bendSilu(x: Tensor, d: Tensor, c: Tensor): Tensor {
  if (![x, d, c].some(isTracked)) return program("SiluBend", { x, d, c });
  const gate = sigmoid(x);
  const slope = add(gate, mul(mul(x, gate), shift(neg(gate), 1)));
  return mul(mul(c, d), SILU.curvature(x, slope));
}

const SILU: Rule = {
  value: (x) => tf.mul(x, tf.sigmoid(x)),
  withSlope(x) {
    const gate = tf.sigmoid(x);
    const y: Tensor = tf.mul(x, gate);
    return [y, tf.add(gate, tf.sub(y, tf.mul(y, gate)))]; // σ + xσ(1 − σ)
  },
  /** By the first derivative: σ(1 − σ)(2 + x(1 − 2σ)) = σ + (1 − 2σ)·slope. */
  curvature(x, slope) {
    const gate = sigmoid(x);
    return add(gate, mul(slope, shift(scale(gate, -2), 1)));
  },
};

/** x·σ(1.702 x), CLIP's activation. The encoders fold the factor into the layers around `silu`. */
export function quickGelu(x: Tensor): Tensor {
  return scale(silu(scale(x, QUICK)), 1 / QUICK);
}

/** The factor in CLIP's x·σ(1.702 x). */
export const QUICK = 1.702;

/** x·Φ(x), Φ being the normal distribution's: PyTorch's `GELU()`, of CLIPs that open_clip trained. */
export function gelu(x: Tensor): Tensor {
  return activate(x, GELU);
}

const GELU: Rule = {
  value: (x) => tf.mul(x, share(x)),
  withSlope(x) {
    const below = share(x);
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return [tf.mul(x, below), tf.add(below, tf.mul(x, density))]; // Φ + xφ
  },
  /** (2 − x²)·φ(x). */
  curvature(x) {
    const squared = square(x);
    const density = scale(exp(scale(squared, -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return mul(shift(neg(squared), 2), density);
  },
};

/** Φ(x) = ½(1 + erf(x/√2)). */
function share(x: Tensor): Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

/** ½x(1 + tanh(√(2/π)(x + 0.044715x³))) = x·σ(u), PyTorch's `GELU("tanh")`: of SigLIP's. */
export function geluTanh(x: Tensor): Tensor {
  return activate(x, GELU_TANH);
}

const [LINEAR, CUBIC] = [2 * Math.sqrt(2 / Math.PI), 2 * Math.sqrt(2 / Math.PI) * 0.044715];

const GELU_TANH: Rule = {
  value: (x) => tf.mul(x, tf.sigmoid(tf.mul(x, tf.add(tf.mul(tf.square(x), CUBIC), LINEAR)))),
  withSlope(x) {
    const squared = tf.mul(tf.square(x), CUBIC);
    const gate = tf.sigmoid(tf.mul(x, tf.add(squared, LINEAR)));
    const y: Tensor = tf.mul(x, gate);
    const inner = tf.add(tf.mul(squared, 3), LINEAR);
    return [y, tf.add(gate, tf.mul(tf.sub(y, tf.mul(y, gate)), inner))]; // σ + xσ(1 − σ)·u′
  },
  /** σ(1 − σ)·(2u′ + x·u″ + x·u′²·(1 − 2σ)). */
  curvature(x) {
    const squared = scale(square(x), CUBIC);
    const gate = sigmoid(mul(x, shift(squared, LINEAR)));
    const inner = shift(scale(squared, 3), LINEAR);
    const bent = add(
      add(scale(inner, 2), scale(squared, 6)),
      mul(mul(x, square(inner)), shift(scale(gate, -2), 1)),
    );
    return mul(mul(gate, shift(neg(gate), 1)), bent);
  },
};
