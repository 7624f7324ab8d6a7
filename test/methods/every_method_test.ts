/** What holds for every method: it learns, repeats itself, leaves CLIP as it is and no tensor behind. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type Batch, method, methods, presetOf } from "../../lib/methods/mod.ts";
import { dispose, memory, pick, readSync, type Tensor, tidy } from "../../lib/tensor/mod.ts";
import { begin, learnerOf, needed, numbers, problem, train } from "./problem.ts";

const names = methods.map(({ name }) => name);

for (const name of names) {
  Deno.test(`${name} learns from ten seeds: no NaN, a lower loss, CLIP's weights as they were`, async () => {
    const given = await problem();
    const frozen = frozenHashes(given.task.clip);
    assert.ok(frozen.size > 30);
    const learner = learnerOf(given, name);
    for (let seed = 0; seed < 10; seed++) {
      const { state, losses } = await train(learner, needed(name, given.batch), { steps: 4, seed });
      for (const [key, values] of Object.entries(numbers(state))) {
        assert.ok(values.every(Number.isFinite), `${key} of seed ${seed}`);
      }
      if (learner.step) assert.ok(losses.at(-1)! < losses[0]!, `seed ${seed}: ${losses}`);
      dispose(state);
    }
    learner.dispose();
    assert.deepEqual(changed(frozen, frozenHashes(given.task.clip)), []);
    given.dispose();
  });
}

Deno.test("CoOp and ProGrad train 50 epochs for one shot and on ImageNet, 100 for two and four, else 200", () => {
  for (const name of ["coop", "prograd"]) {
    const { training } = presetOf(method(name));
    const epochs = [1, 2, 4, 8, 16].map((shots) => training(shots, "eurosat").epochs);
    assert.deepEqual(epochs, [50, 100, 100, 200, 200]);
    assert.deepEqual([1, 4, 16].map((shots) => training(shots, "imagenet").epochs), [50, 50, 50]);
  }
});

for (const name of names) {
  Deno.test(`${name} leaves no tensor behind over 20 steps, and repeats itself bit for bit`, async () => {
    const given = await problem();
    const batch = needed(name, given.batch);
    const run = async (steps: number) => {
      const learner = learnerOf(given, name);
      const { state } = await train(learner, batch, { steps, seed: 3 });
      const kept = numbers(state);
      dispose(state);
      learner.dispose();
      return kept;
    };
    const first = await run(20); // makes what is made once and kept with the CLIP, such as transposed weights
    const before = memory().tensors;
    assert.deepEqual(await run(20), first);
    assert.equal(memory().tensors, before);
    given.dispose();
  });

  Deno.test(`${name} says the same of an image whatever else is in the batch`, async () => {
    const given = await problem();
    const learner = learnerOf(given, name);
    const params = await begin(learner, given.batch, 2);
    tidy(() => {
      const { pixels, features } = given.batch;
      const one: Batch = {
        labels: [1],
        pixels: pick(pixels!, [1]),
        features: pick(features!, [1]),
      };
      const logits = (batch: Batch) => learner.logits(params, learner.prepare(params), batch);
      const [all, alone] = [logits(given.batch), logits(one)].map((x) => [...readSync(x)]) as [
        number[],
        number[],
      ];
      assert.equal(all.length, 18);
      alone.forEach((x, i) => assert.ok(Math.abs(x - all[3 + i]!) < 1e-4, `${x} ${all[3 + i]}`));
    });
    dispose(params);
    learner.dispose();
    given.dispose();
  });
}

/** Hashes of every array that a CLIP holds, by where it holds it. */
function frozenHashes(
  part: unknown,
  path = "clip",
  seen = new Set<unknown>(),
): Map<string, string> {
  if (typeof part !== "object" || part === null || seen.has(part)) return new Map();
  seen.add(part);
  const numbers = part instanceof Float32Array
    ? part
    : "dataSync" in part
    ? readSync(part as Tensor)
    : undefined;
  if (numbers) {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    return new Map([[path, createHash("sha256").update(bytes).digest("hex")]]);
  }
  const inside = part instanceof Map ? [...part] : Object.entries(part);
  return new Map(inside.flatMap(([key, one]) => [...frozenHashes(one, `${path}.${key}`, seen)]));
}

/** Not those that were made on the way, such as transposed copies. */
function changed(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...before.keys()].filter((path) => before.get(path) !== after.get(path));
}
