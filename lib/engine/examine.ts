/**
 * What a classifier's logits say beyond one number: class by class, which classes it takes for which, and whether it is as
 * sure as it is right.
 *
 * @module
 */
import { evaluateLogits } from "./metrics.ts";
import type { Metrics } from "./record.ts";

/** How the test images of one class are classified. */
export interface ClassResult {
  /** The class, as the data set names it. */
  className: string;
  /** How many test images the class has. */
  n: number;
  /** Accuracy on these images, in percent; null where there are none. */
  accuracy: number | null;
  /** The class that most of its other images are taken for, and how many; null where none is. */
  mistaken: { className: string; n: number } | null;
}

/** The images whose confidence lies in one interval, open below. */
export interface ReliabilityBin {
  /** The confidence that the interval begins above, from 0 to 1. */
  from: number;
  /** The confidence that the interval ends at, from 0 to 1. */
  to: number;
  /** How many images fall into the interval. */
  n: number;
  /** Their mean confidence, from 0 to 1; null where there are none. */
  confidence: number | null;
  /** The share of these images that is classified right, from 0 to 1; null where there are none. */
  accuracy: number | null;
}

/**
 * What an examination of logits finds: accuracy, confusion and calibration.
 *
 * @category Evaluate
 */
export interface Examination {
  /** Accuracy and the other measures, over all images. */
  metrics: Metrics;
  /** How each class is classified, by label. */
  classes: ClassResult[];
  /** The confusion matrix: how many images of the row's class are classified as the column's. */
  confusion: number[][];
  /** The reliability diagram of Guo et al. 2017: 15 bins, from the least to the most confident. */
  reliability: ReliabilityBin[];
}

/** Bins of confidence, as for the calibration error. */
const BINS = 15;

/**
 * Examines logits, [images · classes] row by row, of images with these labels.
 *
 * @throws {UserError} when there are no images, or a logit is NaN or infinite
 *
 * @category Evaluate
 *
 * @example
 * ```ts
 * import { examine } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const logits = new Float32Array([9, 0, 9, 0, 0, 9]); // three images, two classes
 * const found = examine(logits, ["cat", "dog"], [0, 1, 1]);
 * assert.deepEqual(found.confusion, [[1, 0], [1, 1]]);
 * assert.deepEqual(found.classes[1], {
 *   className: "dog", n: 2, accuracy: 50, mistaken: { className: "cat", n: 1 },
 * });
 * ```
 */
export function examine(
  logits: Float32Array,
  classNames: readonly string[],
  labels: readonly number[],
): Examination {
  const { predictions, ...metrics } = evaluateLogits(logits, classNames.length, labels);
  const confusion = classNames.map(() => classNames.map(() => 0));
  labels.forEach((label, image) => confusion[label]![predictions[image]!]!++);
  return {
    metrics,
    classes: classNames.map((className, label) =>
      resultOf(className, label, confusion, classNames)
    ),
    confusion,
    reliability: reliability(logits, predictions, labels, classNames.length),
  };
}

function resultOf(
  className: string,
  label: number,
  confusion: number[][],
  classNames: readonly string[],
): ClassResult {
  const row = confusion[label]!;
  const n = row.reduce((a, b) => a + b, 0);
  const others = row.map((count, other) => other === label ? 0 : count);
  const most = Math.max(...others);
  return {
    ...{ className, n, accuracy: n === 0 ? null : 100 * row[label]! / n },
    mistaken: most > 0 ? { className: classNames[others.indexOf(most)]!, n: most } : null,
  };
}

function reliability(
  logits: Float32Array,
  predictions: Int32Array,
  labels: readonly number[],
  classes: number,
): ReliabilityBin[] {
  const sums = Array.from({ length: BINS }, () => ({ n: 0, confidence: 0, right: 0 }));
  labels.forEach((label, image) => {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    const first = row[predictions[image]!]!;
    const confidence = 1 / row.reduce((sum, logit) => sum + Math.exp(logit - first), 0);
    const bin = sums[Math.min(BINS - 1, Math.max(0, Math.ceil(confidence * BINS) - 1))]!;
    bin.n++;
    bin.confidence += confidence;
    bin.right += Number(predictions[image] === label);
  });
  return sums.map(({ n, confidence, right }, i) => ({
    ...{ from: i / BINS, to: (i + 1) / BINS, n },
    confidence: n === 0 ? null : confidence / n,
    accuracy: n === 0 ? null : right / n,
  }));
}
