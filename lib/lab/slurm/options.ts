/**
 * What the runner asks a cluster for.
 *
 * @module
 */

/** How the jobs are submitted. No text can break out of its line of the script. */
export interface SlurmOptions {
  /** Partitions, with commas between. */
  partition?: string;
  /** Who pays. */
  account?: string;
  /** GPUs a task, as `--gres=gpu:` takes them: `1`, `a100:1`. */
  gpus?: string;
  /** The time limit of a task, as `--time` takes it: minutes, `H:M:S`, `D-H:M:S`. */
  time?: string;
  /** Memory of a task, as `--mem` takes it: `16G`. */
  mem?: string;
  /** Cores a task. */
  cpus?: number;
  /** Tasks that may run at the same time; the cluster's limit when absent. */
  atOnce?: number;
  /** How often a task that was killed or lost is submitted again. */
  retries: number;
  /** Submit and leave, rather than wait for the end. */
  detach: boolean;
  /** `#SBATCH` lines of the site's own, without the `#SBATCH`. */
  directives: string[];
  /** Shell lines that run before a cell: `module load cuda`. */
  setup: string[];
}
