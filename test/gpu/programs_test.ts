/** WebGPU's own programs against wasm's kernels. */

import { agrees, ops } from "../tensor/programs.ts";
import { onAdapter } from "./adapter.ts";

for (const [name, op] of Object.entries(ops)) {
  onAdapter(
    `${name}: as wasm computes it, with two derivatives`,
    () => agrees("webgpu:software", op),
  );
}
