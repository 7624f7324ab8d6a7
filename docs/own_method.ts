/**
 * A method of one's own, complete: CoOp's context, drawn back to where the words' features are. A copy of this file is
 * a start for another one; `resolveSettings`, `learner` and the engine's `fit` and `evaluate` take it from there.
 */
import * as plumbline from "@plumbline/plumbline";
import { add, labelLoss, meanCosine, scale, setting } from "@plumbline/plumbline";

export const tethered = plumbline.defineMethod({
  name: "tethered",
  module: import.meta.url,
  settings: { pull: setting.real(4, "how strongly the text features are drawn back") },
  needs: { pixels: false, features: true },
  learner(task, { pull }) {
    const text = plumbline.learnedContext(task, {
      contextLength: 4,
      init: "a photo of a",
      classTokenPosition: "end",
      classSpecific: false,
    });
    const prompted = plumbline.student(task, text, plumbline.frozenImages);
    const { clip, classNames, template } = task;
    const words = plumbline.lazy(() => plumbline.templateFeatures(clip, classNames, template));
    const rule = plumbline.minimise(
      (params, batch) => prompted.answer(params, batch),
      ({ logits, texts }, { labels }) =>
        add(labelLoss(logits, labels), scale(meanCosine(texts, words()), pull)),
    );
    return plumbline.owning(plumbline.trained(prompted, rule), words);
  },
});
