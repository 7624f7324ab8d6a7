/**
 * The usual remedies against overfitting, on CoOp's context: what ProGrad is compared with (Zhu et al. 2023).
 *
 * @module
 */
import { dasslSgd, sgd } from "../optim/mod.ts";
import type { Random, Streams } from "../random/mod.ts";
import {
  crossEntropy,
  mean,
  mul,
  scale,
  shift,
  type Tensor,
  tensor,
  type Tensors,
} from "../tensor/mod.ts";
import type { Batch, Draws, Learner } from "./method.ts";
import { mixedFeatures, mixedTargets, type Mixture } from "./mixing.ts";
import { count, real, type SettingTable } from "./settings.ts";
import { type Answer, descending, evaluated, minimise, type Student } from "./student.ts";

/** The remedies; each is off at its default. */
export interface ControlSettings {
  /** Dropout's probability: the share of the context's entries that a step sets to 0. */
  dropout: number;
  /** ε of label smoothing: the share of a label that is spread over all classes. */
  labelSmoothing: number;
  /** α of the Beta(α, α) distribution from which mix-up draws its share λ; 0 for no mix-up. */
  mixupAlpha: number;
  /** SGD's L2 weight decay: the multiple of each parameter that is added to its gradient. */
  weightDecay: number;
  /** Epochs without a better validation accuracy after which training ends; 0 for never. */
  patience: number;
}

/** The table of these remedies' settings, all of them off by default. */
export const controlSettings: SettingTable<ControlSettings> = {
  dropout: real(0, "p, the share of the context's numbers that a step sees as 0", 0, 0.99),
  labelSmoothing: real(0, "ε, the share of a target that is spread over all classes", 0, 1),
  mixupAlpha: real(0, "α of Beta(α, α) for mix-up of image features; 0: none"),
  weightDecay: real(dasslSgd.decay, "the optimiser's weight decay"),
  patience: count(
    0,
    "early stopping: epochs without a better validation accuracy before training ends; 0: never",
    0,
  ),
};

/**
 * The learner of a student with a context of so many vectors, under the remedies that `settings` turns on. Its draws:
 * `kept`, 1 for each number of the context that dropout leaves, and mix-up's `shares` and `partners` (places).
 */
export function controlled(by: Student, vectors: number, settings: ControlSettings): Learner {
  const { dropout, labelSmoothing, mixupAlpha, weightDecay, patience } = settings;
  const { classNames, clip } = by.task;
  const rule = minimise<Answer>(
    (params, batch, { draws, observe }) =>
      by.answer(thinned(params, draws, dropout), mixed(batch, draws), observe),
    ({ logits }, { labels }, { draws }) => {
      const targets = mixedTargets(mixture(labels, draws), labels, classNames.length);
      return mean(crossEntropy(logits, smoothed(targets, labelSmoothing)));
    },
  );
  const draw = (labels: number[], random: Streams): Draws => ({
    ...dropout > 0 && drawKept(vectors * clip.text.width, dropout, random("dropout")),
    ...mixupAlpha > 0 && drawPairs(labels, mixupAlpha, random("mixup")),
  });
  return {
    ...evaluated(by),
    // With dropout the tower is given another context than the parameters.
    ...descending(rule, sgd({ decay: weightDecay }), dropout > 0 ? undefined : by.text),
    ...(dropout > 0 || mixupAlpha > 0) && { draw },
    ...patience > 0 && { patience },
  };
}

/** The context with what dropout takes at 0 and the rest divided by 1 − p, so that its mean stays. */
function thinned(params: Tensors, draws: Draws | undefined, dropout: number): Tensors {
  if (!draws?.kept) return params;
  const context = params["text.0"]!;
  const kept = scale(tensor(draws.kept, context.shape), 1 / (1 - dropout));
  return { ...params, "text.0": mul(context, kept) };
}

/** The batch with its features mixed. */
function mixed(batch: Batch, draws: Draws | undefined): Batch {
  if (!draws?.shares) return batch;
  return { ...batch, features: mixedFeatures(mixture(batch.labels, draws), batch.features!) };
}

/** Every image with its partner, or by itself. */
function mixture(labels: number[], draws: Draws | undefined): Mixture {
  const first = labels.map((_, place) => place);
  return { first, second: draws?.partners ?? first, shares: draws?.shares ?? labels.map(() => 1) };
}

/** (1 − ε)·target + ε/classes. */
function smoothed(targets: Tensor, epsilon: number): Tensor {
  return epsilon === 0 ? targets : shift(scale(targets, 1 - epsilon), epsilon / targets.shape[1]!);
}

function drawKept(numbers: number, dropout: number, random: Random): Draws {
  return { kept: Array.from({ length: numbers }, () => random.random() < dropout ? 0 : 1) };
}

/** One λ for the batch and a permutation of it, as mix-up is published. */
function drawPairs(labels: number[], alpha: number, random: Random): Draws {
  const share = random.betavariate(alpha, alpha);
  return { shares: labels.map(() => share), partners: [...random.permutation(labels.length)] };
}
