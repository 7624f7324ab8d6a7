/**
 * Slurm's own commands, as far as the runner uses them: `sbatch`, `squeue` and `scontrol show config`.
 *
 * @module
 */
import { type ChildOutput, runChild } from "../../child.ts";
import { UserError } from "../../errors.ts";
import { lasting } from "../../waiting.ts";
import type { SlurmArray } from "./arrays.ts";

/** A task as the queue shows it. */
export interface QueuedTask {
  /** The job's name. */
  name: string;
  /** The array's job number, which `scancel` takes. */
  job: string;
  /** The task's number in the array; undefined for all tasks that have no line of their own. */
  task?: number | undefined;
  /** Slurm's name of its state, such as `RUNNING`. */
  state: string;
  /** Why it waits or ended, in Slurm's word. */
  reason: string;
}

/** Slurm's states of a job that is over; all others may still come to something. */
const over = new Set([
  "BOOT_FAIL",
  "CANCELLED",
  "COMPLETED",
  "DEADLINE",
  "FAILED",
  "NODE_FAIL",
  "OUT_OF_MEMORY",
  "PREEMPTED",
  "REVOKED",
  "TIMEOUT",
]);

/** Whether a task in this state may still run. */
export function isActive({ state }: QueuedTask): boolean {
  return !over.has(state);
}

/** Milliseconds in which Slurm's commands have to answer; a full queue makes `sbatch` try again for two minutes. */
export const ANSWER = { scontrol: 60_000, squeue: 60_000, sbatch: 300_000 };

/** What the cluster takes. */
export interface Limits {
  /** The most tasks that an array may have. */
  tasks: number;
  /** The most jobs of all users together, where a task counts as one; above that `sbatch` hangs for two minutes. */
  jobs: number;
}

/** Slurm's own defaults. */
export const defaultLimits: Limits = { tasks: 1001, jobs: 10_000 };

/**
 * How much the cluster takes.
 *
 * @throws {UserError} when there is no Slurm, its controller does not answer, or it takes no arrays
 */
export async function limits(): Promise<Limits> {
  const { ok, stdout, message } = await slurm("scontrol", ["show", "config"]);
  if (!ok) throw new UserError(`Slurm does not answer: ${message}`);
  const number = (pattern: RegExp) => {
    const found = stdout.match(pattern)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const jobs = number(/^MaxJobCount\s*=\s*(\d+)/m) ?? defaultLimits.jobs;
  const tasks = Math.min(
    number(/^MaxArraySize\s*=\s*(\d+)/m) ?? defaultLimits.tasks,
    number(/^SchedulerParameters\s*=.*\bmax_array_tasks=(\d+)/m) ?? Infinity,
    jobs - 1,
  );
  if (tasks < 1) throw new UserError("this cluster takes no job arrays (MaxArraySize=0)");
  return { tasks, jobs };
}

/** An array that was taken, with its job's number, or why it was not: `silent`, for want of an answer. */
export type Submission = { job: string } | { refused: string; silent: boolean };

/**
 * Submits an array.
 *
 * @param after the number of a job that has to end first
 */
export async function submit({ folder }: SlurmArray, after?: string): Promise<Submission> {
  const order = after === undefined ? [] : [`--dependency=afterany:${after}`];
  const answer = await slurm("sbatch", ["--parsable", ...order, "job.sh"], folder);
  const { ok, stdout, message, late } = answer;
  const job = stdout.trim().split(";")[0]!;
  if (ok && /^\d+$/.test(job)) return { job };
  return {
    refused: message,
    silent: late || /contact slurm controller|connection|timed out/i.test(message),
  };
}

/**
 * What the queue holds of these arrays, with what has ended in the last minutes (MinJobAge). One call to the controller
 * whatever their number; undefined when it does not answer.
 */
export async function queue(arrays: readonly SlurmArray[]): Promise<QueuedTask[] | undefined> {
  if (arrays.length === 0) return [];
  const { ok, stdout } = await slurm("squeue", [
    "--noheader",
    "--array",
    "--states=all",
    `--name=${arrays.map(({ name }) => name).join(",")}`,
    "--format=%j|%F|%K|%T|%r",
  ]);
  return ok ? stdout.split("\n").filter((line) => line !== "").map(readTask) : undefined;
}

/** Reads a line of `squeue --format=%j|%F|%K|%T|%r`. */
export function readTask(line: string): QueuedTask {
  const [name, job, task, state, reason = ""] = line.trim().split("|") as [
    string,
    string,
    string,
    string,
    string,
  ];
  return { name, job, task: /^\d+$/.test(task) ? Number(task) : undefined, state, reason };
}

/** Runs a command of Slurm's, which is ended when it hangs. `message` is its complaint in one line. */
async function slurm(
  program: keyof typeof ANSWER,
  args: string[],
  cwd?: string,
): Promise<{ ok: boolean; stdout: string; message: string; late: boolean }> {
  let output: ChildOutput;
  try {
    output = await runChild(program, args, { cwd, most: ANSWER[program] });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(
      `there is no ${program} here: --runner slurm is for a machine that submits to a cluster; ` +
        "--runner local uses the cores at hand",
    );
  }
  const { code, stdout, stderr, late } = output;
  if (late !== undefined) {
    const message = `${program} gave no answer in ${lasting(late)}`;
    return { ok: false, stdout: "", message, late: true };
  }
  const message = stderr.split("\n")
    .map((line) => line.replace(/^\w+: (error: )?/, "").trim())
    .filter((line) => line !== "").join("; ") || `${program} ended with ${code}`;
  return { ok: code === 0, stdout, message, late: false };
}
