import assert from "node:assert/strict";
import { epochRate, sgd } from "../../lib/optim/mod.ts";
import { memory, readSync, tensor, useBackend } from "../../lib/tensor/mod.ts";

const close = (a: ArrayLike<number>, b: number[]) =>
  b.forEach((value, i) => assert.ok(Math.abs(a[i]! - value) < 1e-6, `${a[i]} is not ${value}`));

Deno.test("momentum starts at the decayed gradient and then gathers, as PyTorch's does", async () => {
  await useBackend("wasm");
  const optimiser = sgd({ momentum: 0.9, decay: 0.1 });
  const start = { w: tensor([1, -2], [2]), frozen: tensor([5], [1]) };
  const before = optimiser.init(start);
  const one = optimiser.update({ w: tensor([0.5, 0.5], [2]) }, before, start, 0.1);
  // d = g + 0.1·p = (0.6, 0.3); p − 0.1·d
  close(readSync(one.state["momentum.w"]!), [0.6, 0.3]);
  close(readSync(one.params.w!), [0.94, -2.03]);
  const two = optimiser.update({ w: tensor([0, 0], [2]) }, one.state, one.params, 0.1);
  // d = 0.1·p = (0.094, −0.203); buffer = 0.9·(0.6, 0.3) + d = (0.634, 0.067)
  close(readSync(two.state["momentum.w"]!), [0.634, 0.067]);
  close(readSync(two.params.w!), [0.94 - 0.0634, -2.03 - 0.0067]);
  assert.equal(two.params.frozen, start.frozen, "what has no gradient is passed on");
});

Deno.test("a step makes its two new tensors for each parameter and no others", async () => {
  await useBackend("wasm");
  const params = { a: tensor([1], [1]), b: tensor([2], [1]) };
  const gradients = { a: tensor([1], [1]), b: tensor([1], [1]) };
  const state = sgd().init(params);
  const before = memory().tensors;
  sgd().update(gradients, state, params, 0.1);
  assert.equal(memory().tensors, before + 4);
});

Deno.test("the rate warms up and then falls along half a cosine over all epochs", () => {
  const schedule = { rate: 0.002, epochs: 10, warmupEpochs: 1, warmupRate: 1e-5 };
  assert.equal(epochRate(schedule, 0), 1e-5);
  assert.equal(epochRate(schedule, 1), 0.002);
  assert.ok(
    Math.abs(epochRate(schedule, 6) - 0.001) < 1e-12,
    "half way of the cosine's ten epochs",
  );
  assert.ok(epochRate(schedule, 9) > 0, "the last epoch is not the cosine's end");
});

// Dassl's LinearWarmupScheduler: its lowest rate first, then rate·epoch/epochs of the warm-up.
Deno.test("a linear warm-up rises by equal steps from the second epoch", () => {
  const schedule = {
    ...{ rate: 0.3, epochs: 10, warmupEpochs: 3, warmupRate: 1e-5 },
    warmup: "linear" as const,
  };
  close([0, 1, 2, 3].map((epoch) => epochRate(schedule, epoch)), [1e-5, 0.1, 0.2, 0.3]);
});
