/** A case that takes a step for each line it is told, and answers with its seconds and the peak of memory: `on_request.ts NAME BACKEND PRECISION`. */

import process from "node:process";
import { type Precision, useBackend } from "../../lib/tensor/mod.ts";
import { lines } from "./against.ts";
import { cases, type Step } from "./cases.ts";

if (import.meta.main) {
  const [name, backend, precision] = Deno.args as [string, string, Precision];
  await useBackend(backend, precision);
  let step: Step | undefined;
  for await (const _ of lines(Deno.stdin.readable)) {
    const started = performance.now();
    if (step) await step();
    else step = await cases[name]!();
    const seconds = (performance.now() - started) / 1000;
    const peakBytes = 1024 * process.resourceUsage().maxRSS;
    console.log(JSON.stringify({ seconds, peakBytes }));
  }
  Deno.exit();
}
