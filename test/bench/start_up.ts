/**
 * How soon commands end that compute nothing, and how soon a cell's process has claimed its first cell: `deno run -A
 * test/bench/start_up.ts [--write]`. On Linux, whose /proc tells what a process took of the CPUs; Deno lets only those read
 * it who may everything.
 */

import { denoPath } from "../../lib/deno_path.ts";
import { flag, integer, parse } from "../../lib/cli/options.ts";
import { run } from "../../lib/cli/run.ts";
import { readPlan } from "../../lib/lab/mod.ts";
import { ranges, workerWords } from "../../lib/lab/processes.ts";
import { THREADS } from "../../lib/lab/threads.ts";
import { pause } from "../../lib/waiting.ts";
import { inShort, spread } from "../../docs/spread.ts";
import { atMost, type Start, type Starts } from "./starts.ts";
import { today } from "./today.ts";
import { writeResults } from "./write.ts";

/** Milliseconds between two looks at a process. */
const LOOK = 2;

/** /proc counts in hundredths of a second. */
const TICKS = 100;

/** Seconds of the clock and of the CPUs that a process takes until it ends, or until `ready`, at which it is ended. */
async function timed(
  args: string[],
  ready?: () => boolean,
): Promise<{ seconds: number; cpuSeconds: number }> {
  const begun = performance.now();
  const child = new Deno.Command(denoPath(), {
    args,
    env: { [THREADS]: "1", NO_COLOR: "1" },
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).spawn();
  let code: number | undefined;
  const ended = child.status.then((status) => code = status.code);
  let cpuSeconds = 0;
  while (code === undefined && !ready?.()) {
    cpuSeconds = cpuOf(child.pid) ?? cpuSeconds;
    await Promise.race([ended, pause(LOOK)]);
  }
  const seconds = (performance.now() - begun) / 1000;
  if (ready && code === undefined) {
    cpuSeconds = cpuOf(child.pid) ?? cpuSeconds;
    child.kill("SIGKILL");
    await ended;
  } else if (ready || code !== 0) throw new Error(`deno ${args.join(" ")} ended with ${code}`);
  return { seconds, cpuSeconds };
}

/** User's and system's time of a process; undefined when it has gone. */
function cpuOf(pid: number): number | undefined {
  try {
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

/** Runs until a cell of `out` is claimed, and leaves no trace of it. */
async function untilClaimed(out: string, args: string[]) {
  try {
    return await timed(args, () => {
      try {
        return Deno.readDirSync(`${out}/locks`).some(({ name }) => /^\w+\.0\.json$/.test(name));
      } catch {
        return false; // no cell has been claimed in this folder
      }
    });
  } finally {
    for (const left of ["locks", "checkpoints", "records", "prompts"]) {
      await Deno.remove(`${out}/${left}`, { recursive: true }).catch(() => {});
    }
  }
}

const options = {
  rounds: integer("starts of each kind, after one that puts the files into memory", 7, 1),
  write: flag("write start_up.json and RESULTS.md beside this command's source"),
};

async function main(args: readonly string[]): Promise<number> {
  const { rounds, write } = parse("start_up", options, args, "Measures how soon commands start.");
  const command = (set: string, file: string, ...more: string[]) => [
    ...["run", "-q", `-P=${set}`, "--no-prompt"],
    ...[new URL(`../../lib/cli/${file}`, import.meta.url).pathname, ...more],
  ];
  const out = await Deno.makeTempDir();
  try {
    await untilClaimed(out, command("reproduce", "reproduce.ts", "--out", out, "--jobs", "1"));
    const plan = await readPlan(out);
    const all = plan.cells.map(({ index }) => index);
    const worker = (cells: number[]) =>
      untilClaimed(out, [...workerWords(out, plan), ranges(cells), "--attached"]);
    const cases: Record<keyof typeof atMost, () => ReturnType<typeof timed>> = {
      "reproduce --help": () => timed(command("reproduce", "reproduce.ts", "--help")),
      "methods": () => timed(command("docs", "methods.ts")),
      "reproduce --dry-run": () =>
        timed(command("reproduce", "reproduce.ts", "--dry-run", "--out", out)),
      "a cell's process, one cell": () => worker([0]),
      "a cell's process, all cells": () => worker(all),
    };
    const results: Start[] = Object.keys(cases)
      .map((name) => ({ name, seconds: [], cpuSeconds: [] }));
    for (let round = 0; round <= rounds; round++) {
      for (const { name, seconds, cpuSeconds } of results) {
        const took = await cases[name]!();
        if (round === 0) continue;
        seconds.push(took.seconds);
        cpuSeconds.push(took.cpuSeconds);
      }
    }
    for (const { name, seconds, cpuSeconds } of results) {
      const said = [seconds, cpuSeconds].map((numbers) => inShort(spread(numbers), 2));
      console.log(`${name}: ${said[0]} s, ${said[1]} of the CPUs, at most ${atMost[name]} s`);
    }
    const { measured, machine } = today();
    const starts: Starts = { measured, machine: `${machine}, Deno ${Deno.version.deno}`, results };
    if (write) await writeResults({ starts });
  } finally {
    await Deno.remove(out, { recursive: true });
  }
  return 0;
}

if (import.meta.main) await run(() => main(Deno.args));
