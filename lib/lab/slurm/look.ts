/**
 * What has become of each cell, from the three places that know: its record, the cluster's queue, and the exit code
 * that its task left. A task that is in none of them was killed or lost.
 *
 * @module
 */
import { readFailure, readRecord } from "../../protocols/mod.ts";
import { exitCode, lastLine, logOf, type PlanCell, type SlurmArray } from "./arrays.ts";
import { isActive, type QueuedTask } from "./commands.ts";

/** A cell and how far it has come. */
export interface Tracked {
  cell: PlanCell;
  /** The task that runs it, when it has been submitted. */
  place?: { array: SlurmArray; task: number };
  /** How often it has been submitted. */
  tries: number;
  /** Looks in a row at which its task was gone and nothing said why. */
  unseen: number;
  /** How it ended: `done` with a record, or without one for the reason given. */
  end?: "done" | { failed: string };
}

/** What a look found. */
export interface Seen {
  running: number;
  waiting: number;
  /** Why most of the waiting ones wait, in Slurm's word. */
  reason: string;
  /** Cells to be submitted, or submitted again. */
  due: Tracked[];
}

/** Marks the cells whose records are there. */
export async function markDone(out: string, cells: readonly Tracked[]): Promise<void> {
  for (const tracked of cells) {
    if (await readRecord(out, tracked.cell.id)) tracked.end = "done";
  }
}

/**
 * Brings the cells up to date.
 *
 * @param queued what the queue holds of their arrays
 * @param retries how often a lost task is submitted again
 */
export async function look(
  out: string,
  cells: readonly Tracked[],
  queued: readonly QueuedTask[],
  retries: number,
): Promise<Seen> {
  const tasks = new Map(queued.map((task) => [`${task.name} ${task.task ?? ""}`, task]));
  const reasons = new Map<string, number>();
  const seen: Seen = { running: 0, waiting: 0, reason: "", due: [] };
  for (const tracked of cells) {
    const { place } = tracked;
    if (tracked.end) continue;
    if (!place) {
      seen.due.push(tracked);
      continue;
    }
    const task = tasks.get(`${place.array.name} ${place.task}`) ??
      tasks.get(`${place.array.name} `);
    if (task && isActive(task)) {
      tracked.unseen = 0;
      if (task.state === "PENDING") {
        seen.waiting++;
        reasons.set(task.reason, (reasons.get(task.reason) ?? 0) + 1);
      } else seen.running++;
    } else if (await readRecord(out, tracked.cell.id)) {
      tracked.end = "done";
    } else {
      await settle(out, tracked, place, task, retries);
      // A shared file system may show a record late: a task counts as lost when two looks miss it.
      if (!tracked.end && tracked.unseen++ > 0) seen.due.push(tracked);
    }
  }
  seen.reason = [...reasons].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
  return seen;
}

/** Ends a cell that has no record and will not get one: it failed, was cancelled, or was lost too often. */
async function settle(
  out: string,
  tracked: Tracked,
  { array, task }: NonNullable<Tracked["place"]>,
  queued: QueuedTask | undefined,
  retries: number,
): Promise<void> {
  const code = await exitCode(array, task);
  const log = `see ${logOf(array, task)}`;
  // From 128 on a shell means a signal: that is a kill, not an answer.
  if (code !== undefined && code > 0 && code < 128) {
    const noted = await readFailure(out, tracked.cell.id);
    const said = noted?.error ?? await lastLine(array, task) ?? `exit code ${code}`;
    tracked.end = { failed: `${said} (${log})` };
  } else if (queued?.state === "CANCELLED") {
    tracked.end = { failed: "its job was cancelled; the same command submits it again" };
  } else if (tracked.unseen > 0 && tracked.tries > retries) {
    const state = queued ? `${queued.state}, ${queued.reason}` : "no trace in the queue";
    tracked.end = {
      failed: `its task was killed or lost ${tracked.tries} times (last: ${state}; ${log})`,
    };
  }
}
