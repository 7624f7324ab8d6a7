/**
 * KgCoOp: CoOp whose text features t are held near T, the hand-crafted prompts' features: cross-entropy +
 * W·(1 − mean cos(t, T)) (Yao et al. 2023, equations 5 and 6).
 *
 * @module
 */
import { add, scale } from "../tensor/mod.ts";
import { contextSettings, learnedContext } from "./context.ts";
import { labelLoss, meanCosine } from "./losses.ts";
import type { Method } from "./method.ts";
import { kgcoopPaper } from "./papers.ts";
import { count, real, words } from "./settings.ts";
import { frozenImages, lazy, minimise, owning, student, trained } from "./student.ts";
import { float32 } from "./training.ts";
import { wording } from "./wording.ts";
import { templateFeatures } from "./zero_shot.ts";

/** KgCoOp's settings. */
export interface KgCoOpSettings {
  /** M, the number of learned context vectors. */
  contextLength: number;
  /** The words whose embeddings the context is initialised with. */
  init: string;
  /** Whether each class has a context of its own. */
  classSpecific: boolean;
  /** W, the weight of the distance to the hand-crafted prompts' features. */
  weight: number;
}

/** The method KgCoOp: a text context whose features are kept near the hand-crafted prompts'. */
export const kgcoop: Method<KgCoOpSettings> = {
  name: "kgcoop",
  title: "KgCoOp",
  paper: kgcoopPaper,
  module: import.meta.url,
  learned: "M text context vectors",
  settings: {
    contextLength: count(4, "M, the number of context vectors"),
    init: words("a photo of a", "what the context starts from: random, N(0, 0.02), or words"),
    classSpecific: contextSettings.classSpecific,
    weight: real(8, "λ, the weight of the distance to the words' features"),
  },
  presets: {
    paper: {
      table: "KgCoOp's rows of ProMetaR's table 1 (base-to-new)",
      settings: {},
      training: () => ({
        epochs: 100,
        batchSize: 128,
        rate: 0.002,
        warmupEpochs: 1,
        warmupRate: 1e-5,
      }),
      backbone: "ViT-B/16",
      deviations: [
        float32,
        "the published code's loss is 1 − cosine, half of the squared distance that the paper writes",
      ],
    },
  },
  needs: { pixels: false, features: true },
  classBound: ({ classSpecific }) => classSpecific,
  learner(task, { weight, ...context }) {
    const text = learnedContext(task, { ...context, classTokenPosition: "end" });
    const by = student(task, text, frozenImages);
    const { clip, classNames } = task;
    const teacher = lazy(() => templateFeatures(clip, classNames, wording(task, "kgcoop")));
    const rule = minimise(
      (params, batch, { observe }) => by.answer(params, batch, observe),
      ({ logits, texts }, { labels }, { observe }) => {
        const [label, distance] = [labelLoss(logits, labels), meanCosine(texts, teacher())];
        observe?.("loss/label", label);
        observe?.("distance/cosine", distance);
        return add(label, scale(distance, weight));
      },
    );
    return owning(trained(by, rule), teacher);
  },
};
