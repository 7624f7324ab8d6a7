/**
 * ZS-LP: a linear classifier of frozen features that starts as zero-shot CLIP (Silva-Rodríguez et al. 2024, section 3.2):
 * logits s·n(x)·n(w_c), w = t at first.
 *
 * @module
 */
import type { Tensors } from "../tensor/mod.ts";
import {
  cosines,
  type DescentSettings,
  descentSettings,
  type FeatureAdapter,
  featureAdapter,
  type FeatureSpace,
  type Head,
  learning,
  meanTexts,
  type WordingSettings,
  wordingSettings,
} from "./feature_adapter.ts";
import { gaussian } from "./initial.ts";
import type { Preset } from "./method.ts";
import { clapPaper } from "./papers.ts";
import { oneOf } from "./settings.ts";
import { clapTraining, float32, spaces } from "./training.ts";
import { zeros } from "../tensor/mod.ts";

/** ZS-LP's settings. */
export interface ZsLpSettings extends WordingSettings, DescentSettings {
  /** What the classifier is initialised with: the classes' text features, or random weights. */
  start: "zero-shot" | "random";
}

/** A classifier `probe.weight`, [classes, embedding], at the text features or at N(0, 2/embedding). */
export function probe(space: FeatureSpace, start: ZsLpSettings["start"] = "zero-shot"): Head {
  const shape = [space.classes, space.width];
  const atTexts = { gather: (): Tensors => ({ "probe.weight": meanTexts(space) }) };
  return {
    init: (random) => ({
      "probe.weight": start === "random"
        ? gaussian(random, shape, Math.sqrt(2 / space.width))
        : zeros(shape),
    }),
    ...start === "zero-shot" && atTexts,
    logits: (params, features) => cosines(space, features, params["probe.weight"]!),
  };
}

const deviations = ["on ImageNet the data set's own template is not added to the seven", float32];

/** What the published tables of ZS-LP and CLAP share. */
const paper: Preset<ZsLpSettings> = {
  table: "CLAP's tables 1 and 2 (ImageNet and the mean of eleven sets)",
  settings: {},
  adjust: ({ dataset }) => dataset === "imagenet" ? { templates: "imagenet_7" } : {},
  training: clapTraining,
  backbone: "RN50",
  deviations: [spaces, ...deviations],
};

/** The presets of ZS-LP and CLAP. */
export const clapPresets: Record<string, Preset<ZsLpSettings>> = {
  paper,
  "official-code": { ...paper, settings: { underscores: true }, deviations },
};

/** The method ZS-LP: a linear classifier of frozen image features, initialised with the text features. */
export const zsLp: FeatureAdapter<ZsLpSettings> = featureAdapter<ZsLpSettings>({
  name: "zs-lp",
  module: import.meta.url,
  title: "ZS-LP",
  paper: clapPaper,
  learned: "a linear classifier of image features, from the text features on",
  settings: {
    ...wordingSettings,
    ...descentSettings({ optimiser: "sgd" }),
    start: oneOf("zero-shot", "what the classifier starts from", ["zero-shot", "random"]),
  },
  presets: clapPresets,
  adapter: (space, settings) => learning(space, probe(space, settings.start), settings),
});
