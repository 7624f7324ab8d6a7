/**
 * Prompts in the image tower: shallow and deep (VPT; the image side of IVLP, MaPLe and ProMetaR).
 *
 * @module
 */
import { encodeImages } from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import type { Tensor, Tensors } from "../tensor/mod.ts";
import { gaussian } from "./initial.ts";
import type { Task } from "./method.ts";
import type { ImageSide } from "./student.ts";

/**
 * `tokens` prompts in each of the first `depth` layers: `image.0` enters before the first block, `image.1` … replace
 * what became of it before the later ones. Each is [tokens, width], from N(0, 0.02).
 */
export function visualPrompts(
  task: Task,
  { tokens, depth }: { tokens: number; depth: number },
): ImageSide {
  const width = promptWidth(task, depth);
  const names = Array.from({ length: depth }, (_, i) => `image.${i}`);
  return {
    init: (random) =>
      Object.fromEntries(names.map((name) => [name, gaussian(random, [tokens, width])])),
    features: promptedFeatures(task, (params) => names.map((name) => params[name]!)),
  };
}

/** Image features with the prompts that `prompts` finds in, or makes of, the parameters. */
export function promptedFeatures(
  { clip }: Task,
  prompts: (params: Tensors) => Tensor[],
): ImageSide["features"] {
  return (params, { pixels }) => {
    if (!pixels) throw new Error("the batch has no pixels");
    return encodeImages(clip, pixels, prompts(params));
  };
}

/**
 * The width of visual prompts.
 *
 * @throws {UserError} when the image tower takes none, or has fewer than `depth` layers
 */
export function promptWidth({ clip }: Task, depth: number): number {
  const { vision } = clip.config;
  if (vision.kind !== "vit") {
    throw new UserError(
      `${clip.name} has no image transformer to put visual prompts in: take a ViT`,
    );
  }
  if (depth > vision.layers) {
    throw new UserError(
      `visual prompts ${depth} layers deep do not fit ${clip.name}, which has ${vision.layers}: lower depth`,
    );
  }
  return vision.width;
}
