/**
 * `deno task native`: builds the native backend, TensorFlow's own C library, into the user's cache; nothing is written
 * into the project. The second call finds it there. A reproduction has it built where that can be done.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { useBackend } from "../tensor/mod.ts";
import {
  buildNative,
  missingForNative,
  nativeCache,
  nativeFault,
  nativeFolder,
  removeNative,
} from "../tensor/native_mod.ts";
import { flag, parse, UsageError } from "./options.ts";
import { run } from "./run.ts";
import { print } from "../terminal.ts";

const options = {
  gpu: flag("take TensorFlow's CUDA build and NVIDIA's libraries (downloads 3 GB)"),
  remove: flag("delete all native builds of this user"),
};

const summary = "Builds the native backend (TensorFlow's C library) into the user's cache.";

/** What the command does with its arguments; a line to `say` for each step. */
export async function native(args: readonly string[], say: (line: string) => void): Promise<void> {
  const { gpu, remove } = parse("native", options, args, summary);
  if (gpu && remove) {
    throw new UsageError("native: --remove deletes every build: give it without --gpu.");
  }
  if (remove) {
    const bytes = await removeNative();
    return say(bytes > 0 ? `Removed ${(bytes / 1e9).toFixed(1)} GB.` : "There was no build.");
  }
  const folder = await buildNative(gpu ? "gpu" : "cpu", say);
  const { device } = await useBackend("native");
  say(`The native backend is ready in ${folder} and computes on: ${device}.`);
}

/**
 * Builds the native backend unless another one was asked for, or it is there. What stands in the way is said, and wasm
 * computes instead.
 */
export async function offerNative(
  asked: string | undefined,
  say: (line: string) => void,
): Promise<void> {
  const wanted = asked ?? Deno.env.get("PLUMBLINE_BACKEND");
  if ((wanted && wanted !== "native") || nativeReady()) return;
  const lacking = await missingForNative();
  if (lacking) return say(`${lacking} Going on without.`);
  say("Setting up the native backend, once (270 MB from PyPI; --backend wasm declines).");
  try {
    await buildNative("cpu", say);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`${error.message} Going on without the native backend.`);
  }
}

function nativeReady(): boolean {
  const cache = nativeCache();
  if (cache === undefined) return false;
  return (["gpu", "cpu"] as const).some((kind) =>
    nativeFault(nativeFolder(kind, cache)) === undefined
  );
}

if (import.meta.main) await run(() => native(Deno.args, print));
