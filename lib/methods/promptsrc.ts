/**
 * PromptSRC: IVLP's prompts, held to frozen CLIP three ways and averaged over epochs (Khattak et al. 2023b, section 3).
 *
 * Mutual agreement: cross-entropy + w_t·mean|t − T| + w_v·mean|v − V| + KL(teacher ‖ student) (equations 3 to 7), where
 * T averages 60 templates (textual diversity). The prompts that are evaluated are a Gaussian average of those that each
 * epoch ended with (equation 8).
 *
 * @module
 */
import { add, scale, type Tensors, unitLength } from "../tensor/mod.ts";
import { ivlpPrompting, type IvlpSettings } from "./ivlp.ts";
import { labelLoss, meanAbsolute, meanDivergence } from "./losses.ts";
import type { Learner, Method, Preset, State } from "./method.ts";
import { promptsrcPaper } from "./papers.ts";
import { real } from "./settings.ts";
import { classify, minimise, owning, trained } from "./student.ts";
import { float32 } from "./training.ts";
import { diverseTeacher } from "./zero_shot.ts";

/** PromptSRC's settings. */
export interface PromptSrcSettings extends IvlpSettings {
  /** w_t, the weight of the text features' distance to the teacher's. */
  textWeight: number;
  /** w_v, the weight of the image features' distance to frozen CLIP's. */
  imageWeight: number;
  /** The weight of the divergence between the teacher's and the student's logits. */
  logitWeight: number;
  /** The centre of the Gaussian by which epochs are weighted, an epoch from 1. */
  averagingMean: number;
  /** The standard deviation of that Gaussian, in epochs. */
  averagingDeviation: number;
}

/** The weight of each of `epochs` epochs: N(e; mean, deviation) for e from 1, divided by their sum. */
export function epochWeights(epochs: number, mean: number, deviation: number): number[] {
  const exponents = Array.from(
    { length: epochs },
    (_, i) => -(((i + 1 - mean) / deviation) ** 2) / 2,
  );
  const most = Math.max(...exponents); // so that the nearest epoch never vanishes
  const densities = exponents.map((x) => Math.exp(x - most));
  const total = densities.reduce((a, b) => a + b);
  return densities.map((x) => x / total);
}

/** Adds each epoch's prompts to `extra`, and lays them down as parameters in the end. */
function averaging(mean: number, deviation: number): Pick<Learner, "endEpoch" | "finish"> {
  return {
    endEpoch(state, epoch, epochs): State {
      const weight = epochWeights(epochs, mean, deviation)[epoch]!;
      const extra: Tensors = {};
      for (const [name, prompt] of Object.entries(state.params)) {
        const part = scale(prompt, weight);
        extra[name] = state.extra?.[name] ? add(state.extra[name], part) : part;
      }
      return { ...state, extra };
    },
    finish: ({ params, optimiser, extra }) => ({ params: extra ?? params, optimiser }),
  };
}

const paper: Preset<PromptSrcSettings> = {
  table: "PromptSRC's rows of ProMetaR's table 1 (base-to-new)",
  settings: {},
  training: () => ({ epochs: 20, batchSize: 4, rate: 0.0025, warmupEpochs: 1, warmupRate: 1e-5 }),
  backbone: "ViT-B/16",
  published: ({ protocol }) => protocol === "base-to-new",
  deviations: [
    float32,
    "only prompts are averaged; the published code averages its whole state dictionary",
  ],
};

/** Data sets whose few-shot runs average late. */
const averagedLate = ["stanford_cars", "oxford_flowers", "fgvc_aircraft", "dtd", "eurosat"];

/** The method PromptSRC: deep prompts held to frozen CLIP's features and averaged over epochs. */
export const promptsrc: Method<PromptSrcSettings> = {
  name: "promptsrc",
  title: "PromptSRC",
  paper: promptsrcPaper,
  module: import.meta.url,
  passes: 4,
  learned: ivlpPrompting.learned,
  settings: {
    ...ivlpPrompting.settings,
    textWeight: real(25, "λ1, the weight of mean|t − T|"),
    imageWeight: real(10, "λ2, the weight of mean|v − V|"),
    logitWeight: real(1, "the weight of KL(teacher ‖ student), mean over batch and classes"),
    averagingMean: real(15, "μ, the epoch (from 1) that weighs most in the average"),
    averagingDeviation: real(1, "σ² in the paper, used as the deviation, in epochs", 1e-3),
  },
  presets: {
    paper,
    "few-shot": {
      ...paper,
      table: "PromptSRC's own few-shot figure",
      published: ({ protocol }) => protocol === "few-shot",
      settings: { averagingMean: 30, averagingDeviation: 30 },
      adjust: ({ dataset }) =>
        averagedLate.includes(dataset) ? { averagingMean: 45, averagingDeviation: 5 } : {},
      training: () => ({ ...paper.training(16), epochs: 50 }),
    },
    "cross-dataset": {
      ...paper,
      table: "PromptSRC's rows of ProMetaR's cross-dataset and domain generalization tables",
      published: ({ protocol }) => protocol !== "base-to-new" && protocol !== "few-shot",
      settings: { averagingMean: 6, averagingDeviation: 10, textDepth: 3, imageDepth: 3 },
    },
  },
  needs: { pixels: true, features: true },
  learner(task, settings) {
    const by = ivlpPrompting.student(task, settings);
    const teacher = diverseTeacher(task);
    const rule = minimise(
      (params, batch, { observe }) => by.answer(params, batch, observe),
      ({ texts, images, logits }, { labels, features }, { observe }) => {
        const frozen = unitLength(features!);
        const teacherLogits = classify(task, frozen, teacher());
        const label = labelLoss(logits, labels);
        const distances = {
          text: meanAbsolute(texts, teacher()),
          image: meanAbsolute(images, frozen),
          logits: meanDivergence(logits, teacherLogits),
        };
        const weighted = {
          text: scale(distances.text, settings.textWeight),
          image: scale(distances.image, settings.imageWeight),
          logits: scale(distances.logits, settings.logitWeight),
        };
        observe?.("loss/label", label);
        for (const [name, d] of Object.entries(distances)) observe?.(`distance/${name}`, d);
        for (const [name, loss] of Object.entries(weighted)) observe?.(`loss/${name}`, loss);
        observe?.("teacher/image", frozen);
        observe?.("teacher/logits", teacherLogits);
        return Object.values(weighted).reduce(add, label);
      },
    );
    const { averagingMean, averagingDeviation } = settings;
    return owning(
      { ...trained(by, rule), ...averaging(averagingMean, averagingDeviation) },
      teacher,
    );
  },
};
