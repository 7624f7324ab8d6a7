/** A checkpoint of pre-training that was damaged is told so, and never gone on from. */
import assert from "node:assert/strict";
import { UserError } from "../../lib/errors.ts";
import { readCheckpoint, writeCheckpoint } from "../../lib/pretrain/checkpoint.ts";
import { readSync, tensor, useBackend } from "../../lib/tensor/mod.ts";

Deno.test("a checkpoint with any byte changed is damaged, or another run's", async () => {
  await useBackend("cpu");
  const path = `${await Deno.makeTempDir()}/checkpoint.safetensors`;
  await writeCheckpoint(path, "this run", {
    training: {
      step: 3,
      params: { w: tensor([0.5, -1], [2]) },
      optimiser: { "decayed/expAvg.w": tensor([1, 2], [2]), "decayed/step": tensor([3], []) },
    },
    log: [],
    recent: [],
  });
  const whole = await Deno.readFile(path);
  const kept = await readCheckpoint(path, "this run");
  assert.deepEqual([...readSync(kept!.training.params.w!)], [0.5, -1]);
  assert.equal(readSync(kept!.training.optimiser["decayed/step"]!)[0], 3);

  for (let at = 0; at < whole.length; at++) {
    const damaged = whole.slice();
    damaged[at]! ^= 1;
    await Deno.writeFile(path, damaged);
    await assert.rejects(
      readCheckpoint(path, "this run"),
      (error) => error instanceof UserError,
      `byte ${at}`,
    );
  }
});
