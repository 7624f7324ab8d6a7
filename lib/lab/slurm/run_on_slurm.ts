/**
 * Runs the cells of a plan as job arrays on a Slurm cluster: submits them, watches the queue, submits again what was
 * killed or lost, and says what came to nothing. All state is in the results folder and the queue, so that a run may be
 * left and picked up at any time, from any process.
 *
 * @module
 */
import { UserError } from "../../errors.ts";
import { nextJobName, type PlanCell } from "./arrays.ts";
import { defaultLimits, limits, queue } from "./commands.ts";
import { count, named, pickUp, submitDue } from "./enqueue.ts";
import { lasting, pause } from "../../waiting.ts";
import { look, markDone, type Seen, type Tracked } from "./look.ts";
import type { SlurmOptions } from "./options.ts";
import { slurmScript } from "./script.ts";

/** What is to be run. */
export interface SlurmRun {
  /** The folder of results. */
  out: string;
  cells: readonly PlanCell[];
  /** The program and arguments that run one cell, which the cell's index is added to. */
  command: readonly string[];
  /** The folder to run it in, which the nodes see under the same path. */
  cwd: string;
}

/** How a run is watched. */
export interface SlurmWatch {
  /** Takes lines for the user. */
  say: (line: string) => void;
  /** Takes what an interruption now would leave behind, in a line. */
  leaves?: (line: string) => void;
  /** Milliseconds between two looks at the queue, which count from 0. */
  every?: (look: number) => number;
  /** Milliseconds for which the controller may be silent. */
  patience?: number;
  /** Takes what the cells do that have not ended, in words, after every look. */
  show?: (text: string) => void;
  /** Takes each cell that has a record now. */
  done?: (cell: PlanCell) => void;
  /** Ends the watching; what is in the queue goes on. */
  signal?: AbortSignal | undefined;
}

/** How a run ended. */
export interface SlurmEnding {
  /** Cells that had a record before. */
  kept: number;
  /** Cells that have one now. */
  done: number;
  /** Cells without one that nothing more will be done for, and why. */
  failures: { cell: PlanCell; error: string }[];
  /** Cells that jobs left to themselves by `detach` may still do. */
  left: number;
}

/**
 * Runs all cells that have no record yet, and returns when each has one or has failed.
 *
 * @throws {UserError} when there is no Slurm, it refuses the jobs, or its controller falls silent for long
 */
export async function runOnSlurm(
  run: SlurmRun,
  options: SlurmOptions,
  { say, leaves, every = between, patience = 600_000, show, done, signal }: SlurmWatch,
): Promise<SlurmEnding> {
  const cells: Tracked[] = run.cells.map((cell) => ({ cell, tries: 0, unseen: 0 }));
  await markDone(run.out, cells);
  const kept = cells.filter(({ end }) => end).length;
  if (kept === cells.length) return ending(cells, kept);
  const most = await limits();
  const jobs = await pickUp(run.out, cells);
  if (jobs.length > 0) say(`${named(jobs)} from before: picking up what is in the queue.`);
  const announce = () => leaves?.(leftBehind(jobs));
  announce();
  const news = newsOf(cells, done);
  let answered = performance.now();
  let refused: string | undefined;
  for (let looks = 0;; looks++) {
    signal?.throwIfAborted();
    const tasks = await queue(arraysOf(cells));
    if (tasks) {
      answered = performance.now();
      const seen = await look(run.out, cells, tasks, options.retries);
      if (seen.due.length > 0) {
        const last = await submitDue(run, options, most, seen, jobs, say);
        announce();
        if (last && last !== refused) say(`The cluster takes no more for now: ${last}`);
        refused = last;
      }
      news();
      show?.(inWords(seen));
      if (cells.every(({ end }) => end)) return ending(cells, kept);
      if (options.detach) {
        const not = seen.due.filter(({ place }) => !place).length;
        say(leftBehind(jobs) + (not > 0 ? ` ${count(not)} are not submitted yet.` : ""));
        return ending(cells, kept);
      }
    } else {
      // What the queue does not say the records may: a run that is finished needs no answer.
      await markDone(run.out, cells.filter(({ end }) => !end));
      news();
      if (cells.every(({ end }) => end)) return ending(cells, kept);
      const silence = performance.now() - answered;
      if (silence > patience) {
        throw new UserError(
          `the Slurm controller has not answered for ${lasting(silence)}. ${leftBehind(jobs)}`,
        );
      }
      show?.(`the Slurm controller has not answered for ${lasting(silence)}, waiting for it`);
    }
    await pause(every(looks));
  }
}

/** The script that {@linkcode runOnSlurm} would submit first, with a last line that says what would follow it. */
export async function slurmDryRun(run: SlurmRun, options: SlurmOptions): Promise<string> {
  const cells: Tracked[] = run.cells.map((cell) => ({ cell, tries: 0, unseen: 0 }));
  await markDone(run.out, cells);
  const due = cells.filter(({ end }) => !end).length;
  if (due === 0) return "# All cells are done: nothing would be submitted.\n";
  // Without a cluster at hand: Slurm's own default.
  const { tasks: most } = await limits().catch(() => defaultLimits);
  const name = await nextJobName(run.out);
  const arrays = Math.ceil(due / most);
  const script = slurmScript({ ...run, name, tasks: Math.min(due, most) }, options);
  return arrays === 1 ? script : `${script}# ${arrays - 1} more like it, ${due} cells in all.\n`;
}

/** Seconds at first, half a minute in the long run: a look costs the controller one request. */
function between(look: number): number {
  return Math.min(30_000, 2000 * 1.5 ** look);
}

/** The arrays that cells without an end are in. */
function arraysOf(cells: readonly Tracked[]) {
  const open = cells.filter(({ end, place }) => !end && place);
  return [...new Set(open.map(({ place }) => place!.array))];
}

function ending(cells: readonly Tracked[], kept: number): SlurmEnding {
  const done = cells.filter(({ end }) => end === "done").length;
  const failures = cells.flatMap(({ cell, end }) =>
    typeof end === "object" ? [{ cell, error: end.failed }] : []
  );
  return { kept, done, failures, left: cells.length - done - failures.length };
}

function leftBehind(jobs: readonly string[]): string {
  return jobs.length === 0
    ? "Nothing is in the queue; the same command starts again."
    : `${named(jobs)} will go on: scancel ${jobs.join(" ")} ends them, the same command picks ` +
      "the run up again.";
}

/** Tells of cells that were done since the last call. */
function newsOf(cells: readonly Tracked[], done?: (cell: PlanCell) => void): () => void {
  const told = new Set(cells.filter(({ end }) => end));
  return () => {
    for (const tracked of cells.filter((one) => one.end === "done" && !told.has(one))) {
      told.add(tracked);
      done?.(tracked.cell);
    }
  };
}

function inWords({ running, waiting, reason }: Seen): string {
  return `${running} running, ${waiting} waiting${reason === "" ? "" : ` (${reason})`}`;
}
