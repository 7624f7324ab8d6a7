import assert from "node:assert/strict";
import { evaluateLogits } from "../../lib/engine/metrics.ts";
import { UserError } from "../../lib/errors.ts";
import { publishedPath } from "../published.ts";

interface EvaluatorRecord {
  logits: number[][];
  labels: number[];
  pred: number[];
  result: { accuracy: number; macro_f1: number; perclass_accuracy: number };
}

/**
 * Calibration error and top-5 of those records by NumPy: bin edges by linspace, a stable argsort, so that ties take the
 * first class. (scikit-learn's top_k_accuracy_score takes the last: 75.5 for the second record, which has ties.)
 */
const further = [[16.292183316618157, 96], [7.6119411004850885, 74], [
  13.071336631965341,
  75.67567567567568,
]];

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);

Deno.test("measures are those of the published evaluator and of NumPy", () => {
  const { evaluator }: { evaluator: EvaluatorRecord[] } = JSON.parse(
    Deno.readTextFileSync(publishedPath("metrics.json")),
  );
  assert.equal(evaluator.length, further.length);
  evaluator.forEach(({ logits, labels, pred, result }, i) => {
    const found = evaluateLogits(new Float32Array(logits.flat()), logits[0]!.length, labels);
    assert.deepEqual([...found.predictions], pred);
    near(found.accuracy, result.accuracy);
    near(found.macroF1, result.macro_f1);
    near(found.perClassAccuracy, result.perclass_accuracy);
    near(found.calibrationError, further[i]![0]!);
    near(found.top5, further[i]![1]!);
  });
});

Deno.test("a tie takes the first class, in top-1 and in top-5", () => {
  const flat = new Float32Array(7);
  assert.equal(evaluateLogits(flat, 7, [0]).accuracy, 100);
  assert.equal(evaluateLogits(flat, 7, [1]).accuracy, 0);
  assert.equal(evaluateLogits(flat, 7, [4]).top5, 100);
  assert.equal(evaluateLogits(flat, 7, [5]).top5, 0);
});

Deno.test("classes without images count in no mean, though they may be predicted", () => {
  const logits = new Float32Array([9, 0, 0, 0, 0, 9]); // the second image is taken for class 2
  const { accuracy, macroF1, perClassAccuracy } = evaluateLogits(logits, 3, [0, 0]);
  assert.equal(accuracy, 50);
  assert.equal(perClassAccuracy, 50);
  near(macroF1, 100 * 2 / 3);
});

Deno.test("one class is always right, with the confidence 1", () => {
  const { accuracy, top5, calibrationError } = evaluateLogits(new Float32Array([3, -2]), 1, [0, 0]);
  assert.deepEqual([accuracy, top5, calibrationError], [100, 100, 0]);
});

Deno.test("large logits do not overflow", () => {
  assert.equal(evaluateLogits(new Float32Array([3e38, -3e38]), 2, [0]).calibrationError, 0);
});

Deno.test("a logit that is no number, and no images at all, are told in one line", () => {
  for (const bad of [NaN, Infinity]) {
    assert.throws(
      () => evaluateLogits(new Float32Array([0, 1, 2, bad]), 2, [0, 1]),
      (error: Error) => error instanceof UserError && /image 1 for class 1 is/.test(error.message),
    );
  }
  assert.throws(() => evaluateLogits(new Float32Array(), 2, []), UserError);
});

Deno.test("sizes and labels that do not fit are refused", () => {
  assert.throws(() => evaluateLogits(new Float32Array(5), 2, [0, 1]), /5 logits for 2 images × 2/);
  assert.throws(() => evaluateLogits(new Float32Array(4), 2, [0, 2]), /label 2 is not one of 2/);
});
