/** One stage of check.ts, in a process of its own: `backend NAME`, `parity NAME RECORD…` or `step NAME CASE [PRECISION]`. Prints JSON. */

import { verifyFolder } from "../../lib/parity/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";
import { measureCase } from "../bench/measure.ts";

const [what, backend, ...more] = Deno.args as [string, string, ...string[]];

async function stage(): Promise<unknown> {
  if (what === "parity") return await verifyFolder(undefined, { backend, only: more });
  const { device } = await useBackend(backend, what === "step" ? more[1] : undefined);
  return what === "step" ? await measureCase(more[0]!, backend) : device;
}

console.log(JSON.stringify(await stage()));
Deno.exit(); // what computes may keep threads
