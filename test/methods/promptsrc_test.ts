/** PromptSRC's losses and its average over epochs, against their equations written plainly. */

import assert from "node:assert/strict";
import { epochWeights } from "../../lib/methods/promptsrc.ts";
import { disposeReplaced } from "../../lib/engine/mod.ts";
import { stateAt } from "../../lib/methods/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { dispose, memory, readSync, tidy } from "../../lib/tensor/mod.ts";
import { learnerOf, needed, numbers, problem, train } from "./problem.ts";

Deno.test("the prompts evaluated are the epochs' last ones, weighted by a Gaussian over epochs", async () => {
  const given = await problem();
  const settings = { averagingMean: 3, averagingDeviation: 1.5 };
  const learner = learnerOf(given, "promptsrc", settings);
  const batch = needed("promptsrc", given.batch);
  await train(learner, batch, { steps: 1 }); // makes the teacher
  const before = memory().tensors;
  let state = tidy(() => stateAt(learner, learner.init(streams(1))));
  const ends: Record<string, number[]>[] = [];
  for (let epoch = 0; epoch < 4; epoch++) {
    for (
      const next of [
        () => learner.step!(state, batch, { rate: 0.002 }).state,
        () => learner.endEpoch!(state, epoch, 4),
      ]
    ) {
      const was = state;
      state = tidy(next);
      disposeReplaced(was, state);
    }
    ends.push(numbers({ params: state.params, optimiser: {} }));
  }
  const ended = tidy(() => learner.finish!(state));
  const density = (e: number) => Math.exp(-(((e - 3) / 1.5) ** 2) / 2);
  const total = density(1) + density(2) + density(3) + density(4);
  for (const [name, values] of Object.entries(numbers({ ...ended, optimiser: {} }))) {
    values.forEach((x, i) => {
      const plain = ends.reduce((sum, end, e) => sum + density(e + 1) / total * end[name]![i]!, 0);
      assert.ok(Math.abs(x - plain) < 1e-6, `${name}: ${x}, expected ${plain}`);
    });
  }
  disposeReplaced(state, ended);
  dispose(ended);
  assert.equal(memory().tensors, before);
  learner.dispose();
  given.dispose();
});

Deno.test("epochs far from the mean still have weights that sum to one", () => {
  for (
    const [epochs, mean, deviation] of [[20, 15, 1], [2, 15, 0.1], [50, 45, 5], [1, 30, 30]] as [
      number,
      number,
      number,
    ][]
  ) {
    const weights = epochWeights(epochs, mean, deviation);
    assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-12);
  }
});

Deno.test("its loss is the four parts of its equations", async () => {
  const given = await problem();
  const learner = learnerOf(given, "promptsrc");
  const params = tidy(() => learner.init(streams(1)));
  const seen: Record<string, number[]> = {};
  const loss = tidy(() =>
    readSync(
      learner.step!(stateAt(learner, params), given.batch, {
        rate: 0.002,
        observe: (name, x) => seen[name] = [...readSync(x)],
      }).loss,
    )[0]
  );
  const frozen = tidy(() => [...readSync(given.batch.features!)]);
  const length = (at: number) => Math.hypot(...frozen.slice(at * 24, at * 24 + 24));
  const image = seen.image!.reduce(
    (sum, x, i) => sum + Math.abs(x - frozen[i]! / length(Math.floor(i / 24))),
    0,
  ) / seen.image!.length;
  const softmax = (row: number[]) => {
    const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
    return row.map((x) => Math.exp(x) / total);
  };
  let [divergence, label] = [0, 0];
  given.batch.labels.forEach((k, i) => {
    const student = softmax(seenLogits(i));
    const teacher = softmax(seen["teacher/logits"]!.slice(3 * i, 3 * i + 3));
    teacher.forEach((p, c) => divergence += p * Math.log(p / student[c]!) / 18);
    label -= Math.log(student[k]!) / 6;
  });
  function seenLogits(i: number): number[] {
    const texts = [0, 1, 2].map((c) => seen.text!.slice(24 * c, 24 * c + 24));
    return texts.map((t) =>
      given.task.clip.scale * t.reduce((sum, x, d) => sum + x * seen.image![24 * i + d]!, 0)
    );
  }
  const plain = label + 25 * seen["distance/text"]![0]! + 10 * image + divergence;
  assert.ok(Math.abs(loss! - plain) < 1e-4 * plain, `${loss}, expected ${plain}`);
  dispose(params);
  learner.dispose();
  given.dispose();
});
