/**
 * A planned reproduction as a run for the cluster: each task is a process of its own, started by `lib/cli/cell.ts`.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { PlanCell } from "./arrays.ts";
import type { SlurmRun } from "./run_on_slurm.ts";

/** The run of the cells that are planned in the folder of results `out`. */
export function planRun(out: string, cells: readonly PlanCell[]): SlurmRun {
  const options = ["run", "-P=compute", "--no-prompt", "lib/cli/cell.ts"];
  return {
    out,
    cells,
    command: [Deno.execPath(), ...options, resolve(out)],
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
  };
}
