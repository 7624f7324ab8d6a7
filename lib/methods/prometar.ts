/**
 * ProMetaR: prompts meta-learned together with the modulation of their regularisation, on virtual tasks (Park et al.
 * 2024). The paper applies it to IVLP's prompts, and to those of CoOp, VPT and MaPLe. The iteration is in
 * meta_regularization.ts.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import type { ContextSettings } from "./context.ts";
import { coopPrompting } from "./coop.ts";
import { ivlpPrompting, type IvlpSettings } from "./ivlp.ts";
import { maplePrompting, type MapleSettings } from "./maple.ts";
import { metaOptimiser, type MetaSettings, metaStep } from "./meta_regularization.ts";
import type { Learner, Method, Preset, Task } from "./method.ts";
import { initModulation } from "./modulation.ts";
import { prometarPaper } from "./papers.ts";
import { type DistanceName, distances } from "./regularized.ts";
import { count, flag, oneOf, pair, real, type SettingTable } from "./settings.ts";
import { metaStatistics } from "./meta_statistics.ts";
import { evaluated, owning, type Prompting } from "./student.ts";
import { float32, prometarTraining } from "./training.ts";
import { augmentations, drawTask, type TaskSettings } from "./virtual_tasks.ts";
import { vptPrompting, type VptSettings } from "./vpt.ts";
import { diverseTeacher } from "./zero_shot.ts";

/** What ProMetaR adds to the settings of the prompts it is put on. */
export interface ProMetaRSettings extends MetaSettings, TaskSettings {
  /** Whether there is meta-learning; without it only the regularised step is left. */
  metaLearning: boolean;
  /** Whether γ is learned by the modulation φ or fixed at `gate`. */
  modulation: "learned" | "fixed";
  /** Consecutive entries that share one γ. */
  modulationGroup: number;
}

const settings: SettingTable<ProMetaRSettings> = {
  metaLearning: flag(
    true,
    "learn through an inner step; without it only the regularised step is left",
  ),
  augmentation: oneOf(
    "manifold",
    "task augmentation: how query images are mixed with the support",
    augmentations,
  ),
  mixup: pair([0.5, 0.5], "the Beta distribution of the mix-up's λ"),
  regulariser: oneOf("l1", "meta-regularization: the distance to frozen CLIP", [
    ...Object.keys(distances) as DistanceName[],
    "none",
  ]),
  textWeight: real(50, "the weight of R_text"),
  imageWeight: real(20, "the weight of R_image"),
  modulation: oneOf("learned", "γ, how much of the regulariser's gradient is taken", [
    "learned",
    "fixed",
  ]),
  gate: real(1, "γ where it is fixed", 0, 1),
  modulationGroup: count(8, "consecutive entries that share one γ"),
  modulationRate: real(1e-6, "the learning rate of the modulation φ"),
  innerRate: real(5e-4, "α, the rate of the inner step"),
  outerRatio: real(5e-4, "the factor on the outer loss"),
  firstOrder: flag(false, "take the inner gradients as constants"),
  regularisedStep: flag(true, "begin an iteration with a regularised step on the whole batch"),
};

/**
 * ProMetaR on any prompts.
 *
 * @param changes what its presets change of the prompts' settings
 * @returns a method without `module`: say yours, `{ ...withProMetaR(base), module: import.meta.url }`
 *
 * @example
 * ```ts
 * import {
 *   contextSettings,
 *   frozenImages,
 *   learnedContext,
 *   student,
 *   withProMetaR,
 * } from "@plumbline/plumbline/methods";
 * import assert from "node:assert/strict";
 * const onContext = withProMetaR({
 *   name: "context",
 *   title: "A context",
 *   learned: "a text context",
 *   settings: contextSettings,
 *   needs: { pixels: false, features: true },
 *   student: (task, settings) => student(task, learnedContext(task, settings), frozenImages),
 * });
 * assert.equal(onContext.name, "prometar-context");
 * assert.equal(onContext.settings.textWeight.default, 50);
 * ```
 */
export function withProMetaR<S>(
  base: Prompting<S>,
  changes: Partial<S> = {},
): Method<S & ProMetaRSettings> {
  return {
    name: `prometar-${base.name}`,
    title: `${base.title} + ProMetaR`,
    paper: prometarPaper,
    learned: `${base.learned}, and the modulation`,
    passes: 12,
    statistics: metaStatistics,
    baseline: base.name,
    settings: { ...base.settings, ...settings } as SettingTable<S & ProMetaRSettings>,
    presets: presets(changes),
    needs: { ...base.needs, features: true },
    ...base.classBound && { classBound: base.classBound },
    learner: (task, settings) => metaLearner(base, task, settings),
  };
}

