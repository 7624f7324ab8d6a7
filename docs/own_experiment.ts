import * as plumbline from "@plumbline/plumbline"; // a method of one's own beside CoOp and ProGrad
import { inLines, run } from "@plumbline/plumbline/lab";
const { add, coop, labelLoss, lazy, meanCosine, scale, setting, student } = plumbline;
const anchored = plumbline.defineMethod({
  name: "anchored",
  settings: { ...coop.settings, pull: setting.real(4, "weight of the distance to the words") },
  needs: { pixels: false, features: true },
  learner(task, { pull, ...context }) {
    const by = student(task, plumbline.learnedContext(task, context), plumbline.frozenImages);
    const words = lazy(() => plumbline.templateFeatures(task.clip, task.classNames, task.template));
    const rule = plumbline.minimise(
      (params, batch, { observe }) => by.answer(params, batch, observe),
      ({ logits, texts }, { labels }) =>
        add(labelLoss(logits, labels), scale(meanCosine(texts, words()), pull)),
    );
    return plumbline.owning(plumbline.trained(by, rule), words);
  },
});
const training = { epochs: Number(Deno.args[1] ?? 30), batchSize: 32, rate: 0.002 };
const entries = ["coop", "prograd", anchored].map((method) => ({ method, training }));
const axes = { datasets: ["pocket-tiles", "pocket-textures"], shots: [4], seeds: [1, 2, 3] };
const out = Deno.args[0] ?? "out/anchored";
const { report } = await run({ entries, ...axes }, { out, onEvent: inLines(console.error) });
const paired = report.tables.find(({ id }) => id.endsWith("/differences"))!;
console.log(plumbline.tableMarkdown(paired));
