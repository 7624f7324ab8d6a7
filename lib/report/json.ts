/**
 * `report.json`: the same report for programs. Its schema is described in docs/report.md, and `readReport` reads it.
 *
 * @module
 */

import type { Cell, MethodRecord, Metrics, RunRecord } from "../engine/record.ts";
import type { MethodEvidence, ReportContext, ReportExperiment, Run } from "./context.ts";
import { assumptions } from "./assumptions.ts";
import type { Document } from "./document.ts";
import { latest } from "./rows.ts";
import type { ReportTable } from "./table.ts";
import { cellId, cellName, recordFile } from "./tables/runs.ts";

/**
 * The schema of `report.json`. Numbers that are not finite are null.
 *
 * @category Reproduce
 */
export interface ReportJson {
  /** The version of this schema. */
  schema: 1;
  /** The report's first line. */
  headline: string;
  /** The command that made the report. */
  command: string;
  /** The experiments, in the order of the report. */
  experiments: ReportExperiment[];
  /**
   * The tables as shown, but for those that only lay out `cells`: deviations, settings, further measures, every run. A
   * mean over seeds is `{n, mean, sd?, interval?, cells?}`, in percent.
   */
  tables: ReportTable[];
  /** Every cell that is done or failed, once, whatever the number of experiments it is part of. */
  cells: ReportCell[];
  /** What differs from the papers, a sentence each. */
  deviations: string[];
  /** What was missing, a sentence each. */
  missing: string[];
  /** What was assumed of data and weights or left out, a sentence each; absent in reports of before. */
  assumed?: string[];
  /** Titles of methods and data sets by their short names. */
  titles: Record<string, string>;
  /** What the methods of the cells are held to, by their short names; absent in reports of before. */
  evidence?: Record<string, MethodEvidence>;
}

/** One cell in `report.json`. */
export interface ReportCell {
  /** Its identity: the record is `records/<id>.json` beside the report. */
  id: string;
  /** protocol/method/preset/data set/shots/seed; a cell that failed has no preset. */
  name: string;
  /** How the cell ended. */
  status: "done" | "failed";
  /** The cell, and for one that is done its settings, which of them were changed, its preset and weights. */
  config: Cell & Partial<Pick<RunRecord, "settings" | "overrides" | "preset" | "clip">>;
  /** What the method says of itself; absent for a cell that failed, and in reports of version 0.2. */
  method?: MethodRecord;
  /** Measures by `data set/classes`, such as `eurosat/new`. */
  metrics: Record<string, Metrics>;
  /** SHA-256 of the predicted labels, by the same keys. */
  predictionsSha256: Record<string, string>;
  /** What differs from the paper, a sentence each. */
  deviations: string[];
  /** The number of trainable parameters. */
  parameters?: number;
  /** Bytes of its prompts, where they were kept: `prompts/<id>.safetensors` beside the report, for `loadTrained`. */
  prompts?: number;
  /** How long it took; absent for a cell that failed. */
  seconds?: RunRecord["seconds"];
  /** When the run started, as ISO 8601 has it. */
  started?: string;
  /** Its record's file, relative to the report; absent where the record has no identity, and for a cell that failed. */
  record?: string;
  /** The command that makes this cell again. */
  command?: string;
  /** The line of its error, for a cell that failed. */
  error?: string;
}

/** The report as plain data. */
export function reportJson(
  document: Document,
  records: readonly Run[],
  context: ReportContext,
  experiments: ReportExperiment[],
): ReportJson {
  const failed = (context.failures ?? []).map(({ id, cell, error }): ReportCell => ({
    id: id ?? cellName(cell),
    name: cellName(cell),
    status: "failed",
    config: cell,
    metrics: {},
    predictionsSha256: {},
    deviations: [],
    error,
  }));
  return {
    schema: 1,
    headline: context.headline,
    command: context.command,
    experiments,
    tables: document.blocks.flatMap((block) =>
      block.kind === "table" && !block.detail ? [block.table] : []
    ),
    cells: [...latest(records).map(done), ...failed],
    deviations: [...new Set(records.flatMap(({ deviations }) => deviations))],
    missing: context.missing ?? [],
    assumed: assumptions(records, context),
    titles: context.titles ?? {},
    ...context.evidence && { evidence: context.evidence },
  };
}

/** The report as text: an entry of a list a line, so that versions of it can be told apart line by line. */
export function jsonText(report: ReportJson): string {
  const lines = Object.entries(report).map(([key, value]) => {
    const whole = Array.isArray(value) && value.length > 0
      ? `[\n${value.map((entry) => JSON.stringify(entry)).join(",\n")}\n]`
      : JSON.stringify(value);
    return `${JSON.stringify(key)}: ${whole}`;
  });
  return `{\n${lines.join(",\n")}\n}\n`;
}

function done(record: Run): ReportCell {
  const { cell, method, settings, overrides, preset, clip, results } = record;
  const { deviations, parameters, prompts, seconds, started, command } = record;
  const byTest = results.map((result) => [`${result.dataset}/${result.classes}`, result] as const);
  return {
    id: cellId(record),
    name: cellName(cell, preset.name),
    status: "done",
    config: { ...cell, settings, overrides, preset, clip },
    ...method && { method },
    metrics: Object.fromEntries(byTest.map(([key, { metrics }]) => [key, metrics])),
    predictionsSha256: Object.fromEntries(
      byTest.map(([key, { predictions }]) => [key, predictions]),
    ),
    deviations,
    ...record.id && { record: recordFile(record.id) },
    ...{ parameters, ...prompts !== undefined && { prompts }, seconds, started, command },
  };
}
