/**
 * `deno task native`: builds the native backend, TensorFlow's own C library, into the user's cache; nothing is written
 * into the project. The second call finds it there.
 *
 * @module
 */

import { useBackend } from "../tensor/mod.ts";
import { buildNative, removeNative } from "../tensor/native_mod.ts";
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

if (import.meta.main) await run(() => native(Deno.args, print));
