/**
 * `deno task reproduce`: the papers' protocols on the weights and data that are named, from nothing to a report.
 *
 * @module
 */
import { method } from "../methods/mod.ts";
import { type Lab, openIndex, readRecord } from "../protocols/mod.ts";
import { parse } from "./options.ts";
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
  const { out, jobs } = options;
  using open = await openLab(options, args, say);
  const plan = planOf(open, options, args);
  const { length } = open.cells;
  say(`${length} cells: ${describe(options, open.lab)}. Results go to ${out}.`);
  await writePlan(out, plan);
  const { kept } = slurm
    ? await runPlanOnSlurm(out, plan, slurm, say, leaves)
    : jobs > 1
    ? await runJobs(out, plan, jobs, say)
    : await runCells(open.cells, open.lab, out, say);
  if (kept > 0) say(`${kept} of ${length} cells were already done.`);
  return plan;
}

async function showCells(
  options: ReproduceOptions,
  args: readonly string[],
  say: (line: string) => void,
  slurm?: SlurmOptions,
): Promise<number> {
  using open = await openLab(options, args, say);
  if (slurm) {
    console.log(await slurmDryRun(planRun(options.out, planOf(open, options, args)), slurm));
    return 0;
  }
  let done = 0;
  for (const [index, { id, planned }] of open.cells.entries()) {
    const isDone = await readRecord(options.out, id) !== undefined;
    if (isDone) done++;
    console.log(`${index} ${id} ${isDone ? "done" : "to run"}: ${named(planned.cell)}`);
  }
  say(`${open.cells.length} cells, ${done} done: ${describe(options, open.lab)}. Nothing was run.`);
  return 0;
}

function planOf(
  { lab, backend, cells }: OpenLab,
  options: ReproduceOptions,
  args: readonly string[],
): Plan {
  const missing = (lab.shared.data ?? []).filter(({ missing }) => missing > 0);
  return {
    schema: 1,
    args: [...args],
    cwd: Deno.cwd(),
    backend,
    data: lab.shared.data ?? [],
    report: {
      headline: headline(options, lab),
      command: lab.shared.command,
      titles: titles(options, lab),
      missing: missing.map(({ dataset, missing }) =>
        `${missing} images of ${dataset} are not there and were left out.`
      ),
    },
    cells: cells.map(({ id, planned }, index) => ({ index, id, cell: planned.cell })),
  };
}

function describe({ protocol, methods, seeds }: ReproduceOptions, { datasets }: Lab): string {
  const sets = datasets.map(({ title }) => title).join(", ");
  const drawn = seeds.length > 10 ? `${seeds.length} seeds` : `seeds ${seeds.join(", ")}`;
  return `${protocol}, ${methods.join(", ")} on ${sets}, ${drawn}`;
}

function headline({ clip, data }: ReproduceOptions, { shared }: Lab): string {
  if (clip === undefined) {
    return "A check of the machinery, not a result: the CLIP has seeded random weights" +
      (data.length === 0 ? " and the data are drawn shapes" : "");
  }
  if (shared.clip.published) return "Prompt learning for CLIP, reproduced";
  return `Prompt learning on ${shared.clip.name}: not the papers' weights, so not their experiments`;
}

function titles({ methods }: ReproduceOptions, { datasets }: Lab): Record<string, string> {
  return Object.fromEntries([
    ...methods.map((name) => [name, method(name).title]),
    ...datasets.map(({ name, title }) => [name, title]),
  ]);
}

if (import.meta.main) {
  let left: string | undefined;
  await run(
    () => reproduce(Deno.args, (line) => console.error(line), (line) => left = line),
    () => left ?? "Finished files are kept; the same command starts again.",
  );
}
