/**
 * Puts cells into the cluster's queue, and finds those that are in it already.
 *
 * @module
 */
import { UserError } from "../../errors.ts";
import { listArrays, makeArray } from "./arrays.ts";
import { isActive, type Limits, queue, type Submission, submit } from "./commands.ts";
import type { Seen, Tracked } from "./look.ts";
import type { SlurmOptions } from "./options.ts";
import type { SlurmRun } from "./run_on_slurm.ts";
import { slurmScript } from "./script.ts";

/** Gives the cells their places in arrays that are in the queue already. → the numbers of their jobs */
export async function pickUp(out: string, cells: readonly Tracked[]): Promise<string[]> {
  const arrays = await listArrays(out);
  const tasks = await queue(arrays);
  if (!tasks) throw new UserError("the Slurm controller does not answer: try again later");
  const byName = new Map(arrays.map((array) => [array.name, array]));
  const byId = new Map(cells.map((tracked) => [tracked.cell.id, tracked]));
  const jobs = new Set<string>();
  for (const queued of tasks.filter(isActive)) {
    const array = byName.get(queued.name);
    const planned = queued.task === undefined ? undefined : array?.cells[queued.task];
    const tracked = planned && byId.get(planned.id);
    // Under another plan of the same folder the index would run another cell.
    if (!array || tracked?.cell.index !== planned?.index || !tracked) continue;
    tracked.place = { array, task: queued.task! };
    tracked.tries = 1;
    jobs.add(queued.job);
  }
  return [...jobs];
}

/**
 * Submits the cells that are due, in arrays as large as the cluster takes.
 *
 * @returns why it took no more, if it did not take all
 * @throws {UserError} when it refuses them and has nothing of this run; not when it is silent
 */
export async function submitDue(
  run: SlurmRun,
  options: SlurmOptions,
  { tasks: most, jobs: all }: Limits,
  seen: Seen,
  jobs: string[],
  say: (line: string) => void,
): Promise<string | undefined> {
  const queued = () => seen.running + seen.waiting;
  for (let from = 0; from < seen.due.length; from += most) {
    const part = seen.due.slice(from, from + most);
    if (queued() + part.length >= all) return `it holds ${all} (MaxJobCount)`;
    const array = await makeArray(
      run.out,
      part.map(({ cell }) => cell),
      (name) => slurmScript({ ...run, name, tasks: part.length }, options),
    );
    // The throttle counts within an array: arrays that follow each other keep it.
    const after = options.atOnce === undefined ? undefined : jobs.at(-1);
    const answer: Submission = await submit(array, after);
    if ("refused" in answer) {
      // Without an answer it may have been taken: once the queue can be seen again, that is found out.
      if (answer.silent) part.forEach((tracked, task) => tracked.place = { array, task });
      else await Deno.remove(array.folder, { recursive: true });
      if (queued() === 0 && !answer.silent) {
        throw new UserError(`Slurm refuses the jobs: ${answer.refused}`);
      }
      return answer.refused;
    }
    jobs.push(answer.job);
    seen.waiting += part.length;
    const again = part.filter(({ tries }) => tries > 0).length;
    part.forEach((tracked, task) => {
      tracked.place = { array, task };
      tracked.tries++;
      tracked.unseen = 0;
    });
    say(
      `Submitted job ${answer.job}: ${count(part.length)}` +
        `${again > 0 ? `, ${again} of them again after a loss` : ""}. Logs: ${array.folder}`,
    );
  }
}

/** Jobs in words, as a sentence begins. */
export function named(jobs: readonly string[]): string {
  return `${jobs.length === 1 ? "Job" : "Jobs"} ${jobs.join(", ")}`;
}

/** A number of cells in words. */
export function count(cells: number): string {
  return cells === 1 ? "1 cell" : `${cells} cells`;
}
