/**
 * What a reproduction would run: its cells, then what they would cost; or the job script for a cluster.
 *
 * @module
 */
import { draftCells, readRecord } from "../../protocols/mod.ts";
import { slurmDryRun } from "../../lab/slurm/run_on_slurm.ts";
import type { SlurmOptions } from "./slurm_given.ts";
import { planRun } from "../../lab/slurm/plan_run.ts";
import { choose } from "./choose.ts";
import { lookAhead, outlookLines } from "../../lab/estimate.ts";
import { jobsFor } from "../../lab/jobs.ts";
import { lackingInputs } from "../../lab/lacking.ts";
import { measureMachine } from "../../lab/machine.ts";
import { planOf } from "../../lab/make_plan.ts";
import { openLab } from "../../lab/open_lab.ts";
import type { ReproduceOptions } from "./options.ts";
import { named } from "../../lab/run_cells.ts";
import { print } from "../../terminal.ts";

/** Prints it: the cells to stdout, the rest by `say`. Without weights or data, cells have names and no identities. */
export async function dryRun(
  options: ReproduceOptions,
  args: readonly string[],
  say: (line: string) => void,
  slurm?: SlurmOptions,
): Promise<void> {
  const { recipe, experiments } = choose(options);
  const lacking = recipe && await lackingInputs(recipe, experiments, options.root);
  if (lacking) {
    const drafts = draftCells(experiments);
    for (const [index, { cell }] of drafts.entries()) {
      print(`${index} to run: ${named(cell)}`);
    }
    say(`${drafts.length} cells. Nothing was run: ${lacking}`);
    return;
  }
  using open = await openLab(options, args, say);
  const plan = planOf(open, args);
  if (slurm) return print(await slurmDryRun(planRun(options.out, plan), slurm));
  let done = 0;
  for (const { index, id, cell } of plan.cells) {
    const isDone = await readRecord(options.out, id) !== undefined;
    if (isDone) done++;
    print(`${index} ${id} ${isDone ? "done" : "to run"}: ${named(cell)}`);
  }
  const outlook = await lookAhead(options.out, open.cells, await measureMachine());
  const jobs = options.jobs ?? jobsFor(open.cells, outlook.costs);
  for (const line of outlookLines(open.choice, open.cells, outlook, jobs)) say(line);
  say(`${plan.cells.length} cells, ${done} done. Nothing was run.`);
}
