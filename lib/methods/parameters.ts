/**
 * How many trainable parameters a method has, without a CLIP to train them on.
 *
 * @module
 */
import { type Clip, type ClipConfig, clipTokenizer } from "../clip/mod.ts";
import { type Tensors, tidy } from "../tensor/mod.ts";
import { nothingDrawn } from "./initial.ts";
import type { Learner, Method } from "./method.ts";
import { resolveSettings } from "./settings.ts";

/** The number of trainable parameters of a method's preset, on a CLIP of these sizes, for so many classes. */
export function countParameters(
  method: Method,
  preset: string,
  config: ClipConfig,
  classes: number,
): number {
  const classNames = Array.from({ length: classes }, () => "class");
  const task = { clip: weightless(config), classNames, template: "a photo of a {}." };
  const settings = resolveSettings(method, method.presets[preset]!.settings);
  const learner = method.learner(task, settings);
  const params = tidy(() => learned(learner, learner.init(nothingDrawn)));
  learner.dispose();
  return params;
}

/** The number of trainable ones among these parameters: their entries, without those of the learner's `still` ones. */
export function learned({ still = [] }: Pick<Learner, "still">, params: Tensors): number {
  return Object.entries(params).filter(([name]) => !still.includes(name))
    .reduce((sum, [, { size }]) => sum + size, 0);
}

/** A CLIP that has sizes and no weights. It encodes nothing; for making a learner's initial parameters it is enough. */
function weightless(config: ClipConfig): Clip {
  const nothing = new Float32Array();
  return {
    name: "sizes",
    sha256: "",
    config,
    tokenizer: clipTokenizer,
    text: { ...config.text, tokens: { row: () => nothing }, positions: nothing },
  } as unknown as Clip;
}
