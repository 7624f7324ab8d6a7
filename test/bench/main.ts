/**
 * `deno task bench [--only NAME …] [--backend native|wasm] [--json]`: seconds and memory of training steps, beside what
 * the cost model predicts. A NAME is a case or the beginning of its name. On wasm only the pocket size is run by default.
 */

import { parseArgs } from "node:util";
import { denoPath } from "../../lib/cli/deno_path.ts";
import { useBackend } from "../../lib/tensor/mod.ts";
import { cases } from "./cases.ts";
import { type Machine, predict } from "./cost.ts";
import type { Measurement } from "./measure.ts";
import { sideBySide } from "./side_by_side.ts";

/** What two cells at a time are compared on. */
const PAIRS = ["pocket/coop", "pocket/prometar"];

/** A pair's name; it is no case, but may be asked for like one. */
const together = (name: string) => `side-by-side/${name}`;

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
    console.error(
      `no benchmark is called ${stranger}: they are ${chosen([""], backend).join(", ")}`,
    );
    Deno.exit(2);
  }
  const failures = await bench(chosen(wanted, backend), backend, reason, values.json ?? false);
  if (failures > 0) Deno.exit(1);
}

/** The cases whose names begin with what is wanted. */
function chosen(wanted: string[], backend: string): string[] {
  const names = [...Object.keys(cases), ...PAIRS.map(together)];
  if (wanted.length > 0) return names.filter((name) => wanted.some((w) => name.startsWith(w)));
  return backend === "native" ? names : names.filter((name) => name.includes("pocket/"));
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
  say(
    "| step | seconds | predicted | of it products | GFLOP | operations | peak GB |\n" +
      "|---|---|---|---|---|---|---|",
  );
  const results: Measurement[] = [];
  const steps = names.filter((name) => name in cases);
  for (const name of steps) {
    const result = await apart<Measurement>(name, backend);
    if (!result) continue;
    results.push(result);
    const { secondsPerStep, flops, ops, peakBytes } = result;
    say(
      `| ${name} | ${figure(secondsPerStep)} | ${figure(predict(result, machine!))} | ` +
        `${figure(flops / machine!.rate)} | ` +
        `${(flops / 1e9).toFixed(1)} | ${ops} | ${(peakBytes / 1e9).toFixed(2)} |`,
    );
  }
  const ratios: Record<string, number> = {};
  for (const name of PAIRS.filter((name) => names.includes(together(name)))) {
    ratios[name] = await sideBySide(name, backend);
    say(`\nTwo cells side by side, ${name}: ${ratios[name].toFixed(2)} times the steps of one.`);
  }
  if (json) console.log(JSON.stringify({ results, sideBySide: ratios }));
  return steps.length - results.length;
}

/** Runs `measure.ts` in a process of its own: a pocket-size one on one thread, since two only wait for each other there. */
async function apart<T>(name: string, backend: string): Promise<T | undefined> {
  const { success, stdout } = await new Deno.Command(denoPath(), {
    args: ["run", "-P=bench", new URL("./measure.ts", import.meta.url).href, name, backend],
    env: name.startsWith("pocket/") ? { TF_NUM_INTRAOP_THREADS: "1" } : {},
    stderr: "inherit",
  }).output();
  if (!success) return void console.error(`${name} failed on ${backend}`);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

function figure(seconds: number): string {
  return seconds < 0.1 ? `${(1000 * seconds).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}
