/**
 * A plan on a cluster: each task is a worker process of its own.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { UserError } from "../../errors.ts";
import { noteFailure, readRecord } from "../../protocols/mod.ts";
import type { Listener, Tally } from "../events.ts";
import { checkSlurmOptions } from "../options.ts";
import type { Plan, PlannedPlace } from "../plan_file.ts";
import { workerWords } from "../processes.ts";
import type { SlurmOptions } from "./options.ts";
import { runOnSlurm, slurmDryRun, type SlurmRun } from "./run_on_slurm.ts";

/**
 * The run of cells that are planned in the folder of results `out`.
 *
 * @throws {UserError} where the code does not lie on disk, for the nodes to run
 */
export function planRun(out: string, plan: Plan, cells: readonly PlannedPlace[]): SlurmRun {
  const root = new URL("../../../", import.meta.url);
  if (root.protocol !== "file:") {
    throw new UserError(
      "a cluster runs cells from a clone of the project on a disk that its nodes see, not over the web",
    );
  }
  const command = [Deno.execPath(), ...workerWords(out, plan)];
  return { out, cells, command, cwd: fileURLToPath(root) };
}

/**
 * Runs cells of the plan in `out`. One that comes to nothing is told and noted, as by the other runners.
 *
 * @throws the signal's reason when it is given: jobs in the queue go on
 */
export async function runPlanOnSlurm(
  out: string,
  plan: Plan,
  places: readonly PlannedPlace[],
  options: SlurmOptions,
  tell: Listener,
  signal?: AbortSignal,
): Promise<Tally> {
  for (const { id, cell } of places) {
    if (await readRecord(out, id)) tell({ type: "kept", id, cell });
  }
  const { kept, done, failures } = await runOnSlurm(planRun(out, plan, places), options, {
    say: (text) => tell({ type: "note", text }),
    leaves: (text) => tell({ type: "leaves", text }),
    show: (text) => tell({ type: "waiting", text }),
    done: ({ index, id }) => tell({ type: "done", id, cell: plan.cells[index]!.cell }),
    signal,
  });
  for (const { cell: { index, id }, error } of failures) {
    const { cell } = plan.cells[index]!;
    await noteFailure(out, id, cell, error);
    tell({ type: "failed", id, cell, error });
  }
  return { kept, made: done - kept, failed: failures.length };
}

/** The script that would be submitted first for the plan in `out`, with a last line that says what would follow it. */
export async function slurmScriptOf(
  out: string,
  plan: Plan,
  options: SlurmOptions,
): Promise<string> {
  checkSlurmOptions(options);
  const travelling = plan.cells.filter(({ stays }) => stays === undefined);
  return await slurmDryRun(planRun(out, plan, travelling), options);
}
