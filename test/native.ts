/** Tests of the native backend: they run where it is built, in the user's cache, and are skipped elsewhere. */

import { nativeCache, nativeFault, nativeFolder } from "../lib/tensor/native.ts";

/** Whether it is built. */
export const hasNative = nativeFault(nativeFolder("cpu", nativeCache() ?? "")) === undefined;

/** A test that needs it. */
export function onNative(name: string, fn: () => Promise<void>): void {
  const skipped = hasNative ? "" : " (skipped: native is not set up; deno task native does)";
  Deno.test({ name: name + skipped, ignore: !hasNative, fn });
}
