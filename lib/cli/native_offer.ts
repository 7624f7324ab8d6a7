/**
 * Sets up the native backend before a reproduction where that can be done, and says so.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import {
  buildNative,
  missingForNative,
  nativeCache,
  nativeFault,
  nativeFolder,
} from "../tensor/native_mod.ts";

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
