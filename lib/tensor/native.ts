/**
 * The native backend: the addon of @tensorflow/tfjs-node-gpu on TensorFlow's own C library, as {@linkcode buildNative}
 * (native_build.ts) left it in the user's cache. This file finds it, checks that it is whole, and loads it.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import process from "node:process";
import util from "node:util";
import { readWholeSync } from "../bounds.ts";
import { UserError } from "../errors.ts";
import { shown } from "../shape.ts";
import { userCache } from "../user_cache.ts";
import { registerHalfKernels } from "./native_half_kernels.ts";
import { registerFusedKernels, tryFused } from "./native_fused.ts";
import { registerNativeKernels } from "./native_kernels.ts";
import { registerNativePrograms } from "./native_programs.ts";
import { permitted, variable } from "./permitted.ts";
import { trustFault } from "./trust.ts";

/** Which TensorFlow: the CPU's, or the one with CUDA (which computes on the CPU where it finds no GPU). */
export type NativeKind = "cpu" | "gpu";

/** The releases that are built together. `recipe` counts changes of the build itself. */
export const nativeVersions = { tensorflow: "2.18.1", addon: "4.22.0", recipe: 4 } as const;

/** What lies in a build: written last, so a folder without it is no build. */
export interface NativeManifest {
  /** The wheels it was made of, and the SHA-256 that pip reports for each. */
  wheels: Record<string, string>;
  /** Sizes in bytes of all files, by path inside the folder. */
  sizes: Record<string, number>;
  /** SHA-256 of what was compiled here, by path inside the folder. */
  compiled: Record<string, string>;
}

/** What Deno loads, inside a build. */
export const addonFile = "tfjs_binding.node";

/** Where all builds lie: `plumbline/native` in the user's cache. Undefined where the environment names no home. */
export function nativeCache(): string | undefined {
  return userCache("native");
}

/** The folder's name says all that a build depends on, so that a build for something else is never loaded. */
export function nativeFolder(kind: NativeKind, cache: string): string {
  const { tensorflow, addon, recipe } = nativeVersions;
  const abi = `${Deno.build.os}-${Deno.build.arch}-napi8`;
  return `${cache}/tensorflow-${tensorflow}-addon-${addon}-${kind}-${abi}-${recipe}`;
}

/**
 * What is wrong with the build in `folder`: undefined when it is whole. Compiled files are checked by hash, libraries
 * by size (hashing them takes seconds; a truncated one would end the process with a bus error).
 */
export function nativeFault(folder: string): string | undefined {
  let manifest: NativeManifest;
  try {
    manifest = JSON.parse(new TextDecoder().decode(readWholeSync(`${folder}/manifest.json`)));
  } catch (error) {
    const isNone = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    return isNone ? "is not set up" : "has a broken manifest.json";
  }
  if (!isManifest(manifest)) return "has a broken manifest.json";
  for (const [file, size] of Object.entries(manifest.sizes)) {
    if (!isInside(file)) return `is damaged (it lists ${shown(file)})`;
    const found = sizeOf(`${folder}/${file}`);
    if (found !== size) {
      return `is damaged (${file} ${
        found === undefined ? "is missing" : `has ${found} bytes, not ${size}`
      })`;
    }
  }
  for (const [file, hash] of Object.entries(manifest.compiled)) {
    if (!Object.hasOwn(manifest.sizes, file)) return `is damaged (${file} has no size)`;
    const found = createHash("sha256").update(readWholeSync(`${folder}/${file}`)).digest("hex");
    if (found !== hash) return `is damaged (${file} does not have the hash it was built with)`;
  }
}

/** Whether it lists at least the addon: what lists nothing would pass every check. */
function isManifest(value: unknown): value is NativeManifest {
  const { sizes, compiled } = (value ?? {}) as Partial<NativeManifest>;
  const isRecord = (part: unknown) => typeof part === "object" && part !== null;
  return isRecord(sizes) && isRecord(compiled) && Object.hasOwn(compiled, addonFile);
}

/** Whether a name of a build stays in its folder. */
function isInside(file: string): boolean {
  return /^[\w+.-]+(\/[\w+.-]+)*$/.test(file) &&
    !file.split("/").some((part) => /^\.+$/.test(part));
}

/** The files of a build that is whole. */
function filesOf(folder: string): string[] {
  const text = new TextDecoder().decode(readWholeSync(`${folder}/manifest.json`));
  return Object.keys((JSON.parse(text) as NativeManifest).sizes);
}

