/**
 * Makes TensorFlow.js compute on the best backend of this machine. Packages are imported only when their turn comes,
 * so who computes in wasm never loads the others, and importing this file does nothing.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { UserError } from "../errors.ts";
import { type Backend, choose, computedIn, type SetUp } from "./choice.ts";
import { packageFile } from "./package_file.ts";
import { permitted, variable } from "./permitted.ts";
import {
  knownPrecision,
  type Precision,
  precisionInUse,
  setPrecision,
  withPrecision,
} from "./precision.ts";
import { loadWebgpu } from "./webgpu.ts";

export { type Backend, type BackendName, computedIn } from "./choice.ts";
export { type Precision, precisionInUse, precisions } from "./precision.ts";

/**
 * Chooses a backend and makes every later tensor operation run on it: native → webgpu → wasm, whichever works first,
 * or the one that `choice` or else the environment variable `PLUMBLINE_BACKEND` names. Print `reason` once.
 *
 * Call it before the first tensor is made. Asking again for the same backend is free.
 *
 * @param choice `native`, `webgpu`, `wasm` or `cpu`; `webgpu:software` takes a GPU that the CPU computes too, as
 *   `PLUMBLINE_SOFTWARE_GPU=1` does: slow, for tests. Checked, so it may come straight from a command line
 * @param precision of products with frozen weights: `fp32` (default); `bf16`, on native alone, which is about twice as fast
 *   on CPUs with units for it; `fp16`, on WebGPU alone, which keeps weights in half the memory or less. Checked likewise
 * @throws {UserError} for an unknown name, or when the backend asked for doesn't work here or not in this precision; says
 *   what to do
 *
 * @category Load
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const { name, reason } = await useBackend("wasm");
 * assert.equal(name, "wasm");
 * assert.equal(reason, "wasm, as --backend asks.");
 * ```
 */
export async function useBackend(
  choice?: string,
  precision: Precision | string = "fp32",
): Promise<Backend> {
  tf.enableProdMode(); // no advertisements on the console
  const wanted = knownPrecision(precision);
  const fromEnvironment = variable("PLUMBLINE_BACKEND");
  const asked = choice !== undefined
    ? { name: choice, by: "--backend" }
    : fromEnvironment
    ? { name: fromEnvironment, by: "PLUMBLINE_BACKEND" }
    : undefined;
  setPrecision("fp32"); // what is left where something is refused
  chosen = undefined;
  const backend = withPrecision(await choose(asked, setUps), wanted);
  setPrecision(wanted);
  return chosen = backend;
}

/** The last choice. */
let chosen: Backend | undefined;

/** The backend in use: the one that `useBackend` was told last, or the best, chosen now. */
export async function backendInUse(): Promise<Backend> {
  return chosen ?? await useBackend();
}

/** What computes now, as `useBackend` calls it, and in which precision: `native`, `native bf16`. */
export function backendName(): string {
  const name = tf.getBackend();
  const precision = precisionInUse();
  return computedIn(
    name === "tensorflow" ? "native" : name,
    precision === "fp32" ? undefined : precision,
  );
}

const setUps: Record<Backend["name"], SetUp> = { native, webgpu: loadWebgpu, wasm, cpu };

async function native(): Promise<string> {
  if (!("Deno" in globalThis)) throw new UserError("native is for Deno.");
  const { loadNative } = await import("./native.ts");
  return await loadNative();
}

/** Where {@linkcode wasmAt} said that the wasm backend's program lies. */
let wasmAddress: string | undefined;

/**
 * Where the wasm backend finds its program, `tfjs-backend-wasm-simd.wasm` of `@tensorflow/tfjs-backend-wasm`: for bundles and
 * pages, which have no `node_modules` to find it in. Call it before the first `useBackend`.
 *
 * @param address a URL; in Node and Bun a path, too
 */
export function wasmAt(address: string): void {
  wasmAddress = address;
}

async function wasm(): Promise<string> {
  const backend = await import("@tensorflow/tfjs-backend-wasm");
  // The paths may be set only before the first use. TensorFlow.js can't start its threaded build under Deno.
  if (!tf.findBackend("wasm")) backend.setWasmPaths(wasmPaths());
  await activate("wasm");
  const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
  return `CPU (wasm${simd ? " with SIMD" : ""}, 1 thread)`;
}

/** The folder of the package's programs, or the one program that was named, whichever is asked for. */
function wasmPaths(): string | Record<string, string> {
  if (wasmAddress !== undefined) {
    const builds = ["", "-simd", "-threaded-simd"];
    return Object.fromEntries(builds.map((of) => [`tfjs-backend-wasm${of}.wasm`, wasmAddress!]));
  }
  const binary = packageFile("@tensorflow/tfjs-backend-wasm", "dist/tfjs-backend-wasm.wasm");
  if (!permitted({ name: "read", path: binary })) {
    throw new UserError(`wasm is not allowed here: Deno needs --allow-read=${binary}.`);
  }
  return binary.slice(0, binary.lastIndexOf("/") + 1);
}

async function cpu(): Promise<string> {
  await import("@tensorflow/tfjs-backend-cpu");
  await activate("cpu");
  return "CPU (JavaScript, 1 thread)";
}

async function activate(name: string): Promise<void> {
  if (!await tf.setBackend(name)) {
    throw new UserError(`${name} could not be initialised by TensorFlow.js.`);
  }
}
