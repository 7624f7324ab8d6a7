/**
 * A method of one's own, complete: CoOp's context, drawn back to where the words' features are. A copy of this file is
 * a start for another one; `resolveSettings`, `learner` and the engine's `fit` and `evaluate` take it from there.
 */
import { defineMethod } from "@plumbline/plumbline";
import {
  frozenImages,
  labelLoss,
  lazy,
  learnedContext,
  meanCosine,
  minimise,
  owning,
  setting,
  student,
  templateFeatures,
  trained,
} from "@plumbline/plumbline/methods";
import { add, scale } from "@plumbline/plumbline/tensor";

export const tethered = defineMethod({
  name: "tethered",
  module: import.meta.url,
  settings: { pull: setting.real(4, "how strongly the text features are drawn back") },
  needs: { pixels: false, features: true },
  learner(task, { pull }) {
    const text = learnedContext(task, {
      contextLength: 4,
      init: "a photo of a",
      classTokenPosition: "end",
      classSpecific: false,
    });
    const prompted = student(task, text, frozenImages);
    const { clip, classNames, template } = task;
    const words = lazy(() => templateFeatures(clip, classNames, template));
    const rule = minimise(
      (params, batch) => prompted.answer(params, batch),
      ({ logits, texts }, { labels }) =>
        add(labelLoss(logits, labels), scale(meanCosine(texts, words()), pull)),
    );
    return owning(trained(prompted, rule), words);
  },
});
