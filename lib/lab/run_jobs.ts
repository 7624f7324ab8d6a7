/**
 * Runs planned cells in several processes side by side, with one display. Each takes the next cell that no other has.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import { type NamedCell, readFailure, readRecord, standing } from "../protocols/mod.ts";
import { denoPath } from "../deno_path.ts";
import { progress } from "../cli/progress.ts";
import { eta } from "./eta.ts";
import type { Plan } from "./plan_file.ts";
import { brief, named, type Tally } from "./run_cells.ts";
import { THREADS } from "./threads.ts";

/** Milliseconds between two looks at the folder. */
const PAUSE = 500;

/**
 * Sees to it that each cell of the plan in `out` has its record, or failed.
 *
 * @param seconds estimates of the cells that are to run, by identity
 * @throws {UserError} when the processes end before that
 */
export async function runJobs(
  out: string,
  plan: Plan,
  jobs: number,
  say: (line: string) => void,
  seconds: ReadonlyMap<string, number> = new Map(),
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
  const time = eta(seconds, slots.length);
  const told = new Set<string>();
  const tell = async (failed: readonly NamedCell[]) => {
    for (const { id, cell } of failed.filter(({ id }) => !told.has(id))) {
      told.add(id);
      const reason = (await readFailure(out, id))?.error ?? "no reason was noted";
      display.clear();
      say(`Failed: ${named(cell)}: ${reason}`);
    }
  };
  let over = slots.length === 0;
  const ended = Promise.all(slots.map(({ last }) => last)).finally(() => over = true);
  while (!over) {
    const { done, failed, running } = await look();
    const notes = running.map(({ cell, note }) => `${brief(cell)}${note && `, ${note}`}`);
    for (const { id } of [...done, ...failed]) time.ended(id);
    await tell(failed);
    const known = seconds.size > 0 ? time.left() : undefined;
    display.update(done.length + failed.length, plan.cells.length, notes.join(" | "), known);
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
  await tell(failed);
  return { made: done.length - kept, kept, failed: failed.length };
}

/** A process that runs cells until none is left, with its share of the cores. */
function startSlot(out: string, cells: number, jobs: number) {
  const share = Math.max(1, Math.floor(navigator.hardwareConcurrency / jobs));
  const threads = Deno.env.get(THREADS) ?? String(share);
  const script = decodeURIComponent(new URL("../cli/cell.ts", import.meta.url).pathname);
  const command = new Deno.Command(denoPath(), {
    args: ["run", "-P=cell", "--no-prompt", script, out, `0-${cells - 1}`, "--attached"],
    env: { [THREADS]: threads, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const process = spawned(command);
  const last = process.output().then(({ code, stderr }) => ({
    code,
    line: new TextDecoder().decode(stderr).trim().split("\n")
      .findLast((line) => !line.startsWith("cells:")),
  }));
  return { process, last };
}

function spawned(command: Deno.Command): Deno.ChildProcess {
  try {
    return command.spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(
      "deno is not on the PATH, so that no other process can be started: add its folder to the PATH, or give --jobs 1",
    );
  }
}

function end(process: Deno.ChildProcess): void {
  try {
    process.kill();
  } catch {
    // It has ended.
  }
}
