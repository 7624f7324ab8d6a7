/**
 * Multinomial logistic regression, solved: C·Σ log-loss + ½‖W‖² over W, with free intercepts, as scikit-learn writes it.
 *
 * @module
 */
import { lbfgs } from "../optim/mod.ts";

/** Examples, in double precision on the host. */
export interface Examples {
  /** The examples' features, row after row, [examples · width]. */
  features: Float64Array;
  labels: number[];
  /** The length of a row. */
  width: number;
  classes: number;
}

/** A classifier: logits = features·weight + intercept. */
export interface Logistic {
  /** The weights, [width, classes]. */
  weight: Float64Array;
  /** The intercepts, [classes]. */
  intercept: Float64Array;
}

/** How near to the optimum to go. */
export interface Stopping {
  /** The most iterations that L-BFGS takes. */
  maxIterations: number;
  /**
   * Where to stop: the norm of the gradient over that of the weights. The problem is 1-strongly convex in the weights, so
   * this bounds their relative error; the intercepts' gradient is held to it over their own curvature.
   */
  tolerance: number;
}

/**
 * The optimum for one C. Features are centred for the solution, which changes nothing but the intercepts and makes the
 * problem far better conditioned.
 *
 * @param start where to begin: a solution for another C
 */
export function solveLogistic(
  examples: Examples,
  c: number,
  { maxIterations, tolerance }: Stopping,
  start?: Logistic,
): Logistic & { objective: number; iterations: number; converged: boolean } {
  const { labels, width, classes } = examples;
  const means = featureMeans(examples);
  const centred = { ...examples, features: minusMeans(examples.features, means) };
  const weights = width * classes;
  const curvature = c * labels.length / classes; // of the intercepts, about
  const unit = Math.max(1, 1 / Math.sqrt(curvature)); // of an intercept in x: it has no penalty to curve it
  const x = new Float64Array(weights + classes);
  if (start) {
    x.set(start.weight);
    x.set(moved(start, means, 1).map((b) => b / unit), weights);
  }
  const { x: solved, value, iterations, converged } = lbfgs(objective(centred, c, unit), x, {
    maxIterations,
    done(x, gradient) {
      const size = norm(x.subarray(0, weights));
      return norm(gradient.subarray(0, weights)) <= tolerance * size &&
        norm(gradient.subarray(weights)) <= tolerance * Math.min(1, size) * curvature * unit;
    },
  });
  const found = {
    weight: solved.slice(0, weights),
    intercept: solved.slice(weights).map((b) => b * unit),
  };
  const intercept = moved(found, means, -1);
  return { weight: found.weight, intercept, objective: value, iterations, converged };
}

/** Logits of one row: x·weight + intercept. */
export function logitsOf({ weight, intercept }: Logistic, row: Float64Array): Float64Array {
  const logits = intercept.slice();
  accumulate(logits, row, weight);
  return logits;
}

/** How many of the examples are told right, from 0 to 1; of equal logits the first wins. */
export function accuracy(by: Logistic, { features, labels, width }: Examples): number {
  const right = labels.filter((label, i) => {
    const logits = logitsOf(by, features.subarray(i * width, (i + 1) * width));
    return logits.indexOf(logits.reduce((a, b) => Math.max(a, b))) === label;
  });
  return right.length / labels.length;
}

/** The intercepts for features that `sign`·means is added to. */
function moved({ weight, intercept }: Logistic, means: Float64Array, sign: number): Float64Array {
  return logitsOf({ weight, intercept }, means.map((m) => sign * m));
}

function featureMeans({ features, width }: Examples): Float64Array {
  const sums = new Float64Array(width);
  for (let i = 0; i < features.length; i++) sums[i % width]! += features[i]!;
  return sums.map((sum) => sum * width / features.length);
}

function minusMeans(features: Float64Array, means: Float64Array): Float64Array {
  return features.map((value, i) => value - means[i % means.length]!);
}

/** C·Σ log-loss + ½‖W‖² of [weight, intercept/unit]. */
function objective({ features, labels, width, classes }: Examples, c: number, unit: number) {
  const block = 4;
  const residuals = Array.from({ length: block }, () => new Float64Array(classes));
  return (x: Float64Array, gradient: Float64Array): number => {
    const weights = width * classes;
    gradient.fill(0);
    let loss = 0;
    for (let from = 0; from < labels.length; from += block) {
      for (let i = 0; i < block; i++) {
        const residual = residuals[i]!;
        residual.fill(0);
        if (from + i >= labels.length) continue;
        for (let k = 0; k < classes; k++) residual[k] = unit * x[weights + k]!;
        accumulate(residual, features.subarray((from + i) * width, (from + i + 1) * width), x);
        loss += c * toResidual(residual, labels[from + i]!);
        for (let k = 0; k < classes; k++) {
          residual[k]! *= c;
          gradient[weights + k]! += unit * residual[k]!;
        }
      }
      spread(gradient, features, from * width, width, residuals);
    }
    for (let i = 0; i < weights; i++) {
      loss += x[i]! * x[i]! / 2;
      gradient[i]! += x[i]!;
    }
    return loss;
  };
}

/** logits += row·weight, four features at a time. */
function accumulate(logits: Float64Array, row: Float64Array, weight: Float64Array): void {
  const classes = logits.length;
  let j = 0;
  for (; j + 3 < row.length; j += 4) {
    const [a, b, c, d] = [row[j]!, row[j + 1]!, row[j + 2]!, row[j + 3]!];
    const w0 = j * classes;
    const [w1, w2, w3] = [w0 + classes, w0 + 2 * classes, w0 + 3 * classes];
    for (let k = 0; k < classes; k++) {
      logits[k]! += a * weight[w0 + k]! + b * weight[w1 + k]! + c * weight[w2 + k]! +
        d * weight[w3 + k]!;
    }
  }
  for (; j < row.length; j++) {
    for (let k = 0; k < classes; k++) logits[k]! += row[j]! * weight[j * classes + k]!;
  }
}

/** Turns logits into softmax − onehot(label). → the log-loss */
function toResidual(logits: Float64Array, label: number): number {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const atLabel = logits[label]! - most;
  let total = 0;
  for (let k = 0; k < logits.length; k++) total += logits[k] = Math.exp(logits[k]! - most);
  for (let k = 0; k < logits.length; k++) logits[k]! /= total;
  logits[label]! -= 1;
  return Math.log(total) - atLabel;
}

/** gradient += featuresᵀ·residuals for a block of four rows. Rows past the end have no residual. */
function spread(
  gradient: Float64Array,
  features: Float64Array,
  from: number,
  width: number,
  [r0, r1, r2, r3]: Float64Array[],
): void {
  const classes = r0!.length;
  const at = (row: number, j: number) => features[from + row * width + j] ?? 0;
  for (let j = 0; j < width; j++) {
    const [a, b, c, d] = [at(0, j), at(1, j), at(2, j), at(3, j)];
    const to = j * classes;
    for (let k = 0; k < classes; k++) {
      gradient[to + k]! += a * r0![k]! + b * r1![k]! + c * r2![k]! + d * r3![k]!;
    }
  }
}

function norm(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  return Math.sqrt(sum);
}
