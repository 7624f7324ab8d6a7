/**
 * How experiments are run.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import type { Keep } from "../protocols/mod.ts";
import type { BackendName } from "../tensor/mod.ts";
import type { Listener } from "./events.ts";
import type { DataPlaces } from "./inputs.ts";
import type { SlurmOptions } from "./slurm/options.ts";

/**
 * How experiments are planned and run.
 *
 * @category Reproduce
 */
export interface LabOptions {
  /** The folder of results: the plan, a record for every cell, the report. What is there is not done again. */
  out: string;
  /** CLIP weights in place of the experiments': as they name them, or a CLIP. */
  clip?: string | Clip;
  /** Where data sets lie. */
  data?: DataPlaces;
  /**
   * What stays of each cell beside its record: its prompts, `prompts/<id>.safetensors`, which `loadTrained` reads (when not
   * given), or none. It changes no number and no cell's identity; cells that are done already are left as they are.
   */
  keep?: Keep;
  /** What computes; the fastest that works when not given. */
  backend?: BackendName;
  /** Threads of a process that read images; as many as there are cores when not given. */
  workers?: number;
  /** Processes that run cells side by side; what is fastest when not given. */
  jobs?: number;
  /** What runs the cells: this machine, or a cluster. */
  runner?: "local" | { slurm: SlurmOptions };
  /** The report's first line; what it says of the weights when not given. */
  headline?: string;
  /** The command that makes the report again, for report and records; this program's when not given. */
  command?: string;
  /** Ends the run: cells that are done are kept, one that is being run leaves its checkpoint. */
  signal?: AbortSignal;
  /** Takes what happens, as it happens. */
  onEvent?: Listener;
}
