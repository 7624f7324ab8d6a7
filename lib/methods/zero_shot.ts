/**
 * Zero-shot CLIP: the text features of one template or of many, and nothing learned. Also every method's teacher.
 *
 * @module
 */
import { type Clip, encodeTexts } from "../clip/mod.ts";
import { ensemble, type EnsembleName, filled } from "../templates.ts";
import { add, keep, scale, type Tensor, tidy, unitLength } from "../tensor/mod.ts";
import { spoken } from "./context.ts";
import type { Method, Task } from "./method.ts";
import { clipPaper } from "./papers.ts";
import { oneOf } from "./settings.ts";
import { evaluated, frozenImages, frozenText, type Lazy, lazy, student } from "./student.ts";

/** Zero-shot CLIP's settings. */
export interface ZeroShotSettings {
  /** The data set's own template (or templates), or an average over many. */
  templates: "custom" | EnsembleName;
}

/** Unit-length features of the classes in one template. → [classes, embedding], kept until disposed of */
export function templateFeatures(clip: Clip, classNames: string[], template: string): Tensor {
  return keep(tidy(() => unitLength(textsOf(clip, classNames, template))));
}

/**
 * Unit-length features of the classes, averaged over templates: of unit-length features (CLIP's and CoOp's way), or of
 * features as they are (`raw`: ProMetaR's and PromptSRC's way). → [classes, embedding], kept until disposed of
 */
export function ensembleFeatures(
  clip: Clip,
  classNames: string[],
  templates: readonly string[],
  { raw = false }: { raw?: boolean } = {},
): Tensor {
  return keep(tidy(() => {
    const each = templates.map((template) => {
      const features = textsOf(clip, classNames, template);
      return raw ? features : unitLength(features);
    });
    return unitLength(scale(each.reduce((sum, features) => add(sum, features)), 1 / each.length));
  }));
}

/** PromptSRC's and ProMetaR's teacher: the classes' features over 60 templates, or the user's own, [classes, embedding]. */
export function diverseTeacher({ clip, classNames, templates }: Task): Lazy {
  const diverse = templates ?? ensemble("prometar_60");
  return lazy(() => ensembleFeatures(clip, classNames, diverse, { raw: true }));
}

function textsOf(clip: Clip, classNames: string[], template: string): Tensor {
  return encodeTexts(clip, classNames.map((name) => filled(template, spoken(name))));
}

function features(task: Task, { templates }: ZeroShotSettings): Tensor {
  if (templates === "custom" && task.templates) {
    return ensembleFeatures(task.clip, task.classNames, task.templates);
  }
  if (templates === "custom") return templateFeatures(task.clip, task.classNames, task.template);
  return ensembleFeatures(task.clip, task.classNames, ensemble(templates));
}

/** The method zero-shot CLIP: text features as the classifier, without training. */
export const zeroShot: Method<ZeroShotSettings> = {
  name: "zero-shot",
  title: "CLIP",
  paper: clipPaper,
  module: import.meta.url,
  learned: "nothing",
  learns: false,
  settings: {
    templates: oneOf("custom", "the data set's own template, or an average over many", [
      "custom",
      "imagenet_80",
      "imagenet_7",
      "prometar_60",
    ]),
  },
  presets: {
    paper: {
      table: "the zero-shot rows of both papers",
      settings: {},
      training: () => ({ epochs: 0, batchSize: 32, rate: 0, warmupEpochs: 0, warmupRate: 0 }),
      backbone: "RN50 (ProGrad), ViT-B/16 (ProMetaR)",
      deviations: [],
    },
  },
  needs: { pixels: false, features: true },
  learner: (task, settings) =>
    evaluated(student(task, frozenText(lazy(() => features(task, settings))), frozenImages)),
};