function metaLearner<S>(base: Prompting<S>, task: Task, settings: S & ProMetaRSettings): Learner {
  const { metaLearning, augmentation, regulariser, modulation, modulationGroup } = settings;
  if (!base.needs.pixels && (augmentation === "input" || augmentation === "cutmix")) {
    throw new UserError(
      `augmentation ${augmentation} mixes pixels, and ${base.title} reads image features alone: take manifold or none`,
    );
  }
  const by = base.student(task, settings);
  const teacher = diverseTeacher(task);
  const learner = evaluated(by);
  const learned = metaLearning && modulation === "learned" && regulariser !== "none";
  return owning({
    ...learner,
    init(random) {
      const prompts = learner.init(random);
      return learned
        ? { ...prompts, ...initModulation(prompts, modulationGroup, random) }
        : prompts;
    },
    ...metaLearning && {
      draw: (labels, random) => drawTask(labels, random, settings, task.clip.config.imageSize),
    },
    optimiser: metaOptimiser,
    step: (state, batch, context) => metaStep({ by, teacher, settings }, state, batch, context),
  }, teacher);
}

function presets<S>(changes: Partial<S>): Record<string, Preset<ProMetaRSettings & S>> {
  const common = { training: prometarTraining, backbone: "ViT-B/16" };
  return {
    "official-code": {
      ...common,
      table: "ProMetaR's table 5 (plugged into other methods)",
      settings: changes as Partial<ProMetaRSettings & S>,
      deviations: [
        ...codeDeviations,
        "the published code has ProMetaR on IVLP alone: this is its iteration on other prompts",
      ],
    },
    paper: {
      ...common,
      table: "the equations of ProMetaR's section 3, which no published number comes from",
      settings: {
        ...changes,
        regularisedStep: false,
        outerRatio: 1,
        modulationRate: 2.5e-4,
      } as Partial<ProMetaRSettings & S>,
      deviations: [
        "one outer step an iteration, without the published code's regularised step; a batch of one class has no meta-step and takes a regularised step instead",
        "what the paper's text sets beyond its method figure could not be read: rates are the published configuration's",
      ],
    },
  };
}

const codeDeviations = [
  float32,
  "the published code takes a regularised step before each meta-step, scales the outer loss by 5e-4, and leaves the modulation's rate at its warm-up value 1e-6; the paper's equations have neither",
  "on EuroSAT the public configuration is reported not to reproduce the tables: base 85.8 and new 31.0 with seed 1 (issue 3 of the published code)",
];

const onIvlp = withProMetaR(ivlpPrompting);

const published: Preset<IvlpSettings & ProMetaRSettings> = {
  ...onIvlp.presets["official-code"]!,
  table: "ProMetaR's tables 1 to 4 (base-to-new, cross-dataset, domain generalization, ablations)",
  deviations: codeDeviations,
};

/** The published code with one of its parts off. */
function without(part: string, settings: Partial<ProMetaRSettings>): typeof published {
  return { ...published, table: `ProMetaR's ablation of its parts, without ${part}`, settings };
}

/** The method ProMetaR as the paper has it: meta-regularised prompts, on IVLP's. */
export const prometar: Method<IvlpSettings & ProMetaRSettings> = {
  ...onIvlp,
  module: import.meta.url,
  name: "prometar",
  title: "ProMetaR",
  presets: {
    "official-code": published,
    paper: onIvlp.presets.paper!,
    "no-meta-learning": {
      ...without("meta-learning", { metaLearning: false }),
      deviations: ["nothing learns the modulation without an outer step: γ is 1"],
    },
    "no-augmentation": without("task augmentation", { augmentation: "none" }),
    "no-regularization": without("meta-regularization", { regulariser: "none" }),
  },
};

/** The iteration on prompts of this project. */
function plugged<S>(base: Prompting<S>, changes?: Partial<S>): Method<S & ProMetaRSettings> {
  return { ...withProMetaR(base, changes), module: import.meta.url };
}

/** ProMetaR on CoOp's context, of four words as in the other rows of its table. */
export const prometarCoop: Method<ContextSettings & ProMetaRSettings> = plugged(coopPrompting, {
  contextLength: 4,
  init: "a photo of a",
});

/** ProMetaR on VPT's prompts. */
export const prometarVpt: Method<VptSettings & ProMetaRSettings> = plugged(vptPrompting);

/** ProMetaR on MaPLe's prompts. */
export const prometarMaple: Method<MapleSettings & ProMetaRSettings> = plugged(maplePrompting);
