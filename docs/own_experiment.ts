import { defineMethod, inLines, run, tableMarkdown } from "@plumbline/plumbline";
import * as parts from "@plumbline/plumbline/methods"; // a method of one's own beside CoOp and ProGrad
import { add, scale } from "@plumbline/plumbline/tensor";
const { coop, labelLoss, lazy, learnedContext, meanCosine, setting, student } = parts;
const anchored = defineMethod({
  name: "anchored",
  settings: { ...coop.settings, pull: setting.real(4, "weight of the distance to the words") },
  needs: { pixels: false, features: true },
  learner(task, { pull, ...context }) {
    const by = student(task, learnedContext(task, context), parts.frozenImages);
    const words = lazy(() => parts.templateFeatures(task.clip, task.classNames, task.template));
    const rule = parts.minimise(
      (params, batch, { observe }) => by.answer(params, batch, observe),
      ({ logits, texts }, { labels }) =>
        add(labelLoss(logits, labels), scale(meanCosine(texts, words()), pull)),
    );
    return parts.owning(parts.trained(by, rule), words);
  },
});
const training = { epochs: Number(Deno.args[1] ?? 30), batchSize: 32, rate: 0.002 };
const entries = ["coop", "prograd", anchored].map((method) => ({ method, training }));
const axes = { datasets: ["pocket-tiles", "pocket-textures"], shots: [4], seeds: [1, 2, 3] };
const out = Deno.args[0] ?? "out/anchored";
const { report } = await run({ entries, ...axes }, { out, onEvent: inLines(console.error) });
console.log(tableMarkdown(report.tables.find(({ id }) => id.endsWith("/differences"))!));
