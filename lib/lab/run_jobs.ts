/**
 * Runs planned cells in several processes side by side. Each takes the next cell that no other has.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import { readFailure, readRecord, standing } from "../protocols/mod.ts";
import { pause } from "../waiting.ts";
import type { Listener, Tally } from "./events.ts";
import type { Plan, PlannedPlace } from "./plan_file.ts";
import { endWorker, startWorker } from "./processes.ts";

/** Milliseconds between two looks at the folder. */
const PAUSE = 500;

/**
 * Sees to it that each of these cells of the plan in `out` has its record, or failed.
 *
 * @throws {UserError} when the processes end before that
 * @throws the signal's reason when it is given
 */
export async function runJobs(
  out: string,
  plan: Plan,
  cells: readonly PlannedPlace[],
  jobs: number,
  tell: Listener,
  signal?: AbortSignal,
): Promise<Tally> {
  const look = standing(out, cells);
  const kept = new Set<string>();
  // Read, not counted: a damaged record must be made again.
  for (const { id, cell } of cells) {
    if (!await readRecord(out, id)) continue;
    kept.add(id);
    tell({ type: "kept", id, cell });
  }
  const open = cells.filter(({ id }) => !kept.has(id)).map(({ index }) => index);
  const slots = Array.from(
    { length: Math.min(jobs, open.length) },
    () => startWorker(out, plan, open, jobs),
  );
  const kill = () => slots.forEach(({ process }) => endWorker(process));
  globalThis.addEventListener("unload", kill);
  signal?.addEventListener("abort", kill);
  try {
    const news = newsOf(out, kept, tell);
    let over = slots.length === 0;
    const ended = Promise.all(slots.map(({ last }) => last)).finally(() => over = true);
    while (!over) {
      const found = await look();
      await news(found);
      const running = found.running.map(({ id, cell, note }) => ({ id, cell, note }));
      if (running.length > 0) tell({ type: "elsewhere", cells: running });
      await Promise.race([ended, pause(PAUSE)]);
    }
    signal?.throwIfAborted();
    const found = await look();
    const undone = found.running.length + found.left.length;
    if (undone > 0) {
      const words = (await ended).find(({ code }) => code !== 0)?.line ?? "no error was given";
      throw new UserError(`${undone} cells were not run, for a process ended early: ${words}`);
    }
    await news(found, true);
    const { done, failed } = found;
    return { made: done.length - kept.size, kept: kept.size, failed: failed.length };
  } finally {
    globalThis.removeEventListener("unload", kill);
    signal?.removeEventListener("abort", kill);
  }
}

/** Tells of each cell that ended, once. What failed in an earlier run is no news until it has failed again. */
function newsOf(out: string, kept: ReadonlySet<string>, tell: Listener) {
  const told = new Set(kept);
  let before: Set<string> | undefined;
  return async (
    { done, failed }: Awaited<ReturnType<ReturnType<typeof standing>>>,
    last = false,
  ): Promise<void> => {
    const ids = new Set(failed.map(({ id }) => id));
    before = before?.intersection(ids) ?? ids;
    for (const { id, cell } of done.filter(({ id }) => !told.has(id))) {
      told.add(id);
      tell({ type: "done", id, cell });
    }
    for (const { id, cell } of failed) {
      if (told.has(id) || (before.has(id) && !last)) continue;
      told.add(id);
      const error = (await readFailure(out, id))?.error ?? "no reason was noted";
      tell({ type: "failed", id, cell, error });
    }
  };
}
