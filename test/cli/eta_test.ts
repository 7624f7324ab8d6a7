import assert from "node:assert/strict";
import { eta } from "../../lib/lab/eta.ts";
import { corrections, cost } from "../../lib/protocols/mod.ts";
import { smallConfig } from "../../lib/clip/mod.ts";
import { method } from "../../lib/methods/mod.ts";

Deno.test("the time left follows the estimate at first, and what was seen later", () => {
  let time = 0;
  const left = eta(new Map([["a", 100], ["b", 100]]), 1, () => time);
  assert.equal(left.left(), 200);
  time = 200; // twice as slow as thought
  left.ended("a");
  assert.ok(Math.abs(left.left() - 100 * 220 / 120) < 1e-9);
  time = 300;
  left.at("b", 0.5);
  assert.ok(left.left() > 50 && left.left() < 110);
  left.ended("b");
  assert.equal(left.left(), 0);
});

Deno.test("cells that were timed correct the estimates of their method, or else of all", () => {
  const timed = [["coop", 20], ["coop", 30], ["coop", 400], ["prograd", 10]] as const;
  const factor = corrections(timed.map(([method, total]) => ({
    record: {
      cell: { protocol: "few-shot", method, dataset: "a", shots: 1, seed: 1 },
      seconds: { total, training: 0, evaluation: 0 },
    },
    estimate: 10,
  })));
  assert.equal(factor("coop"), 3);
  assert.equal(factor("prograd"), 1);
  assert.equal(factor("prometar"), 3);
  assert.equal(corrections([])("coop"), 1);
});

Deno.test("more images, classes and epochs cost more; what learns nothing costs its test", () => {
  const training = { epochs: 10, batchSize: 4, rate: 1, warmupEpochs: 0, warmupRate: 0 };
  const sizes = {
    method: method("coop"),
    classes: 10,
    images: 100,
    training,
    tests: [{ classes: 10, images: 50 }],
  };
  const machine = { rate: 1e11, overhead: 1e-5 };
  const seconds = (changes: Partial<typeof sizes>) =>
    cost({ ...sizes, ...changes }, smallConfig, machine).seconds;
  assert.ok(seconds({ images: 200 }) > 1.5 * seconds({}));
  assert.ok(seconds({ classes: 100 }) > seconds({}));
  assert.ok(seconds({ method: method("prometar") }) > seconds({ method: method("ivlp") }));
  assert.ok(
    seconds({ method: method("zero-shot"), training: { ...training, epochs: 0 } }) <
      seconds({}) / 5,
  );
  assert.ok(cost({ ...sizes, classes: 1000 }, smallConfig, machine).bytes > 3.5e8);
});
