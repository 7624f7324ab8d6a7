/** What a GPU is asked for in a step, and what is said when it can't give it. */

import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes, fewShot } from "../../lib/datasets/mod.ts";
import { train } from "../../lib/engine/mod.ts";
import { UserError } from "../../lib/errors.ts";
import {
  broadcastTo,
  countTraffic,
  read,
  scale,
  tensor,
  tidy,
  useBackend,
} from "../../lib/tensor/mod.ts";
import { deviceFault, lostFault } from "../../lib/tensor/webgpu.ts";
import { refuseTooLarge } from "../../lib/tensor/webgpu_traffic.ts";
import { cases } from "../bench/cases.ts";
import { BACKEND, onAdapter } from "./adapter.ts";
import type { Counted } from "./counted.ts";

const MEBIBYTE = 2 ** 20;

Deno.test("a tensor that no binding holds is refused in one line that says what to do", () => {
  const limits = { maxBufferSize: 256 * MEBIBYTE, maxStorageBufferBindingSize: 128 * MEBIBYTE };
  refuseTooLarge(128 * MEBIBYTE, limits);
  assert.throws(() => refuseTooLarge(129 * MEBIBYTE, limits), {
    name: "UserError",
    message: "a tensor of 129 MiB is more than this GPU binds (128 MiB): take fewer images in a " +
      "batch or fewer classes, or --backend native or wasm",
  });
});

Deno.test("what a device reports becomes one line that says what to do", () => {
  class GPUOutOfMemoryError {
    message = "not enough memory left\n  in a call of createBuffer";
  }
  class GPUValidationError {
    message = "Workgroup size exceeds the limit\n  in a call of createComputePipeline";
  }
  const lines = [
    deviceFault(new GPUOutOfMemoryError()),
    deviceFault(new GPUValidationError()),
    lostFault("The driver was reset.\nat 0x0"),
    lostFault(""),
  ].map(({ message }) => message);
  for (const line of lines) {
    assert.ok(!line.includes("\n") && /--backend native or wasm/.test(line));
  }
  assert.match(lines[0]!, /^the GPU has no memory left: take fewer images/);
  assert.match(lines[1]!, /^the GPU refused a program \(Workgroup size exceeds the limit\)/);
  assert.match(lines[2]!, /^the GPU was lost \(The driver was reset\.\): run the command again/);
  assert.match(lines[3]!, /^the GPU was lost \(its driver says no more\)/);
});

onAdapter("an adapter's own limit is kept to, before anything is allocated", async () => {
  await useBackend(BACKEND);
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  assert.ok(most >= 128 * MEBIBYTE, "what every adapter has");
  if (most > 2 ** 32) return; // more than a test may take
  const entries = Math.floor(most / 4) + 1;
  const sent = () => scale(tensor([1], [1]), 2);
  assert.throws(() => tidy(() => broadcastTo(sent(), [entries])), UserError);
});

for (const [name, most] of Object.entries({ "pocket/coop": 136, "pocket/ivlp": 306 })) {
  onAdapter(
    `${name}: a second step sends no weight, compiles nothing and reads only the loss`,
    async () => {
      await useBackend(BACKEND);
      const step = await cases[name]!();
      for (let warm = 0; warm < 2; warm++) await step();
      const traffic = await countTraffic(() => step());
      assert.ok(traffic);
      assert.equal(traffic.pipelines, 0);
      assert.equal(traffic.reads, 1);
      assert.ok(traffic.uploadedBytes < 4096, `${traffic.uploadedBytes} bytes`);
      assert.ok(traffic.uploads <= 12, `${traffic.uploads} uploads`);
      assert.ok(traffic.dispatches <= most, `${traffic.dispatches} dispatches, once ${most}`);
      const all = Object.values(traffic.programs).reduce((a, b) => a + b, 0);
      assert.equal(all, traffic.dispatches);
      const { largest, ...again } = await countedApart(name);
      assert.deepEqual([again.dispatches, again.uploads], [traffic.dispatches, traffic.uploads]);
      assert.ok(largest > 2 ** 16 && largest < 2 ** 20, `${largest} bytes`);
    },
  );
}

onAdapter("one seed gives the same bits, run after run on one adapter", async () => {
  await useBackend(BACKEND);
  const root = await Deno.makeTempDir();
  await drawShapes(root);
  const data = fewShot(await drawnShapes.load(root), 2, 1);
  const clip = randomClip(smallConfig, 1);
  const trained = async () => {
    const options = { settings: { contextLength: 4 }, training: { epochs: 2 } };
    using prompts = await train("prograd", clip, data, options);
    return (await read(prompts.state.params["text.0"]!)).slice();
  };
  const first = await trained();
  assert.ok(first.every(Number.isFinite));
  assert.deepEqual(await trained(), first);
  disposeClip(clip);
});

// In another process: a device that is gone takes the backend with it.
onAdapter("a device that is lost is said to be, in one line", async () => {
  const source = `
    import { read, scale, tensor, useBackend } from ${JSON.stringify(here("lib/tensor/mod.ts"))};
    import * as tf from "@tensorflow/tfjs-core";
    await useBackend("webgpu:software");
    const x = scale(tensor([1, 2], [2]), 2);
    await read(x);
    tf.backend().device.destroy();
    try {
      await read(scale(x, 2));
      console.log("read");
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", source],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const said = new TextDecoder().decode(stdout).trim();
  assert.match(said, /^UserError: the GPU was lost \(.*--backend native or wasm$/);
});

/** What counted.ts says of a case: nothing may be computed in its process afterwards. */
async function countedApart(name: string): Promise<Counted> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", here("test/gpu/counted.ts"), name],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const said = new TextDecoder().decode(stdout);
  assert.ok(said.startsWith("{"), new TextDecoder().decode(stderr));
  return JSON.parse(said);
}

function here(path: string): string {
  return new URL(`../../${path}`, import.meta.url).href;
}
