/**
 * ProMetaR's virtual tasks (Park et al. 2024, section 3.2), which meta-learning also calls episodes: a batch parted into
 * support and query by class, and the loss of the query when it is mixed with the support, so that meta-learning does not
 * overfit to the tasks of the batch itself.
 *
 * @module
 */
import { crossEntropy, mean, pick, type Tensor, type Tensors, unitLength } from "../tensor/mod.ts";
import type { Streams } from "../random/mod.ts";
import { labelLoss } from "./losses.ts";
import type { Batch, Draws, Observer } from "./method.ts";
import { drawBoxes, mixedFeatures, mixedPixels, mixedTargets } from "./mixing.ts";
import { classify, type Student } from "./student.ts";

/** How a query is augmented. `manifold`, mixing features before normalisation, is the paper's. */
export type Augmentation = "manifold" | "input" | "cutmix" | "none";

/** All ways of augmenting a query. */
export const augmentations: Augmentation[] = ["manifold", "input", "cutmix", "none"];

/** The settings that virtual tasks are drawn by. */
export interface TaskSettings {
  /** How its query is augmented. */
  augmentation: Augmentation;
  /** Both parameters of the Beta distribution that the share λ of mix-up is drawn from. */
  mixup: [number, number];
}

/** A virtual task, as `Draws`: places in the batch, shares, partners; what was not drawn is undefined. */
type VirtualTask = Readonly<
  Record<"query" | "support" | "shares" | "partners" | "boxes", number[]>
>;

/**
 * Draws a virtual task: the images of one class of the batch as its `query`, those of the others as its `support` (places
 * in the batch); for each query image its share λ (`shares`) and the support image that it is mixed with (`partners`,
 * places in the support); for CutMix `boxes`. Undefined for a batch of one class.
 */
export function drawTask(
  labels: number[],
  random: Streams,
  { augmentation, mixup }: TaskSettings,
  imageSize: number,
): Draws | undefined {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  if (classes.length < 2) return undefined;
  const task = random("task");
  const chosen = classes[task.permutation(classes.length)[0]!];
  const places = labels.map((_, i) => i);
  const query = places.filter((i) => labels[i] === chosen);
  const support = places.filter((i) => labels[i] !== chosen);
  if (augmentation === "none") return { query, support };
  const shares = query.map(() => task.betavariate(...mixup));
  const partners = query.map(() => task.randbelow(support.length));
  const boxed = augmentation === "cutmix" ? drawBoxes(shares, imageSize, task) : { shares };
  return { query, support, partners, ...boxed };
}

/** Cross-entropy of the augmented query, a scalar. */
export function queryLoss(
  by: Student,
  prompts: Tensors,
  batch: Batch,
  draws: Draws,
  augmentation: Augmentation,
  observe?: Observer,
): Tensor {
  const { query, support, shares, partners, boxes } = draws as VirtualTask;
  if (augmentation === "none") {
    const { logits } = by.answer(prompts, pickBatch(batch, query), observe);
    return observed(labelLoss(logits, pickBatch(batch, query).labels), logits, observe);
  }
  // Only the images that are mixed are read, each once: first the query, then its partners.
  const others = [...new Set(partners)];
  const read = pickBatch(batch, [...query, ...others.map((place) => support[place]!)]);
  const mixture = {
    first: query.map((_, i) => i),
    second: partners.map((partner) => query.length + others.indexOf(partner)),
    shares,
  };
  const features = augmentation === "manifold"
    ? mixedFeatures(mixture, by.image.features(prompts, read))
    : by.image.features(prompts, {
      labels: [],
      pixels: mixedPixels(mixture, read.pixels!, boxes),
    });
  observe?.("image", unitLength(features));
  const logits = classify(by.task, features, by.text.features(prompts));
  const targets = mixedTargets(mixture, read.labels, by.task.classNames.length);
  return observed(mean(crossEntropy(logits, targets)), logits, observe);
}

function observed(loss: Tensor, logits: Tensor, observe?: Observer): Tensor {
  observe?.("loss", loss);
  observe?.("logits", logits);
  return loss;
}

/** Some of a batch's images. */
export function pickBatch({ labels, pixels, features }: Batch, places: number[]): Batch {
  return {
    labels: places.map((place) => labels[place]!),
    pixels: pixels && pick(pixels, places),
    features: features && pick(features, places),
  };
}
