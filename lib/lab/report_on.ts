/**
 * The report of a planned run, from the records that are there.
 *
 * @module
 */
import { bibtex, type Method, method } from "../methods/mod.ts";
import { type FailedCell, keptPrompts, readFailure, readRecord } from "../protocols/mod.ts";
import type { ReportJson, Run } from "../report/mod.ts";
import { evidenceFor } from "./evidence.ts";
import { type Plan, readPlan } from "./plan_file.ts";
import { measuredRounding } from "./rounding.ts";

/** A report on what is there. */
export interface ReportedOn {
  /** As `report.json` holds it. */
  report: ReportJson;
  /** What was written. */
  files: string[];
  /** Cells that failed, with their errors. */
  failures: FailedCell[];
  /** Cells that have neither a record nor failed. */
  left: number;
}

/**
 * Writes the report of the plan in the folder of results `out`, and runs nothing.
 *
 * @throws {UserError} when there is no plan
 */
export async function reportOn(out: string, plan?: Plan): Promise<ReportedOn> {
  const { cells, experiments, report: context } = plan ?? await readPlan(out);
  const kept = await keptPrompts(out);
  const records: Run[] = [];
  const failures: FailedCell[] = [];
  let left = 0;
  for (const { id, cell } of cells) {
    const record = await readRecord(out, id);
    const failed = record ? undefined : await readFailure(out, id);
    if (record) records.push({ ...record, id, prompts: kept.get(id) });
    else if (failed) failures.push({ ...failed, id, cell });
    else left++;
  }
  const missing = left === 0
    ? context.missing
    : [...context.missing, `${left} of ${cells.length} cells have not been run yet.`];
  const shown = experiments.map(({ id, title, protocol, about, command, cells }) => (
    { id, title, protocol, about, command, cells }
  ));
  // Tables and figures are needed at the end only: a cell's process and a dry run never load them.
  const { report, writeReport } = await import("../report/mod.ts");
  const evidence = evidenceFor(records.map(({ cell }) => cell.method), out);
  const references = bibtex(
    [...new Set(cells.map(({ cell }) => cell.method))].flatMap((name) => known(name) ?? []),
  );
  const about = {
    ...{ evidence, experiments: shown, missing, failures, references },
    rounding: measuredRounding,
  };
  const made = report(records, { ...context, ...about });
  return { report: made.json, files: await writeReport(out, made), failures, left };
}

/** A method of this module's; a user's own has no paper that is known here. */
function known(name: string): Method | undefined {
  try {
    return method(name);
  } catch {
    return undefined;
  }
}
