/**
 * What the runner asks a cluster for.
 *
 * @module
 */

/** How the jobs are submitted. No text can break out of its line of the script. */
export interface SlurmOptions {
  /** The partitions to run on, as `--partition` takes them: with commas between. */
  partition?: string | undefined;
  /** The account that is charged, as `--account` takes it. */
  account?: string | undefined;
  /** The GPUs of a task, as `--gres=gpu:` takes them: `1`, `a100:1`. */
  gpus?: string | undefined;
  /** The time limit of a task, as `--time` takes it: minutes, `H:M:S`, `D-H:M:S`. */
  time?: string | undefined;
  /** The memory of a task, as `--mem` takes it: `16G`. */
  mem?: string | undefined;
  /** How many CPU cores a task has, as `--cpus-per-task` takes it. */
  cpus?: number | undefined;
  /** How many tasks may run at the same time; the cluster's limit when absent. */
  atOnce?: number | undefined;
  /** How often a task that was killed or lost is submitted again. */
  retries: number;
  /** Whether to submit and leave, rather than wait for the end. */
  detach: boolean;
  /** `#SBATCH` lines of the site's own, without the `#SBATCH`. */
  directives: string[];
  /** Shell lines that run before a cell: `module load cuda`. */
  setup: string[];
}
