/**
 * Measures of a classifier from its logits. Accuracy, macro-F1 and per-class accuracy are those of Dassl's classification
 * evaluator, with which both papers measure; the calibration error is Guo et al., "On Calibration of Modern Neural
 * Networks" (ICML 2017), equation 3.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import type { Metrics } from "./record.ts";

/** Bins of the calibration error, as in Guo et al. */
const calibrationBins = 15;

/**
 * Measures the predictions that logits make. Ties take the first class.
 *
 * @param logits `[images, classes]`, row by row
 * @param classes number of columns
 * @param labels the right class of each image, from 0
 * @returns percentages, and the predicted class of each image
 * @throws {UserError} when there are no images, or a logit is NaN or infinite
 * @throws {RangeError} when the sizes do not fit or a label is not a class
 *
 * @category Evaluate
 *
 * @example
 * ```ts
 * import { evaluateLogits } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const logits = new Float32Array([2, 1, 0, 0, 3, 1]); // two images, three classes
 * const { accuracy, predictions } = evaluateLogits(logits, 3, [0, 2]);
 * assert.equal(accuracy, 50);
 * assert.deepEqual([...predictions], [0, 1]);
 * ```
 */
export function evaluateLogits(
  logits: Float32Array,
  classes: number,
  labels: readonly number[],
): Metrics & { predictions: Int32Array } {
  check(logits, classes, labels);
  const n = labels.length;
  const predictions = new Int32Array(n);
  const confidences = new Float64Array(n);
  let amongFive = 0;
  for (let image = 0; image < n; image++) {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    const first = firstLargest(row);
    predictions[image] = first;
    confidences[image] = 1 / row.reduce((sum, logit) => sum + Math.exp(logit - row[first]!), 0);
    if (rank(row, labels[image]!) < 5) amongFive++;
  }
  const counts = countByClass(predictions, labels, classes);
  const present = counts.filter(({ truth }) => truth > 0);
  return {
    n,
    accuracy: 100 * sum(counts.map(({ hits }) => hits)) / n,
    top5: 100 * amongFive / n,
    macroF1: 100 * sum(present.map((c) => 2 * c.hits / (c.truth + c.predicted))) / present.length,
    perClassAccuracy: 100 * sum(present.map((c) => c.hits / c.truth)) / present.length,
    calibrationError: calibrationError(confidences, predictions, labels),
    predictions,
  };
}

/** How often a class is the truth, is predicted, and both. */
interface ClassCounts {
  truth: number;
  predicted: number;
  hits: number;
}

function countByClass(
  predictions: Int32Array,
  labels: readonly number[],
  classes: number,
): ClassCounts[] {
  const counts = Array.from({ length: classes }, () => ({ truth: 0, predicted: 0, hits: 0 }));
  labels.forEach((label, image) => {
    counts[label]!.truth++;
    counts[predictions[image]!]!.predicted++;
    if (predictions[image] === label) counts[label]!.hits++;
  });
  return counts;
}

/** Σ over bins of (share of images) · |accuracy − mean confidence|, in percent; bins are open below, closed above. */
function calibrationError(
  confidences: Float64Array,
  predictions: Int32Array,
  labels: readonly number[],
): number {
  const gaps = new Float64Array(calibrationBins); // Σ (hit − confidence) of the bin's images
  confidences.forEach((confidence, image) => {
    const bin = Math.max(0, Math.ceil(confidence * calibrationBins) - 1);
    gaps[Math.min(bin, calibrationBins - 1)]! += Number(predictions[image] === labels[image]) -
      confidence;
  });
  return 100 * sum([...gaps].map(Math.abs)) / labels.length;
}

function firstLargest(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}

/** How many classes come before `label`: those with a larger logit, and equals with a smaller index. */
function rank(row: Float32Array, label: number): number {
  let before = 0;
  for (let i = 0; i < row.length; i++) {
    if (row[i]! > row[label]! || (row[i] === row[label] && i < label)) before++;
  }
  return before;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function check(logits: Float32Array, classes: number, labels: readonly number[]): void {
  if (labels.length === 0) {
    throw new UserError(
      "There are no test images to evaluate: check the split file and the data folder.",
    );
  }
  if (logits.length !== labels.length * classes) {
    throw new RangeError(
      `${logits.length} logits for ${labels.length} images × ${classes} classes`,
    );
  }
  const stray = labels.find((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (stray !== undefined) throw new RangeError(`label ${stray} is not one of ${classes} classes`);
  const bad = logits.findIndex((logit) => !Number.isFinite(logit));
  if (bad >= 0) {
    throw new UserError(
      `The logit of test image ${Math.floor(bad / classes)} for class ${bad % classes} is ` +
        `${logits[bad]}: training diverged or the weights are broken; try a lower learning rate.`,
    );
  }
}
