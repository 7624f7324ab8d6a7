/**
 * `deno task bench [--only NAME …] [--backend native|wasm] [--json] [--write]`: seconds, memory and work of training steps,
 * beside what the cost model predicts. A NAME is a case or the beginning of its name. By default everything is measured on
 * the best backend, and the pocket size on wasm too. `--write` writes RESULTS.md and results.json of it beside this file.
 */

import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { denoPath } from "../../lib/cli/deno_path.ts";
import { useBackend } from "../../lib/tensor/mod.ts";
import { cases } from "./cases.ts";
import type { Machine } from "./cost.ts";
import type { Measurement } from "./measure.ts";
import { type Bench, line, resultsPage, tableHead } from "./results.ts";
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
      write: { type: "boolean" },
    },
    allowPositionals: true, // the further names after --only
  });
  const { name: best, device } = await useBackend(values.backend);
  const wanted = [...values.only ?? [], ...positionals];
  const stranger = wanted.find((name) => chosen([name], best).length === 0);
  if (stranger !== undefined) {
    fail(`no benchmark is called ${stranger}: they are ${chosen([""], best).join(", ")}`);
  }
  const whole = wanted.length === 0 && values.backend === undefined;
  if (values.write && !whole) fail("--write is for a whole run: leave out --only and --backend");
  const backends = whole && best !== "wasm" ? [best, "wasm"] : [best];
  const bench: Bench = {
    measured: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Deno.build.os} ${Deno.build.arch}`,
    versions: `${device}, Deno ${Deno.version.deno}`,
    machines: {},
    results: [],
    sideBySide: [],
  };
  let failures = 0;
  for (const backend of backends) {
    failures += await run(bench, chosen(wanted, backend), backend, values.json ?? false);
  }
  if (values.json) console.log(JSON.stringify(bench));
  if (failures > 0) Deno.exit(1);
  if (values.write) {
    const at = (file: string) => new URL(file, import.meta.url);
    await Deno.writeTextFile(at("results.json"), `${JSON.stringify(bench, null, 1)}\n`);
    await Deno.writeTextFile(at("RESULTS.md"), resultsPage(bench));
  }
}

function fail(message: string): never {
  console.error(message);
  Deno.exit(2);
}

/** The cases whose names begin with what is wanted. */
function chosen(wanted: string[], backend: string): string[] {
  const names = [...Object.keys(cases), ...PAIRS.map(together)];
  if (wanted.length > 0) return names.filter((name) => wanted.some((w) => name.startsWith(w)));
  return backend === "native" ? names : names.filter((name) => name.startsWith("pocket/"));
}

/** Adds to `bench` what the cases of these names give. Returns how many failed. */
async function run(
  bench: Bench,
  names: string[],
  backend: string,
  quiet: boolean,
): Promise<number> {
  const say = (line: string) => quiet || console.log(line);
  const machine = await apart<Machine>("machine", backend);
  if (!machine) return names.length;
  bench.machines[backend] = machine;
  say(
    `${backend}: ${(machine.rate / 1e9).toFixed(0)} GFLOP/s, ` +
      `${(machine.overhead * 1e6).toFixed(0)} µs an operation\n\n${tableHead}`,
  );
  let failures = 0;
  for (const name of names) {
    if (name in cases) {
      const result = await apart<Measurement>(name, backend);
      if (!result) failures++;
      else say(line(bench.results[bench.results.push(result) - 1], machine));
    } else {
      const pair = PAIRS.find((pair) => together(pair) === name)!;
      const ratio = await sideBySide(pair, backend);
      bench.sideBySide.push({ name: pair, backend, ratio });
      say(`\nTwo cells side by side, ${pair}: ${ratio.toFixed(2)} times the steps of one.`);
    }
  }
  return failures;
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
