/**
 * The report of a planned reproduction, from the records that are there.
 *
 * @module
 */
import { readFailure, readRecord } from "../protocols/mod.ts";
import { type Failure, report, type Run, writeReport } from "../report/mod.ts";
import type { Plan } from "./plan_file.ts";

/** Writes the report into the folder of results. → its files, and how many cells failed or have no record */
export async function reportPlan(
  out: string,
  { cells, experiments, report: context }: Plan,
): Promise<{ files: string[]; failed: number; left: number }> {
  const records: Run[] = [];
  const failures: Failure[] = [];
  let left = 0;
  for (const { id, cell } of cells) {
    const record = await readRecord(out, id);
    const failed = record ? undefined : await readFailure(out, id);
    if (record) records.push({ ...record, id });
    else if (failed) failures.push({ id, cell, error: failed.error });
    else left++;
  }
  const missing = left === 0
    ? context.missing
    : [...context.missing, `${left} of ${cells.length} cells have not been run yet.`];
  const files = await writeReport(
    out,
    report(records, { ...context, experiments, missing, failures }),
  );
  return { files, failed: failures.length, left };
}
