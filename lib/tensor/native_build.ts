/**
 * Builds the native backend into the user's cache: TensorFlow's C library out of its Python wheel, and the addon of
 * @tensorflow/tfjs-node-gpu compiled against it. A build appears whole (by a rename) or not at all, and processes that
 * start at once build it once.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { statfs } from "node:fs/promises";
import { runChild } from "../child.ts";
import { UserError } from "../errors.ts";
import { makeCache, NO_CACHE } from "../user_cache.ts";
import { lasting, waitFor } from "../waiting.ts";
import { stripLibrary } from "./elf.ts";
import {
  addonFile,
  nativeCache,
  nativeFault,
  nativeFolder,
  type NativeKind,
  type NativeManifest,
  OWN,
} from "./native.ts";
import { programFlags, programsCode } from "./native_programs_code.ts";
import { loader, prelude, withFreeIds, withLists } from "./native_sources.ts";
import { packageFile } from "./package_file.ts";
import { pinnedWheels } from "./pinned.ts";
import { trustFault } from "./trust.ts";
import { download, findWheels, python } from "./wheels.ts";
import { unzip } from "./zip.ts";

/** What a build takes on disk while it is made, in bytes; of it stay 0.5 and 3.8 GB (TensorFlow 2.18). */
const needed: Record<NativeKind, number> = { cpu: 1.4e9, gpu: 7e9 };

/**
 * Builds the native backend unless a whole build is there already.
 *
 * @param kind `gpu` takes TensorFlow's CUDA build and NVIDIA's libraries: about 3 GB of downloads
 * @param say gets a line for each step
 * @param cache where builds lie; by default the user's cache
 * @param pins SHA-256 of the wheels that may be taken, by their files' names
 * @returns the folder of the build
 * @throws {UserError} saying what is missing: pip, a compiler, network, disk space, or a wheel for this machine
 */
