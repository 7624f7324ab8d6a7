/** Accuracies in the midst of a training: right, and without a trace in what is learned. */
import assert from "node:assert/strict";
import { randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { baseNew, drawnShapes, drawShapes, fewShot } from "../../lib/datasets/mod.ts";
import { type EpochRecord, train, type TrainOptions } from "../../lib/engine/mod.ts";
import { memory, read, useBackend } from "../../lib/tensor/mod.ts";

await useBackend("wasm");
const root = await Deno.makeTempDir();
await drawShapes(root);
const { base, new: others } = baseNew(fewShot(await drawnShapes.load(root), 1, 1));
const clip = randomClip(smallConfig, 1);

/** What a training of CoOp learned, its epochs, and its accuracies at the end. */
async function trained(epochs: number, more: TrainOptions = {}) {
  const seen: EpochRecord[] = [];
  using coop = await train("coop", clip, base, {
    training: { epochs, batchSize: 4, rate: 0.02 },
    ...{ seed: 3, onEpoch: (epoch: EpochRecord) => seen.push(epoch), ...more },
  } as TrainOptions);
  const numbers = [...await read(coop.params["text.0"]!)];
  const end = await Promise.all([base, others].map((part) => coop.test(part)));
  return { numbers, seen, end: end.map(({ accuracy }) => accuracy) };
}

Deno.test("every second epoch and the last are measured; what is learned is the same to the bit", async () => {
  const evaluateEvery = { every: 2, on: { test: base, new: others } };
  const plain = await trained(3);
  const before = memory().tensors;
  const asked = await trained(3, { evaluateEvery });
  assert.equal(memory().tensors, before);
  assert.deepEqual(asked.numbers, plain.numbers);
  assert.deepEqual(asked.seen.map(({ asked }) => asked !== undefined), [false, true, true]);
  const accuracies = asked.seen.map(({ asked }) => asked && Object.entries(asked.accuracy));
  assert.deepEqual(accuracies[2], [["test", asked.end[0]], ["new", asked.end[1]]]);
  assert.ok(asked.seen[1]!.asked!.seconds > 0);
  assert.ok(plain.seen.every((epoch) => !("asked" in epoch)));
});

Deno.test("an epoch's number is that of a training that ends there at the same rates", async () => {
  const constant = { epochs: 2, batchSize: 4, rate: 0.02, warmupEpochs: 2, warmupRate: 0.02 };
  const on = { test: base };
  const short = await trained(1, { training: { ...constant, epochs: 1, warmupEpochs: 1 } });
  const long = await trained(2, { training: constant, evaluateEvery: { every: 1, on } });
  assert.equal(long.seen[0]!.asked!.accuracy.test, short.end[0]);
});

Deno.test("what cannot be measured is refused in a line, and no tensor stays", async () => {
  const before = memory().tensors;
  const refused = (by: string, options: object, message: RegExp) =>
    assert.rejects(train(by, clip, base, options), (error: Error) => {
      assert.equal(error.name, "UserError");
      assert.match(error.message, message);
      return true;
    });
  const every = (on: object) => ({ evaluateEvery: { every: 1, on } });
  await refused(
    "coop",
    { evaluateEvery: { every: 0, on: { test: base } } },
    /give { every: epochs/,
  );
  const misspelt = { evaluateEvery: { every: 1, on: { test: base }, epoch: 2 } };
  await refused("coop", misspelt, /give { every: epochs/);
  await refused("coop", every({}), /give { every: epochs/);
  await refused("coop", every({ test: "base" }), /give { every: epochs/);
  await refused("coop", every({ none: { ...base, test: [] } }), /no images of .* measure none on/);
  await refused("zero-shot", every({ test: base }), /learns without epochs/);
  const bound = { settings: { classSpecific: true }, ...every({ new: others }) };
  await refused("coop", bound, /belongs to its 6 classes/);
  assert.equal(memory().tensors, before);
});
