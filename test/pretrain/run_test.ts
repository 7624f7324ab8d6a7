/** A short pre-training as a whole: it learns, it is reproducible to the bit, and a kill costs nothing but time. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../lib/errors.ts";
import { drawPairs } from "../../lib/pretrain/draw.ts";
import { pretrain, type PretrainLogEntry } from "../../lib/pretrain/mod.ts";
import { memory, useBackend } from "../../lib/tensor/mod.ts";
import { checkpointEvery, recipe, tiny, words } from "./tiny_run.ts";

/** Trains in `folder`; given `kill`, throws at that step, as if the process had died there. */
async function train(
  folder: string,
  { kill = Infinity, seed = 1 } = {},
): Promise<PretrainLogEntry[]> {
  return await pretrain({
    folder,
    recipe: { ...recipe, seed },
    config: tiny,
    words,
    checkpointEvery,
    async *pairs(first) {
      for (let step = first; step < recipe.steps; step++) {
        if (step === kill) throw new Error("killed");
        yield await Promise.resolve(drawPairs({ seed, step, batch: recipe.batch }));
      }
    },
  });
}

const bytes = (folder: string) => Deno.readFile(join(folder, "pocket.safetensors"));

Deno.test("the loss falls, and the same seed gives the same bits, interrupted or not", async () => {
  await useBackend("wasm");
  const [one, two, three, other] = await Promise.all(
    [1, 2, 3, 4].map(() => Deno.makeTempDir()),
  ) as [string, string, string, string];
  const before = memory().tensors;
  const log = await train(one);
  assert.equal(memory().tensors, before, "tensors leak");
  assert.deepEqual(log.map(({ step }) => step), [10, 12]);
  assert.ok(log[1]!.loss < log[0]!.loss - 0.05, `loss from ${log[0]!.loss} to ${log[1]!.loss}`);

  assert.deepEqual(await train(two), log);
  assert.deepEqual(await bytes(two), await bytes(one));

  await assert.rejects(train(three, { kill: 8 }), /killed/);
  assert.deepEqual(await train(three), log, "goes on from step 5");
  assert.deepEqual(await bytes(three), await bytes(one));

  await train(other, { seed: 2 });
  assert.notDeepEqual(await bytes(other), await bytes(one));
  await assert.rejects(train(other, { seed: 1 }), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /checkpoint\.safetensors belongs to a run with another recipe/);
    return true;
  });
});

Deno.test("a run that is killed goes on from its checkpoint and ends in the same bits", async () => {
  await useBackend("wasm");
  const [whole, killed] = await Promise.all([1, 2].map(() => Deno.makeTempDir())) as [
    string,
    string,
  ];
  await train(whole);
  const child = fileURLToPath(new URL("./tiny_run.ts", import.meta.url));
  const run = async (...step: string[]) =>
    await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-P=test", "--no-prompt", child, killed, ...step],
    }).spawn().status;
  assert.equal((await run("8")).signal, "SIGKILL");
  assert.deepEqual(Array.from(Deno.readDirSync(killed), ({ name }) => name), [
    "checkpoint.safetensors",
  ]);
  assert.ok((await run()).success);
  assert.deepEqual(await bytes(killed), await bytes(whole));
  const left = Array.from(Deno.readDirSync(killed), ({ name }) => name).sort();
  assert.deepEqual(left, ["checkpoint.safetensors", "pocket.safetensors"]);
});

Deno.test("pairs depend on seed and step alone; every fifth step has long captions", () => {
  const draw = (step: number, seed = 1) => drawPairs({ seed, step, batch: 8 });
  assert.deepEqual(draw(3), draw(3));
  assert.notDeepEqual(draw(3).texts, draw(4).texts);
  assert.notDeepEqual(draw(3).pixels, draw(3, 2).pixels);
  const longest = (step: number) => Math.max(...draw(step).texts.map((text) => text.length));
  const mean = (step: number) => draw(step).texts.reduce((n, { length }) => n + length, 0) / 8;
  assert.ok(mean(4) > mean(3) + 4, `${mean(4)} tokens against ${mean(3)}`);
  assert.ok(longest(4) <= 77);
});
