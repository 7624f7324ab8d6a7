/**
 * CoOp: M context vectors learned by cross-entropy (Zhou et al. 2022, equations 2 and 3), and the remedies against
 * overfitting that ProGrad is compared with.
 *
 * @module
 */
import { type ContextSettings, contextSettings, learnedContext } from "./context.ts";
import { controlled, type ControlSettings, controlSettings } from "./controls.ts";
import type { Method, Preset } from "./method.ts";
import { coopPaper } from "./papers.ts";
import { frozenImages, type Prompting, student } from "./student.ts";
import { coopTraining, float32 } from "./training.ts";

/** CoOp's settings. */
export interface CoOpSettings extends ContextSettings, ControlSettings {}

/** CoOp's prompts. */
export const coopPrompting: Prompting<ContextSettings> = {
  name: "coop",
  title: "CoOp",
  learned: "M text context vectors",
  settings: contextSettings,
  needs: { pixels: false, features: true },
  classBound: ({ classSpecific }) => classSpecific,
  student: (task, settings) => student(task, learnedContext(task, settings), frozenImages),
};

/** Tables on ViT-B/16 beyond the few-shot ones quote CoCoOp's authors, who ran CoOp with four words. */
const isQuoted = ({ protocol, clip }: { protocol: string; clip: string }) =>
  protocol !== "few-shot" && clip === "ViT-B/16";

const paper: Preset<CoOpSettings> = {
  table: "CoOp's rows of ProGrad's figure 4 and tables 1 to 3",
  settings: {},
  training: coopTraining,
  backbone: "RN50",
  deviations: [float32],
  published: (at) => !isQuoted(at),
};

/** CoOp under one remedy. */
function control(what: string, settings: Partial<CoOpSettings>): Preset<CoOpSettings> {
  return {
    ...paper,
    table: `ProGrad's comparison with ${what}`,
    settings,
    published: () => false,
    deviations: ["ProGrad's code has no such run: the value is this project's choice"],
  };
}

/** The method CoOp: a text context trained by cross-entropy. */
export const coop: Method<CoOpSettings> = {
  ...coopPrompting,
  module: import.meta.url,
  selects: ({ patience }) => patience > 0,
  paper: coopPaper,
  settings: { ...contextSettings, ...controlSettings },
  presets: {
    paper,
    cocoop: {
      ...paper,
      table: "CoOp's rows of ProMetaR's tables, which are those of CoCoOp's paper",
      settings: { contextLength: 4, init: "a photo of a" },
      backbone: "ViT-B/16",
      published: isQuoted,
    },
    template: {
      ...paper,
      published: () => false,
      table: "CoOp from ProGrad's start, which the published comparison does not give it",
      settings: { init: "template" },
    },
    "early-stopping": control("early stopping", { patience: 10 }),
    dropout: control("dropout", { dropout: 0.1 }),
    "weight-decay": control("stronger weight decay", { weightDecay: 5e-3 }),
    "label-smoothing": control("label smoothing", { labelSmoothing: 0.1 }),
    mixup: {
      ...control("mix-up", { mixupAlpha: 0.2 }),
      deviations: [
        "ProGrad's code has no such run: the value is this project's choice",
        "image features are mixed, before normalisation, instead of pixels",
      ],
    },
  },
  learner(task, settings) {
    const vectors = settings.contextLength * (settings.classSpecific ? task.classNames.length : 1);
    return controlled(coopPrompting.student(task, settings), vectors, settings);
  },
};
