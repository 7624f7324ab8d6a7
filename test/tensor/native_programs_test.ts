/** The native backend's own programs against wasm's kernels. */

import assert from "node:assert/strict";
import { countWork, silu, tensor, tidy, useBackend } from "../../lib/tensor/mod.ts";
import { onNative } from "../native.ts";
import { agrees, ops } from "./programs.ts";

for (const [name, op] of Object.entries(ops)) {
  onNative(`${name}: native computes it as wasm does`, () => agrees("native", op));
}

onNative("an activation is one program", async () => {
  await useBackend("native");
  const x = tensor([1, 2, 3], [3]);
  assert.deepEqual((await countWork(() => tidy(() => void silu(x)))).kernels, { Silu: 1 });
  x.dispose();
});
