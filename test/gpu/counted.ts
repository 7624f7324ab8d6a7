/**
 * What a step asks of WebGPU, without computing it: programs are compiled, buffers taken and bound by the adapter's own rules,
 * weights sent; only that no program is started. So real sizes can be counted on a software adapter in seconds.
 *
 *     deno run -A test/gpu/counted.ts CASE…     # cases of test/bench/cases.ts; prints a line of JSON for each
 */

import * as tf from "@tensorflow/tfjs-core";
import { countTraffic, type Traffic, useBackend } from "../../lib/tensor/mod.ts";
import type { WatchedBackend } from "../../lib/tensor/webgpu_traffic.ts";
import { cases } from "../bench/cases.ts";
import { BACKEND } from "./adapter.ts";

/** What a step after the first asks for. */
export interface Counted extends Traffic {
  /** Bytes of the largest buffer, which is bound as a whole. */
  largest: number;
  /** Bytes of all buffers in use at most, weights included. */
  most: number;
}

/** Counts one case. Nothing is computed on WebGPU in the meantime: its numbers are all 0. */
export async function counted(name: string): Promise<Counted> {
  await useBackend(BACKEND);
  const { bufferManager } = tf.backend() as unknown as {
    bufferManager: WatchedBackend["bufferManager"] & { numBytesUsed: number };
  };
  const { acquireBuffer } = bufferManager;
  const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
  let [largest, most] = [0, 0];
  GPUComputePassEncoder.prototype.dispatchWorkgroups = () => undefined;
  bufferManager.acquireBuffer = (size, ...more) => {
    const buffer = acquireBuffer.call(bufferManager, size, ...more);
    largest = Math.max(largest, size);
    most = Math.max(most, bufferManager.numBytesUsed);
    return buffer;
  };
  try {
    const step = await cases[name]!();
    await step(); // sends the weights, and makes what is made once
    return { ...(await countTraffic(step))!, largest, most };
  } finally {
    bufferManager.acquireBuffer = acquireBuffer;
    GPUComputePassEncoder.prototype.dispatchWorkgroups = dispatchWorkgroups;
  }
}

if (import.meta.main) {
  for (const name of Deno.args) {
    const { programs, ...found } = await counted(name);
    const frequent = Object.entries(programs).slice(0, 12).map(([of, n]) => `${of} ${n}`);
    console.log(JSON.stringify({ name, ...found, programs: frequent.join(", ") }));
  }
  Deno.exit(); // the device keeps a thread
}
