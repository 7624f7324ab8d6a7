/**
 * The pieces that prompt learners are combined from: a text side, an image side, the student they make, and training by
 * gradients. CoOp, VPT, IVLP, ProGrad and ProMetaR differ in which pieces they take.
 *
 * @module
 */
import { sgd } from "../optim/mod.ts";
import type { Streams } from "../random/mod.ts";
import {
  crossEntropy,
  dispose,
  matMul,
  mean,
  oneHot,
  onesLike,
  scale,
  type Tensor,
  type Tensors,
  unitLength,
  vjp,
} from "../tensor/mod.ts";
import type { Batch, Learner, Observer, Task } from "./method.ts";

/** Where text features come from. Its parameters are called `text.…`. */
export interface TextSide {
  init(random: Streams): Tensors;
  /** Unit length, [classes, embedding]. */
  features(params: Tensors): Tensor;
  dispose(): void;
}

/** Where image features come from. Its parameters are called `image.…`. */
export interface ImageSide {
  init(random: Streams): Tensors;
  /** Not of unit length, [batch, embedding]. */
  features(params: Tensors, batch: Batch): Tensor;
}

/** Images as the frozen tower sees them. */
export const frozenImages: ImageSide = {
  init: () => ({}),
  features: (_, { features }) => {
    if (!features) throw new Error("the batch has no frozen image features");
    return features;
  },
};

/** A student: two sides, and the classes' logits that they give. */
export interface Student {
  task: Task;
  text: TextSide;
  image: ImageSide;
  /** [batch, classes] */
  logits(params: Tensors, batch: Batch): Tensor;
}

/** Puts two sides together. */
export function student(task: Task, text: TextSide, image: ImageSide): Student {
  return {
    task,
    text,
    image,
    logits: (params, batch) =>
      classify(task, image.features(params, batch), text.features(params)),
  };
}

/** exp(logit_scale) · cosine. Images [batch, embedding], texts of unit length [classes, embedding]. → [batch, classes] */
export function classify({ clip }: Task, images: Tensor, texts: Tensor): Tensor {
  return scale(matMul(unitLength(images), texts, false, true), clip.scale);
}

/** Mean cross-entropy with the batch's labels, a scalar. */
export function labelLoss(logits: Tensor, labels: number[]): Tensor {
  return mean(crossEntropy(logits, oneHot(labels, logits.shape[1])));
}

/** What training follows: a gradient for each parameter, the loss and the logits it came with. */
export interface Descent {
  gradients: Tensors;
  loss: Tensor;
  logits: Tensor;
}

/** The gradients a method follows on a batch. */
export type Rule = (params: Tensors, batch: Batch, observe?: Observer) => Descent;

/** A learner whose student is trained by SGD along `rule`. */
export function trained(by: Student, rule: Rule): Learner {
  return {
    ...evaluated(by),
    step(state, batch, { rate, observe }) {
      const { gradients, loss, logits } = rule(state.params, batch, observe);
      for (const [name, gradient] of Object.entries(gradients)) observe?.(`gradient/${name}`, gradient);
      return { state: sgd(state.params, gradients, state.momentum, rate), loss, logits };
    },
  };
}

/** A learner's part that evaluation uses. */
export function evaluated({ task, text, image }: Student): Omit<Learner, "step" | "draw"> {
  return {
    init: (random) => ({ ...text.init(random), ...image.init(random) }),
    prepare: (params) => ({ text: text.features(params) }),
    logits: (params, prepared, batch) => classify(task, image.features(params, batch), prepared.text),
    dispose: () => text.dispose(),
  };
}

/** The rule of every method that just minimises a loss of the logits. */
export function minimise(
  logitsOf: (params: Tensors, batch: Batch) => Tensor,
  loss: (logits: Tensor, batch: Batch) => Tensor = (logits, { labels }) => labelLoss(logits, labels),
): Rule {
  return (params, batch) => {
    const names = Object.keys(params);
    const { values: [value, logits], pull } = vjp(() => {
      const logits = logitsOf(params, batch);
      return [loss(logits, batch), logits];
    }, Object.values(params));
    return { gradients: named(names, pull([onesLike(value), null])), loss: value, logits };
  };
}

/** Tensors under their names. */
export function named(names: string[], tensors: Tensor[]): Tensors {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
}

/** Text features that are computed once and stay. The side owns them. */
export function frozenText(features: Tensor): TextSide {
  return { init: () => ({}), features: () => features, dispose: () => dispose(features) };
}