export async function buildNative(
  kind: NativeKind,
  say: (line: string) => void,
  cache: string | undefined = nativeCache(),
  pins: Readonly<Record<string, string>> = pinnedWheels,
): Promise<string> {
  if (cache === undefined) {
    throw new UserError(
      `There is no cache to build into, as HOME is not set or is /: ${NO_CACHE}.`,
    );
  }
  const folder = nativeFolder(kind, cache);
  if (nativeFault(folder) === undefined) return folder;
  await checkTools();
  await makeCache(cache);
  const others = trustFault(cache);
  if (others !== undefined) {
    throw new UserError(`The native backend is not built: ${others}: ${OWN}.`);
  }
  using lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
  await take(lock, folder, say);
  const fault = nativeFault(folder);
  if (fault === undefined) return folder;
  if (fault !== "is not set up") say(`The build in ${folder} ${fault}: building it again.`);
  const part = `${folder}.part`;
  await discard(part);
  try {
    await checkDisk(cache, needed[kind]);
    await assemble(kind, part, say, pins);
    await discard(folder);
    await Deno.rename(part, folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    if (/ENOSPC|No space left/.test(String(error))) {
      throw new UserError(`The disk of ${cache} filled up: free ${gigabytes(needed[kind])} there.`);
    }
    throw error;
  } finally {
    await discard(part);
  }
  return folder;
}

/** Deletes all builds; what they took, in bytes. */
export async function removeNative(cache: string | undefined = nativeCache()): Promise<number> {
  if (cache === undefined) return 0;
  let bytes = 0;
  for (const folder of await entries(cache)) {
    for (const file of await entries(`${cache}/${folder}`, true)) {
      bytes += (await Deno.stat(`${cache}/${folder}/${file}`)).size;
    }
  }
  await discard(cache);
  return bytes;
}

/**
 * What this machine lacks for a build, in one sentence; undefined when it has all.
 *
 * @example
 * ```ts
 * import { missingForNative } from "@plumbline/plumbline/native";
 * import assert from "node:assert/strict";
 * const missing = await missingForNative();
 * assert.ok(missing === undefined || missing.endsWith("."));
 * ```
 */
export async function missingForNative(): Promise<string | undefined> {
  const { os, arch } = Deno.build;
  if (os !== "linux") {
    return `The native backend is built on Linux only (this is ${os}): wasm computes the same.`;
  }
  const lacks: string[] = [];
  if (!await works(python(), ["-m", "pip", "--version"])) lacks.push("Python's pip (python3-pip)");
  if (!await works("g++", ["--version"])) lacks.push("a C++ compiler (g++)");
  if (lacks.length === 0) return undefined;
  return `The native backend for ${os} ${arch} needs ${lacks.join(" and ")}, not found here.`;
}

async function checkTools(): Promise<void> {
  const missing = await missingForNative();
  if (missing !== undefined) throw new UserError(missing);
}

async function works(command: string, args: string[]): Promise<boolean> {
  try {
    return (await runChild(command, args, { most: 60_000 })).code === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Milliseconds that a process that builds may hold the lock for. */
const BUILD = 3 * 3600_000;

/** Locks a file until it is closed or the process ends; says so when another holds it. */
async function take(lock: Deno.FsFile, folder: string, say: (line: string) => void): Promise<void> {
  let looks = 0;
  await waitFor({
    async look() {
      if (await lock.tryLock(true)) return true;
      if (looks++ === 2) say(`Another process is building ${folder}: waiting for it.`);
    },
    every: 500,
    most: BUILD,
    late(waited) {
      throw new UserError(
        `Another process has been building ${folder} for ${
          lasting(waited)
        }: end it, or give --backend wasm.`,
      );
    },
  });
}

async function checkDisk(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes) return;
  throw new UserError(
    `${folder} has ${gigabytes(bavail * bsize)} free and the build needs ${gigabytes(bytes)}: ` +
      "free some, or set XDG_CACHE_HOME to a folder on a larger disk.",
  );
}

/** Everything of a build, in `part`. */
async function assemble(
  kind: NativeKind,
  part: string,
  say: (line: string) => void,
  pins: Readonly<Record<string, string>>,
) {
  const manifest: NativeManifest = { wheels: {}, sizes: {}, compiled: {} };
  say("Asking the package index for TensorFlow.");
  for (const wheel of await findWheels(kind, pins)) {
    say(`Downloading ${wheel.file}.`);
    const path = await download(wheel, `${part}/download`, (bytes) => {
      say(`  ${wheel.name}: ${(bytes / 1e6).toFixed(0)} MB so far`);
    });
    say("Its SHA-256 is right; unpacking the C library.");
    Object.assign(manifest.sizes, await unzip(path, part, isLibrary));
    await unzip(path, `${part}/headers`, isHeader);
    manifest.wheels[wheel.file] = wheel.sha256;
    await discard(`${part}/download`);
  }
  say("Compiling the addon.");
  const compiled = await compile(part);
  await discard(`${part}/headers`);
  for (const file of Object.keys(manifest.sizes)) {
    if (/\.so[.\d]*$/.test(file)) manifest.sizes[file] = stripLibrary(`${part}/${file}`);
  }
  for (const file of compiled) {
    const bytes = await Deno.readFile(`${part}/${file}`);
    manifest.sizes[file] = bytes.length;
    manifest.compiled[file] = createHash("sha256").update(bytes).digest("hex");
  }
  await Deno.writeTextFile(`${part}/manifest.json`, JSON.stringify(manifest, null, 1));
  // Whatever the umask: what is loaded as code is written by its owner alone.
  for (const file of await entries(part, true)) await Deno.chmod(`${part}/${file}`, 0o644);
  const folders = new Set(Object.keys(manifest.sizes).flatMap(foldersOf));
  for (const folder of ["", ...folders]) await Deno.chmod(`${part}/${folder}`, 0o755);
}

/** The folders that a file of a build lies in: `a/b/c` in `a` and `a/b`. */
function foldersOf(file: string): string[] {
  const parts = file.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** What is kept of a wheel: TensorFlow looks for CUDA in ../nvidia, so the layout stays. */
function isLibrary(path: string): boolean {
  return /^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(path) ||
    /^tensorflow\/(THIRD_PARTY_NOTICES\.txt|include\/LICENSE)$/.test(path) ||
    /^nvidia\/\w+\/lib\/[^/]+\.so[.\d]*$/.test(path);
}

function isHeader(path: string): boolean {
  const folders = [
    ...["tensorflow/c", "tensorflow/core/common_runtime/next_pluggable_device/c"],
    ...["tensorflow/core/platform", "tsl/platform", "xla/tsl/c", "absl"],
  ];
  return folders.some((folder) => path.startsWith(`tensorflow/include/${folder}/`));
}

/** Compiles the addon and its loader; the names of the files made. */
async function compile(part: string): Promise<string[]> {
  const { include_dir: nodeApi } = (await import("node-api-headers")).default;
  await import("@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js");
  const sources = packageFile("@tensorflow/tfjs-node-gpu", "binding");
  const generated = `${part}/headers`;
  const backend = await Deno.readTextFile(`${sources}/tfjs_backend.cc`);
  await Deno.writeTextFile(`${generated}/tfjs_backend.cc`, withLists(withFreeIds(backend)));
  await Deno.writeTextFile(`${generated}/prelude.h`, prelude);
  await Deno.writeTextFile(`${generated}/programs.cc`, programsCode());
  await Deno.writeTextFile(`${generated}/loader.cc`, loader);
  const shared = ["-O2", "-std=c++17", "-fPIC", "-shared", "-I", nodeApi];
  const programs = `${generated}/programs.o`;
  await gcc([
    ...["-c", `${generated}/programs.cc`, "-o", programs, "-I", `${generated}/tensorflow/include`],
    ...["-O3", "-std=c++17", "-fPIC", "-pthread", ...programFlags],
  ]);
  const addon = "tfjs_tensorflow.so";
  await gcc([
    ...[...shared, "-DNAPI_VERSION=8", "-DBUILDING_NODE_EXTENSION"],
    ...["-include", `${generated}/prelude.h`, "-I", `${generated}/tensorflow/include`],
    ...["-I", sources, "-I", sources.slice(0, sources.lastIndexOf("/"))],
    ...[`${generated}/tfjs_backend.cc`, `${sources}/tfjs_binding.cc`, programs, "-pthread"],
    ...["-o", `${part}/${addon}`],
    ...["-L", `${part}/tensorflow`, "-l:libtensorflow_cc.so.2"],
    ...["-l:libtensorflow_framework.so.2", "-Wl,-rpath,$ORIGIN/tensorflow"],
  ]);
  await gcc([...shared, `${generated}/loader.cc`, "-o", `${part}/${addonFile}`, "-ldl"]);
  return [addon, addonFile];
}

/** Milliseconds for the compiler: a minute on one slow core. */
const COMPILE = 30 * 60_000;

async function gcc(args: string[]): Promise<void> {
  const { code, stderr, late } = await runChild("g++", args, { most: COMPILE });
  if (late !== undefined) {
    throw new UserError(`g++ was not done after ${lasting(late)}: run it again.`);
  }
  if (code === 0) return;
  const lines = stderr.split("\n");
  const line = lines.find((text) => /error/i.test(text)) ?? lines[0];
  throw new UserError(`g++ can't compile the addon: ${line!.slice(0, 300)}`);
}

async function discard(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function entries(folder: string, deep = false): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (!deep) found.push(name);
      else if (!isDirectory) found.push(name);
      else {for (const inner of await entries(`${folder}/${name}`, true)) {
          found.push(`${name}/${inner}`);
        }}
    }
  } catch { /* not there, or a file: nothing under it */ }
  return found;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
