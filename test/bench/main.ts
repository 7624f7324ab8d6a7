/**
 * `deno task bench [--only NAME …] [--backend native|wasm] [--json]`: seconds and memory of training steps, beside what
 * the cost model predicts. A NAME is a case or the beginning of its name. On wasm only the pocket size is run by default.
 */

import { parseArgs } from "node:util";
import { useBackend } from "../../lib/tensor/mod.ts";
import { cases } from "./cases.ts";
import { type Machine, predict } from "./cost.ts";
import type { Measurement } from "./measure.ts";

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: {
      only: { type: "string", multiple: true },
      backend: { type: "string" },
      json: { type: "boolean" },
    },
    allowPositionals: true, // the further names after --only
  });
  const { name: backend, reason } = await useBackend(values.backend);
  const wanted = [...values.only ?? [], ...positionals];
  const stranger = wanted.find((name) => chosen([name], backend).length === 0);
  if (stranger !== undefined) {
    console.error(`no benchmark is called ${stranger}: they are ${Object.keys(cases).join(", ")}`);
    Deno.exit(2);
  }
  const failures = await bench(chosen(wanted, backend), backend, reason, values.json ?? false);
  if (failures > 0) Deno.exit(1);
}

/** The cases whose names begin with what is wanted. */
function chosen(wanted: string[], backend: string): string[] {
  const names = Object.keys(cases);
  if (wanted.length > 0) return names.filter((name) => wanted.some((w) => name.startsWith(w)));
  return backend === "native" ? names : names.filter((name) => name.startsWith("pocket/"));
}

async function bench(
  names: string[],
  backend: string,
  reason: string,
  json: boolean,
): Promise<number> {
  const say = (line: string) => json || console.log(line);
  const machine = await apart<Machine>("machine", backend);
  say(reason);
  say(
    `cost model: ${(machine!.rate / 1e9).toFixed(0)} GFLOP/s, ` +
      `${(machine!.overhead * 1e6).toFixed(0)} µs an operation\n`,
  );
  say("| step | seconds | predicted | GFLOP | operations | peak GB |\n|---|---|---|---|---|---|");
  const results: Measurement[] = [];
  for (const name of names) {
    const result = await apart<Measurement>(name, backend);
    if (!result) continue;
    results.push(result);
    const { secondsPerStep, flops, ops, peakBytes } = result;
    say(
      `| ${name} | ${figure(secondsPerStep)} | ${figure(predict(result, machine!))} | ` +
        `${(flops / 1e9).toFixed(1)} | ${ops} | ${(peakBytes / 1e9).toFixed(2)} |`,
    );
  }
  if (json) console.log(JSON.stringify({ results }));
  return names.length - results.length;
}

/** Runs `measure.ts` in a process of its own: a pocket-size one on one thread, since two only wait for each other there. */
async function apart<T>(name: string, backend: string): Promise<T | undefined> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("./measure.ts", import.meta.url).href, name, backend],
    env: name.startsWith("pocket/") ? { TF_NUM_INTRAOP_THREADS: "1" } : {},
    stderr: "inherit",
  }).output();
  if (!success) return void console.error(`${name} failed on ${backend}`);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

function figure(seconds: number): string {
  return seconds < 0.1 ? `${(1000 * seconds).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}
