/** Traces of whole trainings: what must hold of them whatever the numbers are. */

import assert from "node:assert/strict";
import {
  nearestWords,
  traceAlignment,
  traceConflicts,
  traceExpansion,
  traceUpdates,
  trainStudy,
} from "../../lib/analysis/mod.ts";
import { encode } from "../../lib/clip/mod.ts";
import { takeNotes } from "../../lib/engine/mod.ts";
import { stateAt } from "../../lib/methods/mod.ts";
import { countWork, memory, readSync, tensor, tidy } from "../../lib/tensor/mod.ts";
import { learnerOf, needed, problem } from "../methods/problem.ts";
import { streams } from "../../lib/random/mod.ts";
import { small } from "./task.ts";

const training = { epochs: 2, batchSize: 4 };

Deno.test("looking costs no operation: not when no one looks, and reading alone when someone does", async () => {
  for (const name of ["prograd", "ivlp", "prometar"]) {
    const on = await problem();
    const learner = learnerOf(on, name);
    const batch = needed(name, on.batch);
    const params = tidy(() => learner.init(streams(1)));
    const draws = learner.draw?.(batch.labels, streams(1));
    const step = (observe?: ReturnType<typeof takeNotes>["observe"]) => () =>
      tidy(() => void learner.step!(stateAt(learner, params), batch, { rate: 0, draws, observe }));
    step()(); // what is made once, is made
    const plain = await countWork(step());
    const notes = takeNotes((name) => !name.startsWith("outer/image"));
    const before = memory().tensors;
    const seen = await countWork(step(notes.observe));
    assert.ok(Object.keys(await notes.read()).length > 0);
    assert.equal(memory().tensors, before, "what was kept is freed");
    // What ProMetaR normalises only to tell of it, the mixed features, is all that is added.
    assert.ok(seen.ops <= plain.ops + (name === "prometar" ? 4 : 0), name);
    assert.equal(seen.flops, plain.flops, name);
    learner.dispose();
    on.dispose();
  }
});

Deno.test("a training that is looked at ends in the same bits", async () => {
  using on = await small(2);
  const study = { clip: on.clip, dataset: on.base, training };
  const { prompts } = await traceUpdates(study);
  using plain = await trainStudy("prometar", study);
  for (const [name, values] of Object.entries(prompts)) {
    assert.deepEqual(values, readSync(plain.state.params[name]!), name);
  }
});

Deno.test("ProGrad removes where gradients conflict, CoOp nowhere; classes are seen one by one", async () => {
  using on = await small(2);
  const study = {
    clip: on.clip,
    dataset: on.dataset,
    views: 1,
    settings: { contextLength: 4, init: "random" },
    training: { epochs: 4, batchSize: 4 },
    perClass: true,
  };
  const prograd = await traceConflicts(study);
  for (const { cosine, removed } of prograd.steps) {
    assert.ok(Math.abs(removed - Math.max(0, -cosine)) < 1e-4, `${cosine} ${removed}`);
  }
  assert.ok(prograd.share > 0, "the task has conflicts, or the test shows nothing");
  assert.equal(prograd.steps[0]!.vectors.length, 4);
  assert.equal(new Set(prograd.classes.map(({ epoch }) => epoch)).size, 4);
  assert.ok(
    prograd.classes.every(({ label, className }) => className === on.dataset.classNames[label]),
  );
  const coop = await traceConflicts({ ...study, method: "coop" });
  assert.ok(coop.steps.every(({ removed }) => removed < 1e-5));
  // Both begin at one point on one batch: the referee sees what ProGrad sees.
  assert.ok(Math.abs(coop.steps[0]!.cosine - prograd.steps[0]!.cosine) < 1e-5);
});

Deno.test("alignment is measured on the same tasks for all three learners; γ is 1 where nothing learns it", async () => {
  using on = await small(1);
  const study = { clip: on.clip, dataset: on.base, training };
  const traces = [];
  for (const learner of ["ivlp", "regularised", "prometar"] as const) {
    traces.push(await traceAlignment({ ...study, learner }));
  }
  const [ivlp, regularised, prometar] = traces.map(({ steps }) => steps[0]);
  assert.ok(Math.abs(ivlp!.support - regularised!.support) < 1e-4 * Math.abs(ivlp!.support));
  assert.ok(Math.abs(ivlp!.queryLoss - prometar!.queryLoss) < 1e-4);
  assert.ok(Object.values(ivlp!.gates).every((gate) => gate === 1));
  assert.ok(Object.values(prometar!.gates).every((gate) => gate > 0.3 && gate < 0.7));
  const layers = Object.values(ivlp!.layers).reduce((sum, { support }) => sum + support, 0);
  assert.ok(Math.abs(layers - ivlp!.support) < 1e-9 * Math.abs(layers), "layers sum to the whole");
});

Deno.test("the expansion is the tangent of the outer loss", async () => {
  using on = await small(2);
  const h = 2e-4;
  const points = await traceExpansion({
    clip: on.clip,
    dataset: on.base,
    training,
    tasks: 3,
    rates: [-h, 0, h],
  });
  assert.equal(points.length, 9);
  for (const task of [0, 1, 2]) {
    const [before, at, after] = points.filter((point) => point.task === task);
    assert.equal(at!.exact, at!.expansion);
    const [slope, central] = [
      (after!.expansion - before!.expansion) / (2 * h),
      (after!.exact - before!.exact) / (2 * h),
    ];
    assert.ok(Math.abs(slope - central) <= 0.02 * Math.abs(slope) + 0.02, `${slope} ${central}`);
  }
});

Deno.test("shares sum to 1; without an outer loss the meta-gradient has none of it", async () => {
  using on = await small(2);
  const study = { clip: on.clip, dataset: on.base, training };
  const published = await traceUpdates(study);
  const silent = await traceUpdates({ ...study, settings: { outerRatio: 0 } });
  for (const { steps, total } of [published, silent]) {
    assert.ok(Math.abs(total.regularised + total.meta + total.decay - 1) < 1e-3);
    for (const { shares: s } of steps) {
      assert.ok(Math.abs(s.regularised + s.momentum + s.meta + s.decay - 1) < 1e-3);
    }
  }
  assert.ok(published.lengths.meta > 0);
  assert.deepEqual([silent.total.meta, silent.lengths.meta], [0, 0]);
});

Deno.test("a vector between two words is near both, by either measure", async () => {
  using on = await small(1);
  const { width, tokens } = on.clip.text;
  const [cat, dog] = [encode("cat")[0]!, encode("dog")[0]!].map((id) => tokens.row(id));
  const between = Float32Array.from(cat!, (x, i) => 0.55 * x + 0.45 * dog![i]!);
  for (const metric of ["euclidean", "cosine"] as const) {
    const { words } = nearestWords(on.clip, tensor(between, [1, width]), { metric, count: 2 })[0]!;
    assert.deepEqual(words.map(({ word }) => word), ["cat", "dog"]);
    assert.ok(words[0]!.distance < words[1]!.distance);
    const among = new Set([encode("dog")[0]!]);
    const { words: only } = nearestWords(on.clip, tensor(between, [1, width]), {
      metric,
      among,
    })[0]!;
    assert.deepEqual(only.map(({ word }) => word), ["dog"]);
  }
});
