/** `deno task bench`: seconds, memory and work of training steps, beside what the cost model predicts. */

import { resolve } from "node:path";
import { denoPath } from "../../lib/deno_path.ts";
import {
  choice,
  flag,
  integer,
  many,
  others,
  parse,
  precisionOption,
  text,
  UsageError,
} from "../../lib/cli/options.ts";
import { run } from "../../lib/cli/run.ts";
import { halfIsFaster } from "../../lib/lab/machine.ts";
import type { Machine } from "../../lib/protocols/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";
import { type Against, compared, comparison, place } from "./against.ts";
import { cases } from "./cases.ts";
import type { Measurement } from "./measure.ts";
import { type Bench, line, tableHead, trafficLine } from "./results.ts";
import { ratiosPart } from "./ratios.ts";
import { LOOP, sideBySide } from "./side_by_side.ts";
import { today } from "./today.ts";
import { writeResults } from "./write.ts";

/** What two cells at a time are compared on. */
const PAIRS = [LOOP, "pocket/coop", "pocket/prometar"];

/** A pair's name; it is no case, but may be asked for like one. */
const together = (name: string) => `side-by-side/${name}`;

const options = {
  only: many("NAME", "a case, or the beginning of its name"),
  more: others("NAME", "further names after --only"),
  backend: choice(
    ["native", "webgpu", "webgpu:software", "wasm", "cpu"],
    "what computes; by default the fastest",
  ),
  precision: precisionOption,
  against: text(
    "FOLDER",
    "the published code's steps and ours, alternately: the folder with its repositories (truth/README.md)",
  ),
  rounds: integer("with --against: steps of each side, after one that warms up", 5, 1),
  apart: flag(
    "with --against: each side has the memory to itself, where they are too large together",
  ),
  json: flag("print JSON and no tables"),
  write: flag("write RESULTS.md and results.json beside this command's source"),
};

const summary = "Measures what a step costs: by default everything on the best backend, and the " +
  "pocket size on wasm too.";

async function main(args: readonly string[]): Promise<number> {
  const given = parse("bench", options, args, summary);
  const { only, more, backend: asked, precision, json, write, against } = given;
  const wanted = [...only, ...more];
  const { name: best, device } = await useBackend(asked, precision);
  if (against !== undefined) {
    return await besidePublished(against, wanted, { ...given, backend: best, device });
  }
  const stranger = wanted.find((name) => chosen([name], best).length === 0);
  if (stranger !== undefined) {
    const names = chosen([""], best).join(", ");
    throw new UsageError(`no benchmark is called ${stranger}: they are ${names}`);
  }
  const whole = wanted.length === 0 && asked === undefined && precision === "fp32";
  if (write && !whole) {
    throw new UsageError(
      "bench: --write is for a whole run: leave out --only, --backend and --precision",
    );
  }
  const bench: Bench = {
    ...today(),
    versions: `${device}, Deno ${Deno.version.deno}`,
    machines: {},
    results: [],
    sideBySide: [],
  };
  let failures = 0;
  for (const backend of whole && best !== "wasm" ? [best, "wasm"] : [asked ?? best]) {
    failures += await measured(bench, chosen(wanted, backend), [backend, precision], json);
  }
  if (json) console.log(JSON.stringify(bench));
  if (failures > 0) return 1;
  if (write) await writeResults({ bench });
  return 0;
}

/** Measures the published code's steps and ours. Returns 1 where a side took no steps. */
async function besidePublished(
  folder: string,
  wanted: string[],
  { backend, device, rounds, apart, json, write }: {
    backend: string;
    device: string;
    rounds: number;
    apart: boolean;
    json: boolean;
    write: boolean;
  },
): Promise<number> {
  const names = compared.filter((name) =>
    wanted.length === 0 || wanted.some((start) => name.startsWith(start))
  );
  if (names.length === 0) {
    throw new UsageError(`bench: the published code is compared on ${compared.join(", ")}`);
  }
  if (backend === "native") await useBackend(backend, "bf16");
  const inHalf = backend !== "native" || await halfIsFaster(); // what can't compute in it says so
  const against: Against = { ...place(device, "", inHalf), results: [] };
  for (const name of names) {
    console.error(`${name}: building both sides`);
    const repositories = resolve(folder);
    const sides = await comparison(name, { repositories, backend, inHalf, apart });
    try {
      for (let round = 1 - sides.warmUps; round <= rounds; round++) {
        await sides.round();
        console.error(`${name}: ${round === 0 ? "warmed up" : `round ${round} of ${rounds}`}`);
      }
    } finally {
      await sides.end();
    }
    Object.assign(against, place(device, sides.torch, inHalf));
    against.results.push(sides.result());
    if (write) await writeResults({ against });
  }
  console.log(json ? JSON.stringify(against) : ratiosPart([against]));
  return against.results.some(({ failed }) => Object.keys(failed).length > 0) ? 1 : 0;
}

/** The cases whose names begin with what is wanted. */
function chosen(wanted: string[], backend: string): string[] {
  const names = [...Object.keys(cases), ...PAIRS.map(together)];
  if (wanted.length > 0) return names.filter((name) => wanted.some((w) => name.startsWith(w)));
  const fast = ["native", "webgpu"].includes(backend);
  return fast ? names : names.filter((name) => name.startsWith("pocket/"));
}

/** Adds to `bench` what the cases of these names give. Returns how many failed. */
async function measured(
  bench: Bench,
  names: string[],
  [backend, precision]: [string, string],
  quiet: boolean,
): Promise<number> {
  const say = (line: string) => quiet || console.log(line);
  const machine = await apart<Machine>("machine", backend, precision);
  if (!machine) return names.length;
  bench.machines[backend] = machine;
  say(
    `${backend}: ${(machine.rate / 1e9).toFixed(0)} GFLOP/s, ` +
      `${(machine.overhead * 1e6).toFixed(0)} µs an operation\n\n${tableHead}`,
  );
  let failures = 0;
  for (const name of names) {
    if (name in cases) {
      const result = await apart<Measurement>(name, backend, precision);
      if (!result) failures++;
      else {
        say(line(bench.results[bench.results.push(result) - 1]!, machine));
        if (result.traffic) say(trafficLine(result.traffic));
      }
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
async function apart<T>(
  name: string,
  backend: string,
  precision: string,
): Promise<T | undefined> {
  const { success, stdout } = await new Deno.Command(denoPath(), {
    args: [
      "run",
      "-P=bench",
      new URL("./measure.ts", import.meta.url).href,
      name,
      backend,
      precision,
    ],
    env: name.startsWith("pocket/") ? { TF_NUM_INTRAOP_THREADS: "1" } : {},
    stderr: "inherit",
  }).output();
  if (!success) return void console.error(`${name} failed on ${backend}`);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

if (import.meta.main) await run(() => main(Deno.args));
