/**
 * Losses on one tape and the gradients of each: of one learner, or of several, whose parameters are different inputs of the
 * tape, so that each learner's gradients are those of its own losses.
 *
 * @module
 */
import { nameTensors, onesLike, type Tensor, type Tensors, vjp } from "../tensor/mod.ts";
import type { Batch, StepContext } from "./method.ts";

/** What a rule follows on a batch: losses, and something made of their gradients. */
export interface StepObjective {
  /** The losses, scalars, first the one that training tells of; and the logits, [batch, classes]. */
  losses(params: Tensors, batch: Batch, context: StepContext): { losses: Tensor[]; logits: Tensor };
  /** What is followed, of the gradients of each loss. */
  follow(gradients: Tensors[], context: StepContext): Tensors;
}

/** What training follows: a gradient for each parameter, the loss and the logits it came with. */
export interface Descent {
  /** The gradients, by the parameters' names. */
  gradients: Tensors;
  /** The loss, a scalar. */
  loss: Tensor;
  /** The logits, [batch, classes]. */
  logits: Tensor;
  /** The labels of the rows of `logits`, where these are other rows than the batch's. */
  labels?: number[];
}

/** A learner's place on the tape. */
export interface Descending {
  objective: StepObjective;
  params: Tensors;
  batch: Batch;
  context: StepContext;
}

/**
 * The descents of learners on one tape. Inside `tidy`.
 *
 * @param during what their losses are computed in
 */
export function descend(
  all: readonly Descending[],
  during: <T>(f: () => T) => T = (f) => f(),
): Descent[] {
  let answers: ReturnType<StepObjective["losses"]>[] = [];
  const { pull } = vjp(() => {
    answers = during(() =>
      all.map(({ objective, params, batch, context }) => objective.losses(params, batch, context))
    );
    return answers.flatMap(({ losses }) => losses);
  }, all.flatMap(({ params }) => Object.values(params)));
  const most = Math.max(...answers.map(({ losses }) => losses.length));
  // One pass back takes a loss of every learner.
  const pulled = Array.from(
    { length: most },
    (_, i) =>
      pull(
        answers.flatMap(({ losses }) => losses.map((loss, j) => i === j ? onesLike(loss) : null)),
      ),
  );
  let at = 0;
  return all.map(({ objective, params, context }, k) => {
    const { losses, logits } = answers[k]!;
    const names = Object.keys(params);
    const gradients = losses.map((_, i) =>
      nameTensors(names, pulled[i]!.slice(at, at + names.length))
    );
    at += names.length;
    return { gradients: objective.follow(gradients, context), loss: losses[0]!, logits };
  });
}
