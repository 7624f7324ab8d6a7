/**
 * A first step of real size, computed with random weights on two backends in turn, each in a process of its own: by hand,
 * as a software adapter takes minutes. WebGPU gets no more than every adapter has (tensors of 128 MiB at most).
 *
 *     deno run -A test/gpu/computed.ts METHOD MODEL BATCH CLASSES [BACKEND BACKEND]
 *     deno run -A test/gpu/computed.ts coop ViT-B/16 4 20 webgpu:software native
 *
 * Prints the losses, and how far apart the gradients are, relative to the largest entry of each.
 */

import { publishedConfig, publishedNames } from "../../lib/clip/published.ts";
import { runChild } from "../../lib/child.ts";
import { keep, read, type Tensor, useBackend } from "../../lib/tensor/mod.ts";
import { trainingStep } from "../bench/training.ts";
import { randomClip } from "../tiny_clip.ts";

/** What a backend computes. */
interface Computed {
  device: string;
  /** The storage buffer's limit in bytes, where WebGPU computes. */
  binds?: number;
  loss: number;
  gradients: Record<string, number[]>;
  /** Of the step alone, waiting for its loss included. */
  seconds: number;
}

async function computed([method, model, batch, classes]: string[], on: string): Promise<Computed> {
  const published = publishedNames.find((name) => name === model)!;
  const binds = on.startsWith("webgpu") ? await leastLimits() : undefined;
  const { device } = await useBackend(on);
  const gradients: Record<string, Tensor> = {};
  let loss = NaN;
  const step = trainingStep(method!, {
    clip: randomClip(publishedConfig(published)),
    batch: Number(batch),
    classes: Number(classes),
    watch: {
      observe(name, value) {
        if (name.startsWith("gradient/")) gradients[name] = keep(value.clone());
      },
      loss: (value) => void (loss = value),
    },
  });
  const begun = performance.now();
  await step();
  const seconds = (performance.now() - begun) / 1000;
  const numbers: Record<string, number[]> = {};
  for (const [name, x] of Object.entries(gradients)) numbers[name] = [...await read(x)];
  return { device, ...binds && { binds }, loss, gradients: numbers, seconds };
}

/** Devices are asked for without any limit of their own, so that they have WebGPU's least. */
async function leastLimits(): Promise<number> {
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = function ({ requiredLimits: _, ...asked } = {}) {
    return requestDevice.call(this, asked);
  };
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const { maxStorageBufferBindingSize } = device.limits;
  device.destroy();
  return maxStorageBufferBindingSize;
}

async function apart(args: string[], on: string): Promise<Computed> {
  const { code, stdout, stderr } = await runChild(Deno.execPath(), [
    ...["run", "-q", "-A", import.meta.filename!, "one", on],
    ...args,
  ], { most: 3_600_000 });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

if (import.meta.main) {
  if (Deno.args[0] === "one") {
    console.log(JSON.stringify(await computed(Deno.args.slice(2), Deno.args[1]!)));
    Deno.exit(); // what computes may keep threads
  }
  const of = Deno.args.slice(0, 4);
  const [first = "webgpu:software", second = "native"] = Deno.args.slice(4);
  const [a, b] = [await apart(of, first), await apart(of, second)];
  const off = Object.entries(b.gradients).map(([name, values]) => {
    const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const worst = values.reduce((m, x, i) => Math.max(m, Math.abs(x - a.gradients[name]![i]!)), 0);
    return [name, worst / largest];
  });
  console.log(JSON.stringify({
    of,
    losses: [a.loss, b.loss],
    gradientsApart: Object.fromEntries(off),
    seconds: [a.seconds, b.seconds],
    devices: [a.device, b.device],
    binds: a.binds,
  }));
}
