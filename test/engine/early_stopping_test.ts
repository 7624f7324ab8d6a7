/** Early stopping: the first best epoch on validation images is kept, and patience ends training. */

import assert from "node:assert/strict";
import { UserError } from "../../lib/errors.ts";
import { stopEarly } from "../../lib/engine/early_stopping.ts";
import type { FitOptions } from "../../lib/engine/fit.ts";
import { disposeState } from "../../lib/engine/state.ts";
import type { Learner, State } from "../../lib/methods/mod.ts";
import { clone, memory, readSync, tensor, useBackend } from "../../lib/tensor/mod.ts";

const labels = [0, 1, 0, 1];

/** A learner whose parameters are the logits of the four validation images. */
const learner = {
  patience: 2,
  prepare: () => ({}),
  logits: ({ logits }: State["params"]) => clone(logits!),
} as unknown as Learner;

const options = {
  validation: labels.map((label, i) => ({ path: `${i}`, label, name: "" })),
  needs: { pixels: false, features: true },
  images: {
    clip: { config: { embedDim: 1 } },
    features: () => Promise.resolve(new Float32Array(labels.length)),
  },
} as unknown as FitOptions;

/** An epoch's state: right on the first `right` images, and told from others by `mark`. */
function epoch(right: number, mark: number): State {
  const logits = labels.flatMap((label, i) => (label === 0) === (i < right) ? [1, 0] : [0, 1]);
  return { params: { logits: tensor(logits, [4, 2]), mark: tensor([mark], [1]) }, optimiser: {} };
}

Deno.test("the first of the best epochs is kept, and so many epochs without a better one end training", async () => {
  await useBackend("wasm");
  const before = memory().tensors;
  const watch = stopEarly(learner, options);
  const stopped: boolean[] = [];
  let last = epoch(0, -1);
  for (const [i, right] of [2, 3, 3, 1].entries()) {
    disposeState(last);
    last = epoch(right, i);
    await watch.note(last);
    stopped.push(watch.stopped());
  }
  assert.deepEqual(stopped, [false, false, false, true]);
  assert.deepEqual([watch.seen()!.accuracy, watch.seen()!.since], [75, 2]);
  const best = watch.best(last);
  assert.deepEqual([...readSync(best.params.mark!)], [1]);
  disposeState(best);
  assert.equal(memory().tensors, before, "tensors leak");
});

Deno.test("a better epoch starts patience anew", async () => {
  await useBackend("wasm");
  const watch = stopEarly(learner, options);
  for (const right of [2, 1, 3, 1]) {
    const state = epoch(right, 0);
    await watch.note(state);
    disposeState(state);
    assert.ok(!watch.stopped());
  }
  disposeState(watch.seen()!.state);
});

Deno.test("early stopping without validation images is an error, without patience nothing", () => {
  assert.throws(() => stopEarly(learner, { ...options, validation: [] }), UserError);
  const patient = { ...learner, patience: undefined };
  assert.equal(stopEarly(patient, { ...options, validation: [] }).stopped(), false);
});