function sizeOf(path: string): number | undefined {
  try {
    const { isFile, size } = Deno.statSync(path);
    return isFile ? size : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes TensorFlow.js compute on TensorFlow's C library, the CUDA build where there is one.
 *
 * @returns what it computes on
 * @throws {UserError} where there is no whole build, or it may not or can't be loaded
 */
export async function loadNative(): Promise<string> {
  const isFirst = tf.findBackendFactory("tensorflow") === null;
  const onGpu = isFirst && await register();
  if (!await tf.setBackend("tensorflow")) throw new UserError("native could not be initialised.");
  if (isFirst && !onGpu) tryFused();
  return device;
}

/** What the loaded addon computes on; a process loads one. */
let device = "";

/** Registers the backend. Returns whether it computes on a GPU. */
async function register(): Promise<boolean> {
  const { folder, kind } = find();
  if (kind === "gpu") prepareCuda();
  // tfjs-node's JavaScript calls this, which newer Node and Deno no longer have.
  const isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  if (!("isNullOrUndefined" in util)) Object.assign(util, { isNullOrUndefined });
  const { NodeJSKernelBackend } = await import(
    "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js"
  );
  const binding: ConstructorParameters<typeof NodeJSKernelBackend>[0] = open(folder);
  await import("@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js");
  registerNativeKernels();
  registerHalfKernels();
  registerFusedKernels();
  const create = () => new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node-gpu");
  tf.registerBackend("tensorflow", create);
  const threads = Number(variable("TF_NUM_INTRAOP_THREADS")) || navigator.hardwareConcurrency;
  const library = `TensorFlow ${nativeVersions.tensorflow}`;
  const cpu = `CPU (${library}, ${Deno.build.arch}, ${threads} thread${threads === 1 ? "" : "s"})`;
  const onGpu = binding.isUsingGpuDevice();
  if (!onGpu) registerNativePrograms();
  device = onGpu
    ? `GPU (${library}, CUDA)`
    : kind === "gpu"
    ? `${cpu}: the CUDA build found no GPU`
    : cpu;
  return onGpu;
}

/** The build to load, whole and permitted. */
function find(): { folder: string; kind: NativeKind } {
  const cache = nativeCache();
  if (cache === undefined) {
    throw new UserError("native has no cache: HOME is not set, is /, or is not allowed.");
  }
  const faults: string[] = [];
  for (const kind of ["gpu", "cpu"] as const) {
    const folder = nativeFolder(kind, cache);
    if (!permitted({ name: "read", path: folder })) {
      throw new UserError(`native is not allowed here: Deno needs --allow-read=${cache}.`);
    }
    const fault = nativeFault(folder);
    if (fault === undefined) {
      const others = trustFault(folder, filesOf(folder));
      if (others !== undefined) throw new UserError(`native is not loaded: ${others}: ${OWN}.`);
      if (permitted({ name: "ffi", path: `${folder}/${addonFile}` })) return { folder, kind };
      throw new UserError(`native is not allowed here: Deno needs --allow-ffi=${cache}.`);
    }
    const again = `deno task native${kind === "gpu" ? " --gpu" : ""}`;
    if (fault !== "is not set up") faults.push(`native ${fault}: run ${again} to rebuild it.`);
  }
  throw new UserError(faults[0] ?? "native is not set up (deno task native does it).");
}

/** What makes a build one's own again. */
export const OWN =
  "take that right away (chmod go-w, chown), or set XDG_CACHE_HOME to a folder of your own";

/** Loads the addon, whose types are the package's own. */
function open(folder: string) {
  const addon = createRequire(`${folder}/`)(`./${addonFile}`);
  const why: unknown = addon.loadFailure;
  if (typeof why !== "string") return addon;
  const late = why.startsWith("libLLVM") ? ": choose native before anything asks for WebGPU" : "";
  throw new UserError(`native is built but does not load (${why.split("\n")[0]})${late}.`);
}

/**
 * CUDA as this product needs it, unless the user has set otherwise: memory taken as needed, float32 products in full
 * precision (not TF32), the same result in every run.
 */
function prepareCuda(): void {
  const settings = {
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    NVIDIA_TF32_OVERRIDE: "0",
    TF_DETERMINISTIC_OPS: "1",
  };
  for (const [name, value] of Object.entries(settings)) {
    const allowed = permitted({ name: "env", variable: name });
    if (allowed && process.env[name] === undefined) process.env[name] = value;
  }
}
