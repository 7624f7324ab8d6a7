/** How tests of bfloat16 compare with float32. */

import assert from "node:assert/strict";
import { useBackend } from "../../lib/tensor/mod.ts";
import { relative } from "../relative.ts";

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
