/**
 * ProMetaR's regularised gradient (Park et al. 2024, section 3.1): the gradients of cross-entropy and of the distance to
 * frozen CLIP, from one forward pass, and their modulated sum.
 *
 * @module
 */
import {
  add,
  isTracked,
  nameTensors,
  onesLike,
  scale,
  type Tensor,
  type Tensors,
  unitLength,
  vjp,
} from "../tensor/mod.ts";
import { type Distance, labelLoss, meanAbsolute, meanCosine, meanSquare } from "./losses.ts";
import type { Batch, Observer } from "./method.ts";
import { modulate } from "./modulation.ts";
import type { Lazy, Student } from "./student.ts";

/** The names of the distances that a regulariser can be made of. */
export type DistanceName = "l1" | "squared" | "cosine";

/** The distances that a regulariser can be made of. `l1` is the paper's. */
export const distances: Record<DistanceName, Distance> = {
  l1: meanAbsolute,
  squared: meanSquare,
  cosine: meanCosine,
};

/** The settings of the regulariser. */
export interface RegulariserSettings {
  /** The distance to frozen CLIP. */
  regulariser: DistanceName | "none";
  /** The weight of R_text, the text features' distance to frozen CLIP's. */
  textWeight: number;
  /** The weight of R_image, the image features' distance to frozen CLIP's. */
  imageWeight: number;
  /** γ, where it is not learned. */
  gate: number;
}

/** A student, and the frozen text features that it is held to. */
export interface Regularised<S extends RegulariserSettings = RegulariserSettings> {
  by: Student;
  /** The frozen text features, of unit length, [classes, embedding]. */
  teacher: Lazy;
  settings: S;
}

/** Gradients of the cross-entropy and, if there is one, of the regulariser, for each prompt. */
export interface Pulls {
  loss: Tensor;
  logits: Tensor;
  gradients: Tensors;
  regularisers?: Tensors;
}

/** R_text = w·D(g, ḡ), R_image = w·D(f, f₀), the cross-entropy, and both kinds of gradient. */
export function pulls(
  { by, teacher, settings }: Regularised,
  prompts: Tensors,
  batch: Batch,
  observe?: Observer,
): Pulls {
  const names = Object.keys(prompts);
  const { values: [loss, logits, ...regulariser], pull } = vjp(() => {
    const { texts, images, logits } = by.answer(prompts, batch, observe);
    const loss = labelLoss(logits, batch.labels);
    observe?.("loss", loss);
    observe?.("logits", logits);
    const parts: Tensor[] = [];
    if (settings.regulariser !== "none") {
      const distance = distances[settings.regulariser];
      // With IVLP text prompts see only the one and visual prompts only the other: the sum has both gradients.
      if (isTracked(texts)) {
        parts.push(scale(distance(texts, teacher()), settings.textWeight));
        observe?.("loss/text", parts[0]!);
      }
      if (isTracked(images)) {
        const frozen = unitLength(batch.features!);
        parts.push(scale(distance(images, frozen), settings.imageWeight));
        observe?.("teacher", frozen);
        observe?.("loss/image", parts[parts.length - 1]!);
      }
    }
    return [loss, logits, ...parts.length > 0 ? [parts.reduce(add)] : []];
  }, Object.values(prompts));
  const gradients = nameTensors(names, pull([onesLike(loss)]));
  if (regulariser.length === 0) return { loss, logits, gradients };
  const regularisers = nameTensors(names, pull([null, null, onesLike(loss)]));
  for (const name of names) {
    observe?.(`task/${name}`, gradients[name]!);
    observe?.(`regulariser/${name}`, regularisers[name]!);
  }
  return { loss, logits, gradients, regularisers };
}

/** M(g, g_R) for each prompt, or g where there is no regulariser. */
export function regularisedGradients(
  { gradients, regularisers }: Pulls,
  modulation: Tensors,
  { gate }: RegulariserSettings,
  observe?: Observer,
): Tensors {
  return regularisers ? modulate(modulation, gradients, regularisers, gate, observe) : gradients;
}
