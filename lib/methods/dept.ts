/**
 * DePT: prompts trained beside a linear head that takes what belongs to the classes trained on, so that the prompts keep
 * what is common to all (Zhang et al. 2024, sections 3.2 and 3.3).
 *
 * The head, CAT, sees features t of texts and v of images through a gain and a shift for each channel, one pair for either:
 * h(x) = W·(γ ∘ x + β) + b. Loss: (1 − λ)·CE(s·cos(v, t), y) + λ·CE over both h(t_y) and h(v), with y. What was trained on
 * is told apart by (1 − λ)·s·cos(v, t) + λ·h(v), anything else by the cosines alone.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import { grouped, sgd } from "../optim/mod.ts";
import {
  add,
  concat,
  matMul,
  mul,
  oneHot,
  onesLike,
  scale,
  type Tensor,
  type Tensors,
  unitLength,
  zeros,
} from "../tensor/mod.ts";
import type { ContextSettings } from "./context.ts";
import { coopPrompting } from "./coop.ts";
import { linearStart } from "./initial.ts";
import { labelLoss } from "./losses.ts";
import { maplePrompting, type MapleSettings } from "./maple.ts";
import type { Learner, Method, Task } from "./method.ts";
import { deptPaper } from "./papers.ts";
import { real, type SettingTable } from "./settings.ts";
import { classify, descending, evaluated, minimise, type Prompting } from "./student.ts";
import { float32, prometarTraining } from "./training.ts";

/** What DePT adds to the settings of the prompts it is put on. */
export interface DeptSettings {
  /** λ, the weight of the linear head's loss; that of the cosines has 1 − λ. */
  weight: number;
  /** The head's rate, as a multiple of the prompts'. */
  headRate: number;
}

const settings: SettingTable<DeptSettings> = {
  weight: real(0.7, "λ, the head's share of loss and logits", 0, 1),
  headRate: real(6.5, "the head's rate, as a multiple of the prompts'"),
};

const isHead = (name: string) => name.startsWith("head.");

/** W·(γ ∘ x + β) + b, [rows, classes], with the γ and β of texts or of images. */
function head(params: Tensors, x: Tensor, of: "text" | "image"): Tensor {
  const seen = add(mul(x, params[`head.${of}.gain`]!), params[`head.${of}.shift`]!);
  return add(matMul(seen, params["head.weight"]!, false, true), params["head.bias"]!);
}

function deptLearner<S>(base: Prompting<S>, task: Task, settings: S & DeptSettings): Learner {
  const { weight, headRate } = settings;
  const { classNames: { length: classes }, clip: { config: { embedDim } } } = task;
  const by = base.student(task, settings);
  const { raw } = by.text;
  if (!raw) {
    throw new UserError(
      `dept's head reads text features that are not of unit length, and ${base.title} has none`,
    );
  }
  const fused = (cosines: Tensor, byHead: Tensor) =>
    add(scale(cosines, 1 - weight), scale(byHead, weight));
  const rule = minimise(
    (params, batch, { observe }) => {
      const [texts, images] = [raw(params), by.image.features(params, batch)];
      observe?.("text", unitLength(texts));
      observe?.("image", unitLength(images));
      const logits = classify(task, images, unitLength(texts));
      const own = matMul(oneHot(batch.labels, classes), texts); // of each image its class's text
      const byHead = concat([head(params, own, "text"), head(params, images, "image")], 0);
      return { logits, byHead };
    },
    ({ logits, byHead }, { labels }, { observe }) => {
      const losses = [labelLoss(logits, labels), labelLoss(byHead, [...labels, ...labels])];
      observe?.("loss/cosines", losses[0]!);
      observe?.("loss/head", losses[1]!);
      return fused(losses[0]!, losses[1]!);
    },
  );
  const learner = evaluated(by);
  return {
    ...learner,
    ...descending(
      rule,
      grouped((name) => isHead(name) ? "head" : "prompts", {
        prompts: { optimiser: sgd() },
        head: { optimiser: sgd(), rate: headRate },
      }),
    ),
    init: (random) => ({
      ...learner.init(random),
      "head.text.gain": onesLike(zeros([embedDim])),
      "head.text.shift": zeros([embedDim]),
      "head.image.gain": onesLike(zeros([embedDim])),
      "head.image.shift": zeros([embedDim]),
      "head.weight": linearStart(random, [classes, embedDim], embedDim),
      "head.bias": linearStart(random, [classes], embedDim),
    }),
    logits(params, { text }, batch) {
      const images = by.image.features(params, batch);
      const cosines = classify(task, images, text!);
      return task.unseen ? cosines : fused(cosines, head(params, images, "image"));
    },
  };
}

/**
 * DePT on any prompts whose text side has features that are not of unit length.
 *
 * @returns a method without `module`: say yours, `{ ...withDePT(base), module: import.meta.url }`
 *
 * @example
 * ```ts
 * import {
 *   contextSettings,
 *   frozenImages,
 *   learnedContext,
 *   student,
 *   withDePT,
 * } from "@plumbline/plumbline/methods";
 * import assert from "node:assert/strict";
 * const onContext = withDePT({
 *   name: "context",
 *   title: "A context",
 *   learned: "a text context",
 *   settings: contextSettings,
 *   needs: { pixels: false, features: true },
 *   student: (task, settings) => student(task, learnedContext(task, settings), frozenImages),
 * });
 * assert.equal(onContext.name, "dept-context");
 * assert.equal(onContext.settings.weight.default, 0.7);
 * ```
 */
export function withDePT<S>(base: Prompting<S>): Method<S & DeptSettings> {
  return {
    name: `dept-${base.name}`,
    title: `${base.title} + DePT`,
    paper: deptPaper,
    learned: `${base.learned}, and a linear head behind channel-wise gains and shifts`,
    traps: [
      "the head is used where training classes are base classes or ImageNet's: the published code has no few-shot run with it",
      "the head reads features that are not of unit length, whose scale is the CLIP's",
    ],
    baseline: base.name,
    settings: { ...base.settings, ...settings } as SettingTable<S & DeptSettings>,
    presets: {
      paper: {
        table: "DePT's base-to-new table",
        settings: {},
        training: () => ({ ...prometarTraining(), rate: 0.0035 }),
        backbone: "ViT-B/16",
        deviations: [
          float32,
          "in the first epoch the head's rate is 6.5 times the prompts' as well; the published warm-up gives both 1e-5",
          "on ImageNet's variants the head is not used, as on any other data set; the published code uses its rows there",
        ],
      },
    },
    needs: base.needs,
    ...base.classBound && { classBound: base.classBound },
    learner: (task, settings) => deptLearner(base, task, settings),
  };
}

/** The method DePT on CoOp's context: it is trained beside a linear head for the classes trained on. */
export const deptCoop: Method<ContextSettings & DeptSettings> = {
  ...withDePT(coopPrompting),
  module: import.meta.url,
};

/** The method DePT on MaPLe's prompts: they are trained beside a linear head for the classes trained on. */
export const deptMaple: Method<MapleSettings & DeptSettings> = {
  ...withDePT(maplePrompting),
  module: import.meta.url,
};
