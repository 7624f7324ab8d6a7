/**
 * ProMetaR: IVLP's prompts, meta-learned together with the modulation of their regularisation on mixed-up tasks
 * (Park et al. 2024). The iteration is in meta_regularization.ts.
 *
 * @module
 */
import { ensemble } from "../datasets/templates.ts";
import type { Streams } from "../random/mod.ts";
import { dispose } from "../tensor/mod.ts";
import { type IvlpSettings, ivlpSettings, ivlpStudent } from "./ivlp.ts";
import { metaStep, type MetaSettings } from "./meta_regularization.ts";
import type { Draws, Method } from "./method.ts";
import { initModulation } from "./modulation.ts";
import { prometarPaper } from "./papers.ts";
import { count, flag, pair, real } from "./settings.ts";
import { evaluated } from "./student.ts";
import { prometarTraining } from "./training.ts";
import { ensembleFeatures } from "./zero_shot.ts";

/** ProMetaR's settings. */
export interface ProMetaRSettings extends IvlpSettings, MetaSettings {
  mixup: [number, number];
  modulationGroup: number;
}

/**
 * A query class of those in the batch, the images of the others as its support, and the mix-up's shares and partners.
 * None for a batch of one class.
 */
export function drawTask(labels: number[], random: Streams, mixup: [number, number]): Draws | undefined {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  if (classes.length < 2) return undefined;
  const task = random("task");
  const chosen = classes[task.permutation(classes.length)[0]];
  const places = labels.map((_, i) => i);
  const query = places.filter((i) => labels[i] === chosen);
  const support = places.filter((i) => labels[i] !== chosen);
  return {
    query,
    support,
    shares: query.map(() => task.betavariate(...mixup)),
    partners: query.map(() => task.randbelow(support.length)),
  };
}

/** ProMetaR. */
export const prometar: Method<ProMetaRSettings> = {
  name: "prometar",
  title: "ProMetaR",
  paper: prometarPaper,
  settings: {
    ...ivlpSettings,
    innerRate: real(5e-4, "α, the rate of the inner step"),
    outerRatio: real(5e-4, "the factor on the outer loss"),
    modulationRate: real(1e-6, "the learning rate of the modulation φ"),
    textWeight: real(50, "the weight of R_text"),
    imageWeight: real(20, "the weight of R_image"),
    mixup: pair([0.5, 0.5], "the Beta distribution of the mix-up's λ"),
    modulationGroup: count(8, "consecutive entries that share one γ"),
    firstOrder: flag(false, "take the inner gradients as constants"),
    regularisedStep: flag(true, "begin an iteration with a regularised step on the whole batch"),
  },
  presets: {
    "official-code": {
      table: "ProMetaR's tables 1 to 4 (base-to-new, cross-dataset, domain generalization, ablations)",
      settings: {},
      training: prometarTraining,
      backbone: "ViT-B/16",
      deviations: [
        "the published code takes a regularised step before each meta-step, scales the outer loss by 5e-4, and leaves the modulation's rate at its warm-up value 1e-6; the paper's equations have neither",
      ],
    },
    paper: {
      table: "the equations of ProMetaR's section 3, which no published number comes from",
      settings: { regularisedStep: false, outerRatio: 1, modulationRate: 2.5e-4 },
      training: prometarTraining,
      backbone: "ViT-B/16",
      deviations: [
        "one outer step an iteration, without the published code's regularised step; a batch of one class has no meta-step and takes a regularised step instead",
        "what the paper's text sets beyond its method figure could not be read: rates are the published configuration's",
      ],
    },
  },
  needs: { pixels: true, features: true },
  learner(task, settings) {
    const by = ivlpStudent(task, settings);
    const teacher = ensembleFeatures(task.clip, task.classNames, ensemble("prometar_60"), {
      raw: true,
    });
    const learner = evaluated(by);
    return {
      ...learner,
      init(random) {
        const prompts = learner.init(random);
        return { ...prompts, ...initModulation(prompts, settings.modulationGroup, random) };
      },
      draw: (labels, random) => drawTask(labels, random, settings.mixup),
      step: (state, batch, context) => metaStep({ by, teacher, settings }, state, batch, context),
      dispose() {
        learner.dispose();
        dispose(teacher);
      },
    };
  },
};
