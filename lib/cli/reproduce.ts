/**
 * `deno task reproduce`: the papers' protocols on the weights and data that are named, from nothing to a report.
 *
 * @module
 */
import { method } from "../methods/mod.ts";
import { openIndex, readRecord, standing, sweepDone } from "../protocols/mod.ts";
import { parse } from "./options.ts";
import { lookAhead, outlookLines } from "./reproduce/estimate.ts";
import { jobsFor } from "./reproduce/jobs.ts";
import { measureMachine } from "./reproduce/machine.ts";
import { type OpenLab, openLab } from "./reproduce/open_lab.ts";
import { type ReproduceOptions, reproduceOptions, summary } from "./reproduce/options.ts";
import { type Plan, readPlan, writePlan } from "./reproduce/plan_file.ts";
import { named, runCells } from "./reproduce/run_cells.ts";
import { runJobs } from "./reproduce/run_jobs.ts";
import { reportPlan } from "./reproduce/write_report.ts";
import { run } from "./run.ts";
import { slurmFor, type SlurmOptions } from "./slurm/options.ts";
import { planRun, runPlanOnSlurm } from "./slurm/plan_run.ts";
import { slurmDryRun } from "./slurm/run_on_slurm.ts";

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
  if (options.dryRun) return await showCells(options, args, say, slurm);
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
  const { backend } = open.cells[0].lab.shared;
  const jobs = options.jobs ??
    jobsFor(open.cells, outlook.costs, backend, navigator.hardwareConcurrency);
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

async function showCells(
  options: ReproduceOptions,
  args: readonly string[],
  say: (line: string) => void,
  slurm?: SlurmOptions,
): Promise<number> {
  using open = await openLab(options, args, say);
  const plan = planOf(open, args);
  if (slurm) {
    console.log(await slurmDryRun(planRun(options.out, plan), slurm));
    return 0;
  }
  let done = 0;
  for (const { index, id, cell } of plan.cells) {
    const isDone = await readRecord(options.out, id) !== undefined;
    if (isDone) done++;
    console.log(`${index} ${id} ${isDone ? "done" : "to run"}: ${named(cell)}`);
  }
  const outlook = await lookAhead(options.out, open.cells, await measureMachine());
  for (const line of outlookLines(open.choice, open.cells, outlook, options.jobs ?? 1)) say(line);
  say(`${plan.cells.length} cells, ${done} done. Nothing was run.`);
  return 0;
}

function planOf(open: OpenLab, args: readonly string[]): Plan {
  const { choice, backend, data, command } = open;
  return {
    schema: 2,
    args: [...args],
    cwd: Deno.cwd(),
    backend,
    data,
    report: {
      headline: headline(open),
      command,
      titles: titles(open),
      missing: data.filter(({ missing }) => missing > 0).map(({ dataset, missing }) =>
        `${missing} images of ${dataset} are not there and were left out.`
      ),
    },
    experiments: choice.experiments.map(({ id, title, about, protocol }) => ({
      ...{ id, title, about, protocol },
      command: choice.recipe ? only(command, id) : command,
      cells: open.cells.filter(({ experiments }) => experiments.has(id))
        .sort((a, b) => a.experiments.get(id)! - b.experiments.get(id)!)
        .map(({ id }) => id),
    })),
    cells: open.cells.map(({ id, training, draft, planned: { cell } }, index) => (
      { index, id, training, draft, cell }
    )),
  };
}

/** The command for one experiment of those that it runs. */
function only(command: string, id: string): string {
  return `${command.replace(/ --only[ =]\S+/, "")} --only ${id}`;
}

function headline({ choice, cells }: OpenLab): string {
  const clips = cells.map(({ lab }) => lab.shared.clip);
  if (clips.some(({ description }) => description.includes("random weights"))) {
    return "A check of the machinery, not a result: the CLIP has seeded random weights";
  }
  if (choice.headline) return choice.headline;
  if (clips.every(({ published }) => published)) return "Prompt learning for CLIP, reproduced";
  return `Prompt learning on ${
    clips.find(({ published }) => !published)!.name
  }: not the papers' weights, so not their experiments`;
}

function titles({ choice, datasets }: OpenLab): Record<string, string> {
  const methods = choice.experiments.flatMap(({ entries }) => entries.map((e) => e.method));
  return Object.fromEntries([
    ...methods.map((name) => [name, method(name).title]),
    ...[...datasets.values()].map(({ name, title }) => [name, title]),
  ]);
}

if (import.meta.main) {
  let left: string | undefined;
  await run(
    () => reproduce(Deno.args, (line) => console.error(line), (line) => left = line),
    () => left ?? "Finished files are kept; the same command starts again.",
  );
}
