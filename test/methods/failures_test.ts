/** Everything a user can get wrong is one clear line. */

import assert from "node:assert/strict";
import { UserError } from "../../lib/errors.ts";
import { method, methods, resolveSettings, type Task } from "../../lib/methods/mod.ts";
import { dispose } from "../../lib/tensor/mod.ts";
import { learnerOf, needed, type Problem, problem, train } from "./problem.ts";

/** Asserts that `f` throws one line that matches. */
function fails(f: () => unknown, message: RegExp): void {
  assert.throws(f, (error) => isLine(error, message));
}

/** And of what takes a while. */
async function failsLater(f: () => Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(f, (error) => isLine(error, message));
}

function isLine(error: unknown, message: RegExp): true {
  assert.ok(error instanceof UserError, String(error));
  assert.doesNotMatch(error.message, /\n/);
  assert.match(error.message, message);
  return true;
}

const using = (given: Problem, task: Partial<Task>): Problem => ({
  ...given,
  task: { ...given.task, ...task },
});

Deno.test("an unknown method or setting names the nearest one, a wrong value what is expected", () => {
  fails(() => method("maplee"), /no method maplee: did you mean maple\?/);
  const prograd = method("prograd");
  fails(() => resolveSettings(prograd, { lamda: 1 }), /no setting lamda: did you mean lambda\?/);
  fails(
    () => resolveSettings(prograd, { lambda: 1.5 }),
    /lambda is 1.5; give a number from 0 to 1/,
  );
  fails(() => resolveSettings(prograd, { join: "gem" }), /one of project, add, pcgrad, agem/);
  fails(
    () => resolveSettings(method("prometar"), { mixup: [0, 1] }),
    /mixup is \[0,1\]; give two numbers above 0/,
  );
});

Deno.test("every default and every preset passes its own checks", () => {
  for (const one of methods) {
    for (const [name, { settings, adjust, training }] of Object.entries(one.presets)) {
      for (const dataset of ["dtd", "caltech101", "imagenet"]) {
        for (const shots of [1, 2, 4, 8, 16]) {
          const adjusted = adjust?.({ dataset, shots }) ?? {};
          assert.ok(resolveSettings(one, settings, adjusted), `${one.name} ${name}`);
          assert.ok(training(shots).batchSize > 0);
        }
      }
    }
  }
});

Deno.test("ProGrad's λ is 0.8 on three data sets at 8 and 16 shots, and 1 else", () => {
  const { paper } = method("prograd").presets;
  const lambda = (dataset: string, shots: number) =>
    resolveSettings(method("prograd"), paper!.settings, paper!.adjust!({ dataset, shots })).lambda;
  for (const dataset of ["oxford_flowers", "dtd", "eurosat"]) {
    assert.deepEqual([1, 2, 4, 8, 16].map((shots) => lambda(dataset, shots)), [1, 1, 1, 0.8, 0.8]);
  }
  assert.equal(lambda("caltech101", 16), 1);
});

Deno.test("visual prompts need a ViT, and prompts as many layers as they have", async () => {
  const resnet = await problem("resnet");
  for (const name of ["vpt", "ivlp", "maple", "promptsrc", "prometar", "prometar-maple"]) {
    fails(() => learnerOf(resnet, name), /random has no image transformer .*: take a ViT/);
  }
  resnet.dispose();
  const vit = await problem();
  fails(() => learnerOf(vit, "vpt", { depth: 3 }), /3 layers deep do not fit random, which has 2/);
  fails(() => learnerOf(vit, "maple", { depth: 3 }), /3 layers deep .*: lower depth/);
  fails(() => learnerOf(vit, "ivlp", { textDepth: 3 }), /text prompts 3 layers deep/);
  vit.dispose();
});

Deno.test("one class, or a class name too long for 77 tokens, is refused by every method", async () => {
  const given = await problem();
  const long = Array(80).fill("long").join(" ");
  for (const { name } of methods) {
    fails(
      () => learnerOf(using(given, { classNames: ["only"] }), name),
      /two classes .*\["only"\]/,
    );
    if (name === "linear-probe") continue; // which reads no names
    const told = using(given, { classNames: ["short", long] });
    fails(() => {
      const learner = learnerOf(told, name);
      learner.prepare({}); // words that stay as they are, are read when they are needed
    }, /77/);
  }
  given.dispose();
});

Deno.test("words too few, a group that does not divide, pixels that are not read", async () => {
  const given = await problem();
  fails(() => learnerOf(given, "coop", { contextLength: 9 }), /has 4 tokens, fewer than .* 9/);
  fails(() => learnerOf(given, "cocoop", { classSpecific: true }), /leave classSpecific false/);
  await failsLater(async () => {
    const learner = learnerOf(given, "prometar", { modulationGroup: 7 });
    return await train(learner, given.batch, { steps: 0 });
  }, /modulationGroup 7 does not divide the 128 numbers of text.0/);
  fails(
    () => learnerOf(given, "prometar-coop", { augmentation: "cutmix" }),
    /cutmix mixes pixels, and CoOp reads image features alone/,
  );
  await failsLater(
    () => train(learnerOf(given, "linear-probe"), { ...given.batch, labels: [] }, { steps: 1 }),
    /no validation images to choose C on/,
  );
  given.dispose();
});

Deno.test("a batch of one class trains every method", async () => {
  const given = await problem();
  const batch = { ...given.batch, labels: given.batch.labels.map(() => 1) };
  for (const { name } of methods) {
    const learner = learnerOf(given, name);
    if (learner.step) {
      const { state, losses } = await train(learner, needed(name, batch), {
        steps: 2,
        all: given.batch,
      });
      assert.ok(losses.every(Number.isFinite), name);
      dispose(state);
    }
    learner.dispose();
  }
  given.dispose();
});

Deno.test("what belongs to the classes it was trained on says so", () => {
  const bound = (name: string, changes: Record<string, unknown> = {}) => {
    const one = method(name);
    return one.classBound?.(resolveSettings(one, changes)) ?? false;
  };
  assert.ok(bound("linear-probe"));
  for (const name of ["coop", "kgcoop", "prograd", "prometar-coop"]) {
    assert.ok(bound(name, { classSpecific: true }) && !bound(name), name);
  }
  assert.ok(!bound("coop") && !bound("prometar") && !bound("zero-shot"));
});
