/**
 * ProGrad: CoOp whose gradient never opposes that of zero-shot CLIP's knowledge (Zhu et al. 2023, section 3.2).
 *
 * The gradient of cross-entropy, G_d, loses its part along the gradient of the distillation loss, G_g, where the two
 * disagree: G = G_d − λ·(⟨G_d, G_g⟩/‖G_g‖²)·G_g if ⟨G_d, G_g⟩ < 0, else G_d (equation 5).
 *
 * @module
 */
import {
  add,
  crossEntropy,
  dispose,
  div,
  dot,
  mean,
  mul,
  neg,
  onesLike,
  relu,
  scale,
  shift,
  softmax,
  type Tensor,
  vjp,
} from "../tensor/mod.ts";
import { type ContextSettings, contextSettings, learnedContext } from "./context.ts";
import type { Method, Task } from "./method.ts";
import { progradPaper } from "./papers.ts";
import { real, words } from "./settings.ts";
import {
  classify,
  frozenImages,
  labelLoss,
  named,
  type Rule,
  type Student,
  student,
  trained,
} from "./student.ts";
import { coopTraining } from "./training.ts";
import { templateFeatures } from "./zero_shot.ts";

/** ProGrad's settings. */
export interface ProGradSettings extends ContextSettings {
  lambda: number;
  temperature: number;
}

/** G_d without what opposes G_g. A vanishing G_g opposes nothing. Both of one shape. */
export function projectConflict(task: Tensor, general: Tensor, lambda: number): Tensor {
  const opposed = relu(neg(dot(task, general)));
  const share = div(opposed, shift(dot(general, general), SMALLEST));
  return add(task, mul(general, scale(share, lambda)));
}

/** The smallest normal float32: keeps 0/0 at 0. */
const SMALLEST = 2 ** -126;

/**
 * Distillation from zero-shot CLIP: −Σ softmax(teacher/T)·log softmax(student/T)·T², mean over the batch. Published as a
 * KL divergence, which differs by the teacher's entropy and has the same gradient.
 */
export function distillationLoss(student: Tensor, teacher: Tensor, temperature: number): Tensor {
  const target = softmax(scale(teacher, 1 / temperature));
  return mean(scale(crossEntropy(scale(student, 1 / temperature), target), temperature ** 2));
}

/** One forward pass, the gradients of both losses through it, and their combination for each parameter. */
function projected(by: Student, teacherText: Tensor, { lambda, temperature }: ProGradSettings): Rule {
  return (params, batch, observe) => {
    const names = Object.keys(params);
    const teacher = classify(by.task, frozenImages.features({}, batch), teacherText);
    const { values: [loss, general, logits], pull } = vjp(() => {
      const logits = by.logits(params, batch);
      return [
        labelLoss(logits, batch.labels),
        distillationLoss(logits, teacher, temperature),
        logits,
      ];
    }, Object.values(params));
    const task = named(names, pull([onesLike(loss), null, null]));
    const zeroShot = named(names, pull([null, onesLike(general), null]));
    observe?.("loss/teacher", general);
    observe?.("teacher", teacher);
    for (const name of names) {
      observe?.(`task/${name}`, task[name]);
      observe?.(`general/${name}`, zeroShot[name]);
    }
    const gradients = names.map((name) => projectConflict(task[name], zeroShot[name], lambda));
    return { gradients: named(names, gradients), loss, logits };
  };
}

function teacherFeatures({ clip, classNames, template, progradTemplate }: Task): Tensor {
  return templateFeatures(clip, classNames, progradTemplate ?? template);
}

/** ProGrad. */
export const prograd: Method<ProGradSettings> = {
  name: "prograd",
  title: "ProGrad",
  paper: progradPaper,
  settings: {
    ...contextSettings,
    init: words("template", contextSettings.init.about),
    lambda: real(1, "λ, how much of the opposing part is taken away", 0, 1),
    temperature: real(1, "T of the distillation loss", 1e-3),
  },
  presets: {
    paper: {
      table: "ProGrad's figure 4 and tables 1 to 3",
      settings: {},
      training: coopTraining,
      backbone: "RN50",
      deviations: [
        "ProGrad takes λ = 0.8 on Flowers102, DTD and EuroSAT at 8 and 16 shots; say so by lambda",
      ],
    },
  },
  needs: { pixels: false, features: true },
  learner(task, settings) {
    const by = student(task, learnedContext(task, settings), frozenImages);
    const teacher = teacherFeatures(task);
    const learner = trained(by, projected(by, teacher, settings));
    return {
      ...learner,
      dispose() {
        learner.dispose();
        dispose(teacher);
      },
    };
  },
};
