/**
 * Runs planned cells in several processes side by side, with one display. Each takes the next cell that no other has.
 *
 * @module
 */
import { UserError } from "../../errors.ts";
import { readRecord, standing } from "../../protocols/mod.ts";
import { progress } from "../progress.ts";
import type { Plan } from "./plan_file.ts";
import { named, type Tally } from "./run_cells.ts";

/** Milliseconds between two looks at the folder. */
const PAUSE = 500;

/**
 * Sees to it that each cell of the plan in `out` has its record, or failed.
 *
 * @throws {UserError} when the processes end before that
 */
export async function runJobs(
  out: string,
  plan: Plan,
  jobs: number,
  say: (line: string) => void,
): Promise<Tally> {
  const look = standing(out, plan.cells);
  let kept = 0;
  // Read, not counted: a damaged record must be made again.
  for (const { id } of plan.cells) if (await readRecord(out, id)) kept++;
  const slots = Array.from(
    { length: Math.min(jobs, plan.cells.length - kept) },
    () => startSlot(out, plan.cells.length, jobs),
  );
  const kill = () => slots.forEach(({ process }) => end(process));
  globalThis.addEventListener("unload", kill);
  const display = progress("cells");
  let over = slots.length === 0;
  const ended = Promise.all(slots.map(({ last }) => last)).finally(() => over = true);
  while (!over) {
    const { done, failed, running } = await look();
    const notes = running.map(({ cell, note }) => `${named(cell)}${note && `: ${note}`}`);
    display.update(done.length + failed.length, plan.cells.length, notes.join(" | "));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, PAUSE))]);
  }
  globalThis.removeEventListener("unload", kill);
  const { done, failed, running, left } = await look();
  display.update(done.length + failed.length, plan.cells.length);
  display.stop();
  const undone = running.length + left.length;
  if (undone > 0) {
    const words = (await ended).find(({ code }) => code !== 0)?.line ?? "no error was given";
    throw new UserError(`${undone} cells were not run, for a process ended early: ${words}`);
  }
  for (const { cell } of failed) say(`Failed: ${named(cell)}: see the report.`);
  return { made: done.length - kept, kept, failed: failed.length };
}

/** A process that runs cells until none is left, with its share of the cores. */
function startSlot(out: string, cells: number, jobs: number) {
  const threads = Math.max(1, Math.floor(navigator.hardwareConcurrency / jobs));
  const script = decodeURIComponent(new URL("../cell.ts", import.meta.url).pathname);
  const process = new Deno.Command(denoPath(), {
    args: ["run", "-P=compute", "--no-prompt", script, out, `0-${cells - 1}`],
    env: { TF_NUM_INTRAOP_THREADS: String(threads), NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const last = process.output().then(({ code, stderr }) => ({
    code,
    line: new TextDecoder().decode(stderr).trim().split("\n")
      .findLast((line) => !line.startsWith("percent:")),
  }));
  return { process, last };
}

/** This Deno, or, where only its name is permitted, the one of that name. */
function denoPath(): string {
  const own = Deno.execPath();
  const { state } = Deno.permissions.querySync({ name: "run", command: own });
  return state === "granted" ? own : "deno";
}

function end(process: Deno.ChildProcess): void {
  try {
    process.kill();
  } catch {
    // It has ended.
  }
}
