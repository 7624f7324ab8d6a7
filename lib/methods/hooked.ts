/**
 * Sides of a student whose towers a method reaches into, by what it makes of its parameters (`IntoTexts`, `IntoImages`):
 * MMA's adapters, CLIP-LoRA's low-rank weights. Parameters of the text tower alone are called `text.…`, of the image tower
 * `image.…`; any others belong to both.
 *
 * @module
 */
import {
  encodeWithTransformer,
  type IntoImages,
  type IntoTexts,
  type PromptLayout,
  tokenSlots,
  type VisionTransformer,
} from "../clip/mod.ts";
import { nameTensors, type Tensor, type Tensors, unitLength } from "../tensor/mod.ts";
import { encodeClasses } from "./class_parts.ts";
import type { Batch, Task } from "./method.ts";

/** Hand-crafted texts through a text tower that something is put into. */
export interface HookedTexts {
  /**
   * Unit length, [classes, embedding]. `into` is given the parameters by their names, and the layout of the classes that are
   * encoded: all of them, or a part at a time. It is asked again when a gradient comes back to a part.
   */
  features(params: Tensors, into: (own: Tensors, part: PromptLayout) => IntoTexts): Tensor;
  /** Frees the layouts. */
  dispose(): void;
}

/** Prepares a text for each class. */
export function hookedTexts({ clip }: Task, texts: string[]): HookedTexts {
  const encoder = encodeClasses(tokenSlots(clip, texts), 0, clip.text);
  return {
    features(params, into) {
      const names = Object.keys(params).filter((name) => !name.startsWith("image."));
      const inputs = names.map((name) => params[name]!);
      return unitLength(
        encoder.features(
          inputs,
          (own, part) => ({ into: into(nameTensors(names, own), part) }),
        ),
      );
    },
    dispose: encoder.dispose,
  };
}

/** Image features, not of unit length, of a tower that something is put into, [batch, embedding]. */
export function hookedImages({ clip }: Task, { pixels }: Batch, into: IntoImages): Tensor {
  if (!pixels) throw new Error("the batch has no pixels");
  return encodeWithTransformer(clip.image as VisionTransformer, pixels, [], into);
}
