/**
 * Products with frozen weights that WebGPU keeps as float16: a quarter of the memory where gradients are taken, since the
 * same bytes are read in both directions. What comes in and out, and the sums, are float32.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Half } from "./native_half.ts";
import type { Tensor } from "./tape.ts";
import { HALF_TILE } from "./webgpu_half_programs.ts";
import { program } from "./programs.ts";
import type { WatchedBackend } from "./webgpu_traffic.ts";

/**
 * A matrix rounded to float16, to the nearest, for {@linkcode webgpuHalfProduct}. What was not sent to the GPU yet is rounded
 * before, so that its float32 never takes memory there. It outlives `tidy`, until it is disposed of.
 */
export function webgpuHalfOf(x: Tensor): Half {
  const words = Math.ceil(x.size / 2);
  const backend = tf.backend() as unknown as WatchedBackend;
  const { values } = backend.tensorMap.get(x.dataId) ?? {};
  if (!values || !("Float16Array" in globalThis)) {
    const half = tf.keep(program("Halved", { x }, { count: x.size }, [1, words]));
    leaving = leaving.then(() => leaveGpu(x, backend));
    return half as unknown as Half;
  }
  const halves = new Float16Array(2 * words);
  halves.set(values);
  const packed: tf.Tensor = tf.tensor(new Int32Array(halves.buffer), [1, words], "int32");
  return tf.keep(packed as unknown as Half);
}

/** One after the other, so that no more than one is on its way. */
let leaving: Promise<void> = Promise.resolve();

/** Has a tensor's numbers in the CPU's memory alone, until a program reads them. */
async function leaveGpu(x: Tensor, backend: WatchedBackend): Promise<void> {
  try {
    await x.data();
    const held = backend.tensorMap.get(x.dataId);
    if (!held?.resource || backend.commandQueueOwnedIds.has(x.dataId)) return;
    backend.bufferManager.releaseBuffer(held.resource as GPUBuffer, false);
    held.resource = null;
  } catch {
    // It was freed meanwhile; a device that is lost says so elsewhere.
  }
}

/** x·W + bias, or x·Wᵀ where `transpose`; W is [in, out]. */
export function webgpuHalfProduct(
  x: Tensor,
  half: Half,
  [inputs, outputs]: [inputs: number, outputs: number],
  transpose: boolean,
  bias?: Tensor,
): Tensor {
  const [rows, inner] = x.shape as [number, number];
  const columns = transpose ? inputs : outputs;
  const told = {
    inner,
    ...transpose ? { across: outputs, along: 1 } : { across: 1, along: outputs },
    biased: bias ? 1 : 0,
    workgroups: Math.ceil(rows / HALF_TILE) * Math.ceil(columns / HALF_TILE),
  };
  return program("HalfProduct", { x, half, bias: bias ?? x }, told, [rows, columns]);
}
