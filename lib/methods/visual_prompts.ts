/**
 * Prompts in the image tower: shallow and deep (VPT; the image side of IVLP, MaPLe and ProMetaR).
 *
 * @module
 */
import { encodeImages } from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import type { Task } from "./method.ts";
import { gaussian } from "./initial.ts";
import type { ImageSide } from "./student.ts";

/**
 * `tokens` prompts in each of the first `depth` layers: `image.0` enters before the first block, `image.1` … replace
 * what became of it before the later ones. Each is [tokens, width], from N(0, 0.02).
 */
export function visualPrompts(
  { clip }: Task,
  { tokens, depth }: { tokens: number; depth: number },
): ImageSide {
  const { vision } = clip.config;
  if (vision.kind !== "vit") {
    throw new UserError(`${clip.name} has no image transformer to put visual prompts in: take a ViT`);
  }
  if (depth > vision.layers) {
    throw new UserError(
      `visual prompts ${depth} layers deep do not fit ${clip.name}, which has ${vision.layers}: lower depth`,
    );
  }
  const names = Array.from({ length: depth }, (_, i) => `image.${i}`);
  return {
    init: (random) =>
      Object.fromEntries(names.map((name) => [name, gaussian(random, [tokens, vision.width])])),
    features: (params, { pixels }) => {
      if (!pixels) throw new Error("the batch has no pixels");
      return encodeImages(clip, pixels, names.map((name) => params[name]));
    },
  };
}
