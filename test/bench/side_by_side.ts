/**
 * How many pocket-size cells two cores do at a time: steps a second of two processes of one thread each, over those of one
 * alone. `side_by_side.ts NAME BACKEND` is such a process: it warms up, waits for a line, and counts its steps.
 */

import { denoPath } from "../../lib/deno_path.ts";
import { useBackend } from "../../lib/tensor/mod.ts";
import { cases } from "./cases.ts";

const SECONDS = 5;

/** What reads no memory and makes no garbage: its ratio is what the machine's cores allow. */
export const LOOP = "loop";

/** Throughput of two processes relative to one, on the same case. */
export async function sideBySide(name: string, backend: string): Promise<number> {
  const one = await stepsPerSecond(1, name, backend);
  return await stepsPerSecond(2, name, backend) / one;
}

/** Steps a second of `count` processes together, all counting in the same seconds. */
async function stepsPerSecond(count: number, name: string, backend: string): Promise<number> {
  const processes = Array.from({ length: count }, () =>
    new Deno.Command(denoPath(), {
      args: ["run", "-P=bench", import.meta.url, name, backend],
      env: { TF_NUM_INTRAOP_THREADS: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn());
  const talks = processes.map(({ stdin, stdout }) => ({
    said: stdout.pipeThrough(new TextDecoderStream()).getReader(),
    tell: stdin.getWriter(),
  }));
  for (const { said } of talks) await said.read(); // ready
  for (const { tell } of talks) await tell.write(new TextEncoder().encode("go\n"));
  const counts = await Promise.all(
    talks.map(async ({ said }) => Number((await said.read()).value)),
  );
  for (const { tell } of talks) await tell.close();
  return counts.reduce((a, b) => a + b, 0);
}

/** The loop's last number, kept so that no compiler leaves it out. */
let reached = 1;

/** About a millisecond of multiplications, each of which waits for the one before. */
function spin(): void {
  for (let i = 0; i < 1e6; i++) reached = reached * 0.5 + 0.5;
}

if (import.meta.main) {
  const [name, backend] = Deno.args as [string, string];
  await useBackend(backend);
  const step = name === LOOP ? spin : await cases[name]!();
  for (let i = 0; i < 3; i++) await step();
  console.log("ready");
  await Deno.stdin.read(new Uint8Array(8));
  const started = performance.now();
  let steps = 0;
  for (; performance.now() - started < 1000 * SECONDS; steps++) await step();
  console.log(1000 * steps / (performance.now() - started));
}
