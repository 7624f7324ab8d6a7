/**
 * `deno task reproduce`: the papers' protocols on the weights and data that are named, from nothing to a report.
 *
 * @module
 */
import { openIndex, standing, sweepDone } from "../protocols/mod.ts";
import { parse } from "./options.ts";
import { choose } from "./reproduce/choose.ts";
import { dryRun } from "./reproduce/dry_run.ts";
import { lookAhead, outlookLines } from "../lab/estimate.ts";
import { jobsFor } from "../lab/jobs.ts";
import { measureMachine } from "../lab/machine.ts";
import { planOf } from "../lab/make_plan.ts";
import { openLab } from "../lab/open_lab.ts";
import { type ReproduceOptions, reproduceOptions, summary } from "./reproduce/options.ts";
import { type Plan, readPlan, writePlan } from "../lab/plan_file.ts";
import { runCells } from "../lab/run_cells.ts";
import { runJobs } from "../lab/run_jobs.ts";
import { keepToOneThread } from "../lab/threads.ts";
import { reportPlan } from "../lab/write_report.ts";
import { run } from "./run.ts";
import { slurmFor, type SlurmOptions } from "./reproduce/slurm_given.ts";
import { runPlanOnSlurm } from "../lab/slurm/plan_run.ts";
import { tell } from "../terminal.ts";

/**
 * Runs the command. → exit code: 1 when a cell failed
 *
 * @param leaves takes what an interruption would leave behind, in a line, where that is not the usual
 */
export async function reproduce(
  args: readonly string[],
  say: (line: string) => void,
  leaves: (line: string) => void = () => {},
): Promise<number> {
  const options = parse("reproduce", reproduceOptions, args, summary);
  const { out } = options;
  const slurm = await slurmFor(options.runner, options.slurm);
  if (!options.reportOnly) keepToOneThread(choose(options).experiments);
  if (options.dryRun) {
    await dryRun(options, args, say, slurm);
    return 0;
  }
  const plan = options.reportOnly
    ? await readPlan(out)
    : await runPlan(options, args, { say, leaves, slurm });
  (await openIndex(out)).close();
  const { files, failed, left } = await reportPlan(out, plan);
  if (left > 0) say(`${left} of ${plan.cells.length} cells have not been run yet.`);
  for (const file of files) say(`Wrote ${file}`);
  return failed > 0 ? 1 : 0;
}

async function runPlan(
  options: ReproduceOptions,
  args: readonly string[],
  { say, leaves, slurm }: {
    say: (line: string) => void;
    leaves: (line: string) => void;
    slurm?: SlurmOptions;
  },
): Promise<Plan> {
  const { out } = options;
  using open = await openLab(options, args, say);
  const plan = planOf(open, args);
  const { length } = open.cells;
  await writePlan(out, plan);
  const outlook = await lookAhead(out, open.cells, await measureMachine());
  const jobs = options.jobs ?? jobsFor(open.cells, outlook.costs);
  for (const line of outlookLines(open.choice, open.cells, outlook, slurm ? 1 : jobs)) say(line);
  say(`Results go to ${out}.`);
  const seconds = new Map([...outlook.costs].map(([id, { seconds }]) => [id, seconds]));
  const { kept } = slurm
    ? await runPlanOnSlurm(out, plan, slurm, say, leaves)
    : jobs > 1
    ? await runJobs(out, plan, jobs, say, seconds)
    : await runCells(open.cells, out, say, seconds);
  if (kept > 0) say(`${kept} of ${length} cells were already done.`);
  await sweepLearned(out, plan);
  return plan;
}

/** Removes what cells that learn the same went on from, where all of them are done. */
async function sweepLearned(out: string, { cells }: Plan): Promise<void> {
  const { left, running, failed } = await standing(out, cells)();
  const open = new Set([...left, ...running, ...failed].map(({ id }) => id));
  const waits = new Set(cells.filter(({ id }) => open.has(id)).map(({ training }) => training));
  const learned = new Set(cells.map(({ training }) => training)).difference(waits);
  await sweepDone(out, learned);
}

if (import.meta.main) {
  let left: string | undefined;
  await run(
    () => reproduce(Deno.args, tell, (line) => left = line),
    () => left ?? "Finished files are kept; the same command starts again.",
  );
}
