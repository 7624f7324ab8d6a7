/**
 * ProGrad: CoOp whose gradient never opposes that of zero-shot CLIP's knowledge (Zhu et al. 2023, section 3.2).
 *
 * The gradient of cross-entropy, G_d, loses its part along the gradient of the distillation loss, G_g, where the two
 * disagree (equation 5, in projection.ts).
 *
 * @module
 */
import { type ContextSettings, contextSettings } from "./context.ts";
import { coopPrompting } from "./coop.ts";
import { distillationLoss, labelLoss } from "./losses.ts";
import type { GradientStatistics, Method, Preset } from "./method.ts";
import { progradPaper } from "./papers.ts";
import { type JoinName, joins } from "./projection.ts";
import { oneOf, real, words } from "./settings.ts";
import {
  classify,
  following,
  frozenImages,
  type Lazy,
  lazy,
  owning,
  type Rule,
  type Student,
  trained,
} from "./student.ts";
import { coopTraining, float32 } from "./training.ts";
import { cosineSimilarity, euclideanNorm, headed, plusScaled } from "./vectors.ts";
import { wording } from "./wording.ts";
import { templateFeatures } from "./zero_shot.ts";

/** ProGrad's settings. */
export interface ProGradSettings extends ContextSettings {
  /** λ, the share of the conflicting component that is taken away. */
  lambda: number;
  /** T, the temperature of the teacher's and the student's softmax in the distillation loss. */
  temperature: number;
  /** How the two gradients are joined: by ProGrad's projection, or by another way, for comparison. */
  join: JoinName;
}

/** One forward pass, the gradients of both losses through it, and both joined. */
function joined(by: Student, teacherText: Lazy, settings: ProGradSettings): Rule {
  const { lambda, temperature, join } = settings;
  return following({
    losses(params, batch, { observe }) {
      const teacher = classify(by.task, frozenImages.features({}, batch), teacherText());
      const { logits } = by.answer(params, batch);
      const general = distillationLoss(logits, teacher, temperature);
      observe?.("loss/teacher", general);
      observe?.("teacher", teacher);
      return { losses: [labelLoss(logits, batch.labels), general], logits };
    },
    follow([task, general], { observe }) {
      for (const name of Object.keys(task!)) {
        observe?.(`task/${name}`, task![name]!);
        observe?.(`general/${name}`, general![name]!);
      }
      return joins[join](task!, general!, lambda);
    },
  });
}

/** Data sets on which the paper takes λ = 0.8 at 8 and 16 shots. */
const gentler = ["oxford_flowers", "dtd", "eurosat"];

const paper: Preset<ProGradSettings> = {
  table: "ProGrad's figure 4 and tables 1 to 3",
  settings: {},
  adjust: ({ dataset, shots }) => gentler.includes(dataset) && shots >= 8 ? { lambda: 0.8 } : {},
  training: coopTraining,
  backbone: "RN50",
  deviations: [
    float32,
    "a general gradient shorter than 2⁻¹³ of the task's, which is rounding where student and teacher agree, takes away next to nothing; the published code divides it by its length and follows it",
  ],
};

/** Another way of joining the gradients, for comparison. */
function comparison(what: string, join: JoinName): Preset<ProGradSettings> {
  const { adjust: _, ...alike } = paper;
  return { ...alike, table: `ProGrad compared with ${what}`, settings: { join } };
}

/**
 * `conflict/cosine`, cos(∇CE, ∇KL); `conflict/share`, 1 where it is negative, else 0; `conflict/removed`,
 * ‖∇CE − G‖/‖∇CE‖ with the G that is followed.
 */
const conflicts: GradientStatistics = {
  wants: (name) => /^(task|general|gradient)\//.test(name),
  from(seen) {
    const [task, general] = [headed("task/", seen), headed("general/", seen)];
    const cosine = cosineSimilarity(task, general);
    const removed = euclideanNorm(plusScaled(task, headed("gradient/", seen), -1));
    const whole = euclideanNorm(task);
    return {
      "conflict/cosine": cosine,
      "conflict/share": cosine < 0 ? 1 : 0,
      "conflict/removed": whole === 0 ? 0 : removed / whole,
    };
  },
};

/** The method ProGrad: CoOp whose gradient loses its part against the distillation loss's gradient. */
export const prograd: Method<ProGradSettings> = {
  ...coopPrompting,
  name: "prograd",
  title: "ProGrad",
  module: import.meta.url,
  passes: 5,
  statistics: conflicts,
  paper: progradPaper,
  settings: {
    ...contextSettings,
    init: words("template", contextSettings.init.about),
    lambda: real(
      1,
      "λ, how much of the opposing part is taken away; of `add`, the loss's weight",
      0,
      1,
    ),
    temperature: real(1, "T of the distillation loss", 1e-3),
    join: oneOf(
      "project",
      "how both gradients are joined",
      Object.keys(joins) as JoinName[],
    ),
  },
  presets: {
    paper,
    random: {
      ...paper,
      table: "ProGrad from CoOp's start, which the published comparison does not give it",
      settings: { init: "random" },
    },
    distillation: comparison("its distillation loss added to the cross-entropy", "add"),
    pcgrad: comparison("PCGrad's symmetric projection", "pcgrad"),
    agem: comparison("A-GEM's projection of the whole gradient", "agem"),
  },
  learner(task, settings) {
    const { clip, classNames } = task;
    const by = coopPrompting.student(task, settings);
    const teacher = lazy(() => templateFeatures(clip, classNames, wording(task, "prograd")));
    return owning(trained(by, joined(by, teacher, settings)), teacher);
  },
};
