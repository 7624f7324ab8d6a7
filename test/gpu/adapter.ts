/** Tests on whatever WebGPU adapter there is: a GPU, or Mesa's software adapter. Skipped where there is none. */

import { useBackend } from "../../lib/tensor/mod.ts";

/** `webgpu` takes a GPU alone; this takes what there is. */
export const BACKEND = "webgpu:software";

const available = await useBackend(BACKEND).then(() => true, () => false);

/** A test that runs where an adapter is. */
export function onAdapter(name: string, fn: (t: Deno.TestContext) => Promise<void>): void {
  Deno.test({
    name: `${name}${available ? "" : " (skipped: no WebGPU adapter is here)"}`,
    ignore: !available,
    fn,
  });
}
