/**
 * Experiments in, a report out.
 *
 * @module
 */
import { type FailedCell, standing, sweepDone } from "../protocols/mod.ts";
import type { ReportJson } from "../report/mod.ts";
import type { Listener, Tally } from "./events.ts";
import type { GivenExperiment } from "./experiments.ts";
import { checkLabOptions, type LabOptions } from "./options.ts";
import { type OpenPlan, openPlan } from "./plan.ts";
import { type Plan, writePlan } from "./plan_file.ts";
import { canStart } from "./processes.ts";
import { reportOn } from "./report_on.ts";
import { runCells } from "./run_cells.ts";
import { runJobs } from "./run_jobs.ts";
import { runPlanOnSlurm } from "./slurm/plan_run.ts";

/**
 * How a run ended.
 *
 * @category Reproduce
 */
export interface Ran extends Tally {
  /** Cells that have neither a record nor failed, where a cluster was left to itself. */
  left: number;
  /** The report, as `report.json` holds it. */
  report: ReportJson;
  /** The paths of the report's files. */
  files: string[];
  /** Cells that failed, with their errors. */
  failures: FailedCell[];
}

/**
 * Runs experiments and writes their report: a record for every cell, `report.md`, `report.html` and `report.json`, into the
 * folder `out`. A cell whose record is there is not run again, so that the same call goes on after an interruption; one
 * that fails is noted, and the others go on.
 *
 * Cells run in this process, or side by side in processes of their own. What cannot travel to those runs here, and a note
 * says so: a method that no module exports, a data set or a CLIP in memory.
 *
 * @throws {UserError} for names that are none, weights and images that are not there, settings out of range
 * @throws the signal's reason when it is given; cells that were done are kept
 *
 * @category Reproduce
 *
 * @example ProGrad beside CoOp on a drawn set
 * ```ts
 * import { run } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const out = await Deno.makeTempDir();
 * const { report, failed } = await run({
 *   clip: "random",
 *   entries: ["coop", { method: "prograd", settings: { lambda: 0.5 } }]
 *     .map((entry) => ({ ...typeof entry === "string" ? { method: entry } : entry, training: { epochs: 1 } })),
 *   datasets: ["pocket-tiles"],
 *   shots: [1],
 *   seeds: [1],
 * }, { out, backend: "wasm", jobs: 1 });
 * assert.equal(failed, 0);
 * assert.deepEqual(report.cells.map(({ config }) => config.method), ["coop", "prograd"]);
 * ```
 */
export async function run(
  experiments: GivenExperiment | readonly GivenExperiment[],
  options: LabOptions,
): Promise<Ran> {
  checkLabOptions("run", options);
  const { out, onEvent: tell = () => {}, signal } = options;
  signal?.throwIfAborted();
  using open = await openPlan(experiments, options);
  const { plan } = open;
  await writePlan(out, plan);
  tell({ type: "planned", out, plan, outlook: open.outlook, jobs: open.jobs });
  const tally = await seeTo(open, options, tell);
  await sweepLearned(out, plan);
  tell({ type: "ended", tally });
  const { files, report, failures, left } = await reportOn(out, plan);
  tell({ type: "reported", files });
  return { ...tally, failed: failures.length, left, report, files, failures };
}

/** Has all cells run: those that can travel where the options say, the others here, meanwhile. */
async function seeTo(open: OpenPlan, options: LabOptions, tell: Listener): Promise<Tally> {
  const { out, keep, stack, runner = "local", signal } = options;
  const { plan, cells, jobs } = open;
  const here = cells.filter((_, index) => plan.cells[index]!.stays !== undefined);
  const there = plan.cells.filter(({ stays }) => stays === undefined);
  const running = { out, keep, stack, tell, signal };
  const slurm = typeof runner === "object" ? runner.slurm : undefined;
  if (!slurm && jobs > 1 && !canStart()) {
    const why = "this process may not start others (--allow-run, and a module on disk)";
    tell({ type: "note", text: `Cells run one by one: ${why}.` });
    return await runCells(cells, running);
  }
  if (!slurm && jobs <= 1) return await runCells(cells, running);
  const away: Promise<Tally> = there.length === 0
    ? Promise.resolve({ made: 0, kept: 0, failed: 0 })
    : slurm
    ? runPlanOnSlurm(out, plan, there, slurm, tell, signal)
    : runJobs(out, plan, there, jobs, tell, signal);
  const own = here.length > 0 ? runCells(here, running) : undefined;
  const [one, two] = (await Promise.allSettled([away, own])).map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
  return sum(one!, two);
}

function sum(a: Tally, b: Tally = { made: 0, kept: 0, failed: 0 }): Tally {
  return { made: a.made + b.made, kept: a.kept + b.kept, failed: a.failed + b.failed };
}

/** Removes the checkpoints and locks of trainings that no cell of the plan waits for any more. */
async function sweepLearned(out: string, { cells }: Plan): Promise<void> {
  const { left, running, failed } = await standing(out, cells)();
  const open = new Set([...left, ...running, ...failed].map(({ id }) => id));
  const waits = new Set(cells.filter(({ id }) => open.has(id)).map(({ training }) => training));
  const learned = new Set(cells.map(({ training }) => training)).difference(waits);
  await sweepDone(out, learned);
}
