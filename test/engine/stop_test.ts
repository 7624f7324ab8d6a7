/** A training that is stopped by a signal ends between two steps, frees what it held, and goes on from its checkpoint to the same bits. */

import assert from "node:assert/strict";
import { randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes, fewShot } from "../../lib/datasets/mod.ts";
import { train } from "../../lib/engine/mod.ts";
import { memory, readSync, useBackend } from "../../lib/tensor/mod.ts";

async function given() {
  await useBackend("wasm");
  const root = await Deno.makeTempDir();
  await drawShapes(root);
  const data = fewShot(await drawnShapes.load(root), 2, 1);
  return { root, data, clip: randomClip(smallConfig, 1) };
}

Deno.test("a stopped training goes on from its checkpoint, and ends in the same bits", async () => {
  const { root, data, clip } = await given();
  const told = { training: { epochs: 3, batchSize: 2 } };
  using whole = await train("coop", clip, data, told);
  const checkpoint = `${root}/coop.part`;
  const before = memory().tensors;
  const stop = new AbortController();
  const stopped = train("coop", clip, data, {
    ...told,
    checkpoint,
    signal: stop.signal,
    onEpoch: ({ epoch }) => epoch === 1 && stop.abort(new Error("enough")),
  });
  await assert.rejects(stopped, /enough/);
  assert.equal(memory().tensors, before);
  const seen: number[] = [];
  using resumed = await train("coop", clip, data, {
    ...{ ...told, checkpoint },
    onEpoch: ({ epoch }) => void seen.push(epoch),
  });
  assert.deepEqual(seen, [0, 1, 2]);
  assert.deepEqual(readSync(resumed.params["text.0"]!), readSync(whole.params["text.0"]!));
  await assert.rejects(Deno.stat(checkpoint), Deno.errors.NotFound);
});

Deno.test("a signal that is given before ends it at once, and without a checkpoint nothing is written", async () => {
  const { root, data, clip } = await given();
  await assert.rejects(
    train("coop", clip, data, { signal: AbortSignal.abort(new Error("no")) }),
    /^Error: no$/,
  );
  const stop = new AbortController();
  const files = () => Array.fromAsync(Deno.readDir(root));
  const before = await files();
  const run = train("coop", clip, data, {
    training: { epochs: 500 },
    signal: stop.signal,
    onEpoch: () => stop.abort(new Error("enough")),
  });
  await assert.rejects(run, /enough/);
  assert.deepEqual(await files(), before);
});
