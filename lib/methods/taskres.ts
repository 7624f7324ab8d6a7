/**
 * TaskRes: a residual on each class's text feature (Yu et al. 2023, equation 4): logits s·n(x)·n(t_c + α·r_c), r = 0 at
 * first.
 *
 * @module
 */
import { add, scale, zeros } from "../tensor/mod.ts";
import {
  cosines,
  type DescentSettings,
  descentSettings,
  type FeatureAdapter,
  featureAdapter,
  learning,
  meanTexts,
  type WordingSettings,
  wordingSettings,
} from "./feature_adapter.ts";
import type { Preset } from "./method.ts";
import { taskresPaper } from "./papers.ts";
import { real } from "./settings.ts";
import { clapTraining, float32, spaces } from "./training.ts";

/** TaskRes's settings. */
export interface TaskResSettings extends WordingSettings, DescentSettings {
  /** α, the factor on the residual. */
  alpha: number;
}

const deviations = [
  "the paper's enhanced base, a downloaded projection, is not used",
  "on ImageNet the data set's own template is not added to the seven",
  float32,
];

const paper: Preset<TaskResSettings> = {
  table: "TaskRes's few-shot figure and tables, on CLIP's own text features",
  settings: {},
  adjust: ({ dataset }) => ({
    ...dataset === "oxford_flowers" && { alpha: 1 },
    ...dataset === "imagenet" && { templates: "imagenet_7" },
  }),
  training: (shots, dataset) => ({
    epochs: shots >= 8 ? 200 : 100,
    batchSize: 256,
    rate: dataset === "imagenet" ? 2e-4 : 2e-3,
    warmupEpochs: 1,
    warmupRate: 1e-5,
  }),
  backbone: "RN50",
  deviations: [spaces, ...deviations],
};

/** The method TaskRes: a residual on each class's text feature. */
export const taskres: FeatureAdapter<TaskResSettings> = featureAdapter<TaskResSettings>({
  name: "taskres",
  module: import.meta.url,
  title: "TaskRes",
  paper: taskresPaper,
  learned: "a residual on each class's text feature",
  settings: {
    ...wordingSettings,
    ...descentSettings({ optimiser: "adam", weightDecay: 5e-4 }),
    alpha: real(0.5, "α, the residual's weight"),
  },
  presets: {
    paper,
    "official-code": { ...paper, settings: { underscores: true }, deviations },
    clap: {
      ...paper,
      table: "TaskRes's rows of CLAP's tables",
      settings: { optimiser: "sgd", weightDecay: 0 },
      adjust: ({ dataset }) => dataset === "imagenet" ? { templates: "imagenet_7" } : {},
      training: clapTraining,
    },
  },
  adapter: (space, settings) =>
    learning(space, {
      init: () => ({ "text.residual": zeros([space.classes, space.width]) }),
      logits: (params, features) =>
        cosines(
          space,
          features,
          add(meanTexts(space), scale(params["text.residual"]!, settings.alpha)),
        ),
    }, settings),
});
