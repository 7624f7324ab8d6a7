/**
 * A planned reproduction on the cluster: each task is a process of its own, started by `lib/cli/cell.ts`.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { noteFailure } from "../../protocols/mod.ts";
import type { Plan } from "../plan_file.ts";
import { named } from "../run_cells.ts";
import type { SlurmOptions } from "../../cli/reproduce/slurm_given.ts";
import { runOnSlurm, type SlurmRun } from "./run_on_slurm.ts";

/** The run of the cells that are planned in the folder of results `out`. */
export function planRun(out: string, { cells }: Pick<Plan, "cells">): SlurmRun {
  const options = ["run", "-P=cell", "--no-prompt", "lib/cli/cell.ts"];
  return {
    out,
    cells,
    command: [Deno.execPath(), ...options, resolve(out)],
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
  };
}

/**
 * Runs the plan in `out`. A cell that comes to nothing is told and noted, as by the other runners.
 *
 * @param leaves takes what an interruption would leave behind, in a line, whenever that changes
 * @returns how many cells were already done
 */
export async function runPlanOnSlurm(
  out: string,
  plan: Plan,
  options: SlurmOptions,
  say: (line: string) => void,
  leaves: (line: string) => void,
): Promise<{ kept: number }> {
  const { kept, failures } = await runOnSlurm(planRun(out, plan), options, { say, leaves });
  for (const { cell: { index, id }, error } of failures) {
    const { cell } = plan.cells[index];
    await noteFailure(out, id, cell, error);
    say(`Failed: ${named(cell)}: ${error}`);
  }
  return { kept };
}
