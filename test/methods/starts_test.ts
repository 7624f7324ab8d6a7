/** What the methods start from. */

import assert from "node:assert/strict";
import { linearStart } from "../../lib/methods/initial.ts";
import { methods, nothingDrawn } from "../../lib/methods/mod.ts";
import { encode } from "../../lib/clip/mod.ts";
import { type Streams, streams } from "../../lib/random/mod.ts";
import { dispose, readSync, tidy, useBackend } from "../../lib/tensor/mod.ts";
import { learnerOf, numbers, type Problem, problem } from "./problem.ts";

/** A method's initial parameters, by name. */
function start(given: Problem, name: string, changes: Record<string, unknown> = {}) {
  const learner = learnerOf(given, name, changes);
  const params = tidy(() => learner.init(streams(9)));
  const shapes = Object.fromEntries(Object.entries(params).map(([key, x]) => [key, x.shape]));
  const values = numbers({ params, optimiser: {} });
  dispose(params);
  learner.dispose();
  return { shapes, values: (key: string) => values[`0/${key}`]! };
}

Deno.test("a class-specific context has vectors for each class, wherever it is offered", async () => {
  const given = await problem();
  const offered = methods.filter(({ settings }) => "classSpecific" in settings).map((m) => m.name);
  assert.deepEqual(offered, ["coop", "cocoop", "kgcoop", "prograd", "prometar-coop", "dept-coop"]);
  for (const name of offered.filter((name) => name !== "cocoop")) {
    assert.deepEqual(
      start(given, name, { classSpecific: true }).shapes["text.0"],
      [3, 4, 32],
      name,
    );
    assert.deepEqual(start(given, name).shapes["text.0"], [4, 32], name);
  }
  given.dispose();
});

Deno.test("CoOp and ProGrad take both starts: random vectors, and the template after zeros", async () => {
  const given = await problem();
  const { tokens } = given.task.clip.text;
  const words = encode("a photo of a").flatMap((id) => [...tokens.row(id)]);
  for (const name of ["coop", "prograd"]) {
    const fromTemplate = start(given, name, { init: "template", contextLength: 6 });
    assert.deepEqual(fromTemplate.values("text.0"), [...new Array(64).fill(0), ...words]);
    const random = start(given, name, { init: "random", contextLength: 6 }).values("text.0");
    const deviation = Math.sqrt(random.reduce((sum, x) => sum + x * x, 0) / random.length);
    assert.ok(deviation > 0.015 && deviation < 0.025, `${deviation}`);
  }
  given.dispose();
});

Deno.test("MaPLe learns its first words alone, and its deep maps start as copies of one another", async () => {
  const given = await problem();
  const { shapes, values } = start(given, "maple", { depth: 2 });
  assert.deepEqual(shapes, {
    "text.0": [2, 32],
    "text.1": [2, 32],
    "image.0.weight": [32, 32],
    "image.0.bias": [32],
    "image.1.weight": [32, 32],
    "image.1.bias": [32],
  });
  assert.notDeepEqual(values("image.0.weight"), values("image.1.weight"));
  const { tokens } = given.task.clip.text;
  const [a, photo] = encode("a photo") as readonly [number, number];
  assert.deepEqual(values("text.0").slice(0, 32), [...tokens.row(a)]);
  assert.deepEqual(values("text.0").slice(32), [...tokens.row(photo)]);
  given.dispose();

  const deeper = await problem("vit", 1, 3);
  const deep = start(deeper, "maple", { depth: 3 });
  assert.deepEqual(deep.values("image.1.weight"), deep.values("image.2.weight"));
  assert.deepEqual(deep.values("image.1.bias"), deep.values("image.2.bias"));
  deeper.dispose();
});

Deno.test("who draws nothing gets zeros of the same sizes, where drawing zeros would give other numbers", async () => {
  await useBackend("wasm");
  const zeros = (() => ({ gauss: () => 0, random: () => 0 })) as unknown as Streams;
  const start = (random: Streams) => tidy(() => [...readSync(linearStart(random, [2, 3], 4))]);
  assert.deepEqual(start(zeros), Array(6).fill(-0.5));
  assert.deepEqual(start(nothingDrawn), Array(6).fill(0));
});
