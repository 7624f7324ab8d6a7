/**
 * Multinomial logistic regression, solved: C·Σ log-loss + ½‖W‖² over W, with free intercepts, as scikit-learn writes it.
 *
 * @module
 */
import { lbfgs } from "../optim/mod.ts";
import { hostProducts, type Products, productsWith } from "./double_products.ts";

/** Examples, in double precision. */
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
  using centred = productsWith(minusMeans(examples.features, means), width, classes);
  const weights = width * classes;
  const curvature = c * labels.length / classes; // of the intercepts, about
  const unit = Math.max(1, 1 / Math.sqrt(curvature)); // of an intercept in x: it has no penalty to curve it
  const x = new Float64Array(weights + classes);
  if (start) {
    x.set(start.weight);
    x.set(moved(start, means, 1).map((b) => b / unit), weights);
  }
  const { x: solved, value, iterations, converged } = lbfgs(
    objective(centred, examples, { c, unit }),
    x,
    {
      maxIterations,
      done(x, gradient) {
        const size = norm(x.subarray(0, weights));
        return norm(gradient.subarray(0, weights)) <= tolerance * size &&
          norm(gradient.subarray(weights)) <= tolerance * Math.min(1, size) * curvature * unit;
      },
    },
  );
  const found = {
    weight: solved.slice(0, weights),
    intercept: solved.slice(weights).map((b) => b * unit),
  };
  const intercept = moved(found, means, -1);
  return { weight: found.weight, intercept, objective: value, iterations, converged };
}

/** Logits of rows: x·weight + intercept. */
export function logitsOf({ weight, intercept }: Logistic, rows: Float64Array): Float64Array {
  const width = weight.length / intercept.length;
  return plusEach(hostProducts(rows, width).times(weight), intercept);
}

/** How many of the examples are told right, from 0 to 1; of equal logits the first wins. */
export function accuracy(by: Logistic, { features, labels, classes }: Examples): number {
  const logits = logitsOf(by, features);
  const right = labels.filter((label, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b))) === label;
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
function objective(
  features: Products,
  { labels, width, classes }: Examples,
  { c, unit }: { c: number; unit: number },
) {
  const weights = width * classes;
  return (x: Float64Array, gradient: Float64Array): number => {
    const residuals = plusEach(
      features.times(x.subarray(0, weights)),
      x.subarray(weights).map((b) => unit * b),
    );
    let loss = 0;
    gradient.fill(0, weights);
    for (const [i, label] of labels.entries()) {
      const residual = residuals.subarray(i * classes, (i + 1) * classes);
      loss += c * toResidual(residual, label);
      for (let k = 0; k < classes; k++) {
        residual[k]! *= c;
        gradient[weights + k]! += unit * residual[k]!;
      }
    }
    gradient.set(features.transposedTimes(residuals));
    for (let i = 0; i < weights; i++) {
      loss += x[i]! * x[i]! / 2;
      gradient[i]! += x[i]!;
    }
    return loss;
  };
}

/** `row` added to each row of `rows`, in place. */
function plusEach(rows: Float64Array, row: Float64Array): Float64Array {
  for (let i = 0; i < rows.length; i++) rows[i]! += row[i % row.length]!;
  return rows;
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

function norm(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  return Math.sqrt(sum);
}
