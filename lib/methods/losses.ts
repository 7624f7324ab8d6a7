/**
 * The losses that methods are trained by. Features are of unit length, logits [batch, classes]; each is a scalar.
 *
 * @module
 */
import {
  abs,
  crossEntropy,
  logSoftmax,
  mean,
  mul,
  neg,
  oneHot,
  scale,
  shift,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
} from "../tensor/mod.ts";

/** Mean cross-entropy with the batch's labels. */
export function labelLoss(logits: Tensor, labels: number[]): Tensor {
  return mean(crossEntropy(logits, oneHot(labels, logits.shape[1]!)));
}

/**
 * Distillation from zero-shot CLIP (ProGrad): −Σ softmax(teacher/T)·log softmax(student/T)·T², mean over the batch.
 * Published as a KL divergence, which differs by the teacher's entropy and has the same gradient.
 */
export function distillationLoss(student: Tensor, teacher: Tensor, temperature: number): Tensor {
  const target = softmax(scale(teacher, 1 / temperature));
  return mean(scale(crossEntropy(scale(student, 1 / temperature), target), temperature ** 2));
}

/** KL(teacher ‖ student), mean over batch and classes (PromptSRC, equation 6). */
export function meanDivergence(student: Tensor, teacher: Tensor): Tensor {
  return mean(mul(softmax(teacher), sub(logSoftmax(teacher), logSoftmax(student))));
}

/** How far features are from the frozen ones, [n, embedding] both. */
export type Distance = (features: Tensor, frozen: Tensor) => Tensor;

/** The mean over all entries of |x − y| (PromptSRC, ProMetaR). */
export function meanAbsolute(x: Tensor, y: Tensor): Tensor {
  return mean(abs(sub(x, y)));
}

/** The mean over all entries of (x − y)². */
export function meanSquare(x: Tensor, y: Tensor): Tensor {
  return mean(square(sub(x, y)));
}

/** The mean of 1 − cos(x, y): half the squared distance (KgCoOp). */
export function meanCosine(x: Tensor, y: Tensor): Tensor {
  return shift(neg(mean(sum(mul(x, y), [-1]))), 1);
}
