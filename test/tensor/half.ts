/** Tests of bfloat16: they run where native is built, and compare with float32. */

import assert from "node:assert/strict";
import { useBackend } from "../../lib/tensor/mod.ts";
import { nativeCache, nativeFault, nativeFolder } from "../../lib/tensor/native.ts";

const present = nativeFault(nativeFolder("cpu", nativeCache() ?? "")) === undefined;
const skipped = present ? "" : " (skipped: native is not set up; deno task native does)";
export const onNative = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name: name + skipped, ignore: skipped !== "", fn });

/** ‖a − b‖ / ‖b‖ */
export function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const norm = (at: (i: number) => number) =>
    Math.hypot(...Array.from({ length: b.length }, (_, i) => at(i)));
  return norm((i) => a[i]! - b[i]!) / norm((i) => b[i]!);
}

/** The numbers of f in float32, and in bfloat16. */
export async function both<T>(f: () => T | Promise<T>): Promise<[full: T, half: T]> {
  await useBackend("native");
  const full = await f();
  await useBackend("native", "bf16");
  try {
    return [full, await f()];
  } finally {
    await useBackend("native");
  }
}

/** That the second differs from the first, and by no more than the bound. */
export function near(
  [full, half]: [ArrayLike<number>, ArrayLike<number>],
  bound: number,
  what = "",
): void {
  const error = relative(half, full);
  assert.ok(error > 1e-5 && error < bound, `${what} ${error}`);
}
