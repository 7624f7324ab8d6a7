/**
 * Softmax, layer normalisation and unit length: normalisations along the last axis, right to any order of derivative.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { add, exp, mean, mul, neg, rowDot, scale, shift, square, sub, sum } from "./elementwise.ts";
import { fusedSoftmax, hasFused } from "./native_fused.ts";
import { reduceRows } from "./native_kernels.ts";
import { isTracked, record, recordJointly, type Tensor } from "./tape.ts";
import { hasProgram, program, programOfSeveral } from "./programs.ts";

const last = [-1];

/** Softmax along the last axis. */
export function softmax(x: Tensor): Tensor {
  const y = rowSoftmax(x);
  return record(y, [x, (d) => pullSoftmax(y, d)]);
}

/** The same without a gradient. */
export function rowSoftmax(x: Tensor): Tensor {
  return hasFused() ? fusedSoftmax(x) : tf.softmax(x);
}

/** weights·(d − ⟨d, weights⟩): what pulling a cotangent of the weights back through a softmax comes to. */
export function pullSoftmax(weights: Tensor, d: Tensor): Tensor {
  if (!hasProgram("SoftmaxPull")) return weigh(weights, d, rowDot(d, weights));
  return record(
    program("SoftmaxPull", { w: weights, d }),
    [d, (c) => pullSoftmax(weights, c)],
    [weights, (c) => bendSoftmax(weights, d, c)],
  );
}

/** The same where the weights' cotangent comes from y = weights·v: then ⟨d weights, weights⟩ = ⟨d y, y⟩, which is smaller. */
export function pullWeighted(weights: Tensor, dWeights: Tensor, dy: Tensor, y: Tensor): Tensor {
  if (hasProgram("SoftmaxPull")) return pullSoftmax(weights, dWeights); // a row's sum costs its program nothing
  return weigh(weights, dWeights, rowDot(dy, y));
}

/** weights·(d − s), s a number for each row. */
function weigh(weights: Tensor, d: Tensor, s: Tensor): Tensor {
  return mul(weights, sub(d, s));
}

/** The derivative of {@linkcode pullSoftmax} in the weights, pulling c back: c·(d − ⟨d, weights⟩) − d·⟨c, weights⟩. */
function bendSoftmax(weights: Tensor, d: Tensor, c: Tensor): Tensor {
  if (![weights, d, c].some(isTracked)) return program("SoftmaxBend", { w: weights, d, c });
  return sub(mul(c, sub(d, rowDot(d, weights))), mul(d, rowDot(c, weights)));
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
  const width = x.shape[x.rank - 1]!;
  const [y, r] = tf.tidy((): [Tensor, Tensor] => {
    if (hasProgram("Standardized")) return programOfSeveral("Standardized", { x }, { epsilon });
    const centred: Tensor = tf.sub(x, reduceRows(x, "Mean"));
    const squared: Tensor = tf.square(centred);
    const deviation: Tensor = tf.rsqrt(tf.add(reduceRows(squared, "Mean"), epsilon));
    return [tf.mul(centred, deviation), deviation];
  });
  // dr/dx = −r²·y/width; dy/dx pulls d to r·(d − mean d − y·mean(d·y))
  record(r, [x, (d) => scale(mul(mul(d, square(r)), y), -1 / width)]);
  return record(y, [x, (d) => pullStandardize(d, y, r)]);
}

/** r·(d − mean d − y·mean(d·y)), symmetric in d. */
function pullStandardize(d: Tensor, y: Tensor, r: Tensor): Tensor {
  const turned = () => sub(sub(d, mean(d, last, true)), mul(y, mean(mul(d, y), last, true)));
  if (!hasProgram("StandardizedPull")) return mul(r, turned());
  return record(
    program("StandardizedPull", { d, y, r }),
    [d, (c) => pullStandardize(c, y, r)],
    [y, (c) => {
      const onC = mul(c, mean(mul(d, y), last, true));
      return neg(mul(r, add(onC, mul(d, mean(mul(c, y), last, true)))));
    }],
    [r, (c) => rowDot(c, turned())],
  );
}

/** x / √(‖x‖² + ε) along the last axis: of unit length where ε is 0. */
export function unitLength(x: Tensor, epsilon = 0): Tensor {
  if (hasProgram("UnitLength")) {
    const y = program("UnitLength", { x }, { epsilon });
    return record(y, [x, (d) => pullUnitLength({ x, y, epsilon }, d)]);
  }
  const [y, r] = tf.tidy((): [Tensor, Tensor] => {
    const squared = reduceRows(tf.square(x), "Sum");
    const r: Tensor = tf.rsqrt(epsilon === 0 ? squared : shift(squared, epsilon));
    return [tf.mul(x, r), r];
  });
  record(r, [x, (d) => neg(mul(mul(d, square(r)), y))]); // only a third derivative asks
  return record(y, [x, (d) => pullUnitLength({ x, y, r, epsilon }, d)]);
}

/** What came of bringing x to unit length: y = r·x, r = 1/√(‖x‖² + ε). Programs compute r themselves. */
interface Unit {
  x: Tensor;
  y: Tensor;
  r?: Tensor;
  epsilon: number;
}

/**
 * r·(d − y·⟨d, y⟩): the Jacobian of `unitLength`, which is symmetric. Its own derivative in x along c is
 * −r²·(y·(⟨c, d⟩ − 3⟨c, y⟩⟨d, y⟩) + d·⟨c, y⟩ + c·⟨d, y⟩), so a Hessian costs no graph of parts.
 */
function pullUnitLength(unit: Unit, d: Tensor, known?: Tensor): Tensor {
  const { x, y, r, epsilon } = unit;
  const given = r && (known ?? rowDot(d, y));
  const pulled = r && given
    ? tf.tidy((): Tensor => tf.mul(r, tf.sub(d, tf.mul(y, given))))
    : program("UnitLengthPull", { x, y, d }, { epsilon });
  return recordJointly([pulled], [x, d], ([c]) => {
    if (!r && ![x, d, c].some(isTracked)) {
      const bent = program("UnitLengthBend", { x, y, d, c: c }, { epsilon });
      return [bent, pullUnitLength(unit, c)];
    }
    const along = given ?? rowDot(d, y);
    const cy = rowDot(c, y);
    const onY = sub(rowDot(c, d), scale(mul(cy, along), 3));
    const sum = add(mul(y, onY), add(mul(d, cy), mul(c, along)));
    return [mul(neg(square(r ?? inverseLength(x, epsilon))), sum), pullUnitLength(unit, c, cy)];
  })[0];
}

/** 1/√(‖x‖² + ε) along the last axis, by a program: where a third derivative asks for it. */
function inverseLength(x: Tensor, epsilon: number): Tensor {
  const r = program("InverseLength", { x }, { epsilon });
  return record(r, [x, (d) => neg(mul(mul(d, mul(square(r), r)), x))]);
}

/** x − mean along the last axis. */
export function centre(x: Tensor): Tensor {
  const y: Tensor = hasProgram("Centred")
    ? program("Centred", { x })
    : tf.tidy(() => tf.sub(x, reduceRows(x, "Mean")));
  return record(y, [x, centre]);
}

/** −log softmax(logits)[label], for each row. `targets`: [rows, classes], one-hot or soft. → [rows] */
export function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return neg(sum(mul(logSoftmax(logits), targets), last));
}
