/**
 * `report.json`: the same report for programs.
 *
 * @module
 */

import type { Metrics, RunRecord } from "../engine/record.ts";
import type { Document } from "./document.ts";
import type { ReportContext } from "./context.ts";
import { latest } from "./rows.ts";
import type { ReportTable } from "./table.ts";
import { cellId } from "./tables/runs.ts";

/** The schema of `report.json`. Numbers that are not finite are null. */
export interface ReportJson {
  schema: 1;
  headline: string;
  command: string;
  /** The tables as shown. A mean over seeds is `{n, mean, sd?, interval?}`, in percent. */
  tables: Pick<ReportTable, "id" | "title" | "columns" | "rows" | "notes">[];
  /** Every cell of the grid: done or failed. */
  cells: ReportCell[];
  deviations: string[];
  missing: string[];
}

/** One cell in `report.json`. */
export interface ReportCell {
  /** protocol/method/preset/data set/shots/seed; a cell that failed has no preset. */
  id: string;
  status: "done" | "failed";
  /** The cell, and for one that is done its settings, which of them were changed, its preset and weights. */
  config:
    & RunRecord["cell"]
    & Partial<Pick<RunRecord, "settings" | "overrides" | "preset" | "clip">>;
  /** Measures by `data set/classes`, such as `eurosat/new`. */
  metrics: Record<string, Metrics>;
  /** SHA-256 of the predicted labels, by the same keys. */
  predictionsSha256: Record<string, string>;
  command?: string;
  error?: string;
}

/** The report as plain data. */
export function reportJson(
  document: Document,
  records: readonly RunRecord[],
  context: ReportContext,
): ReportJson {
  const done = latest(records).map((record): ReportCell => {
    const { cell, settings, overrides, preset, clip, results, command } = record;
    const byTest = results.map((result) =>
      [`${result.dataset}/${result.classes}`, result] as const
    );
    return {
      id: cellId(record),
      status: "done",
      config: { ...cell, settings, overrides, preset, clip },
      metrics: Object.fromEntries(byTest.map(([key, { metrics }]) => [key, metrics])),
      predictionsSha256: Object.fromEntries(
        byTest.map(([key, { predictions }]) => [key, predictions]),
      ),
      command,
    };
  });
  const failed = (context.failures ?? []).map(({ cell, error }): ReportCell => ({
    id: [cell.protocol, cell.method, cell.dataset, `${cell.shots}-shot`, `seed-${cell.seed}`]
      .join("/"),
    status: "failed",
    config: cell,
    metrics: {},
    predictionsSha256: {},
    error,
  }));
  return {
    schema: 1,
    headline: context.headline,
    command: context.command,
    tables: document.blocks.flatMap((block) => block.kind === "table" ? [block.table] : []),
    cells: [...done, ...failed],
    deviations: [...new Set(records.flatMap(({ deviations }) => deviations))],
    missing: context.missing ?? [],
  };
}
