/**
 * WebGPU: its adapter is asked for, and what goes wrong on its device later on is said in one line when numbers are read.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { UserError } from "../errors.ts";
import { isSoftware } from "./choice.ts";
import { permitted, variable } from "./permitted.ts";
import { registerWebgpuKernels } from "./webgpu_kernels.ts";
import { splitNoProduct } from "./webgpu_products.ts";
import { type WatchedBackend, watchTraffic } from "./webgpu_traffic.ts";

/**
 * Makes TensorFlow.js compute on WebGPU, with all that the adapter can bind.
 *
 * @param software whether an adapter that the CPU computes will do
 * @returns what it computes on
 * @throws {UserError} where there is no adapter, or only a software one
 */
export async function loadWebgpu(software: boolean): Promise<string> {
  using _ = seat();
  const info = (await adapter())?.info;
  if (info === undefined) throw new UserError("webgpu finds no adapter.");
  if (isSoftware(info) && !software && variable("PLUMBLINE_SOFTWARE_GPU") !== "1") {
    throw new UserError(`webgpu finds only a software adapter (${info.description}).`);
  }
  const first = tf.findBackendFactory("webgpu") === null;
  await import("@tensorflow/tfjs-backend-webgpu");
  if (!await tf.setBackend("webgpu")) {
    throw new UserError("webgpu could not be initialised by TensorFlow.js.");
  }
  if (first) {
    const backend = tf.backend() as unknown as WatchedBackend;
    registerWebgpuKernels();
    splitNoProduct();
    watchTraffic(backend);
    watchDevice(backend.device);
  }
  return `GPU (${info.description || info.vendor})`;
}

/** The best WebGPU adapter, asked for once; drivers that fail count as none. */
function adapter(): Promise<GPUAdapter | undefined> {
  return found ??= (async () => {
    try {
      return await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }) ??
        undefined;
    } catch {
      return undefined;
    }
  })();
}

let found: Promise<GPUAdapter | undefined> | undefined;

/** Where nobody is logged in, the windows' library complains of a missing folder: it is told of one for the while. */
function seat(): Disposable {
  const folder = "XDG_RUNTIME_DIR";
  const lacks = "Deno" in globalThis && permitted({ name: "env", variable: folder }) &&
    !Deno.env.get(folder);
  if (lacks) Deno.env.set(folder, "/");
  return { [Symbol.dispose]: () => void (lacks && Deno.env.delete(folder)) };
}

/** What went wrong on the device, since nothing can be computed or read any more. */
let fault: UserError | undefined;

/** Remembers what the device reports, which it does between a program's calls. */
function watchDevice(device: GPUDevice): void {
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    fault ??= deviceFault((event as GPUUncapturedErrorEvent).error);
  });
  device.lost.then(({ message }) => void (fault ??= lostFault(message)));
}

/** What to tell of an error that a device reported. */
export function deviceFault(error: { constructor: { name: string }; message: string }): UserError {
  const line = error.message.split("\n")[0];
  return error.constructor.name === "GPUOutOfMemoryError"
    ? new UserError(`the GPU has no memory left: ${LESS} (${line})`)
    : new UserError(`the GPU refused a program (${line}): ${ELSEWHERE}`);
}

/** And of a device that is gone. */
export function lostFault(message: string): UserError {
  return new UserError(
    `the GPU was lost (${message.split("\n")[0] || "its driver says no more"}): run the command ` +
      `again, a run goes on from its last checkpoint; if it happens again, ${LESS}`,
  );
}

const ELSEWHERE = "take --backend native or wasm, and report it";
const LESS = "take fewer images in a batch or fewer classes, or --backend native or wasm";

/** Reads on any backend; where the GPU failed, says so in place of what TensorFlow.js makes of it. */
export async function orFault<T>(reading: Promise<T>): Promise<T> {
  try {
    const numbers = await reading;
    if (fault) throw fault;
    return numbers;
  } catch (error) {
    await new Promise((resolve) => setTimeout(resolve)); // a device tells of its end after the call that meets it
    throw fault ?? error;
  }
}
