/**
 * Cross-dataset transfer and domain generalisation: trained on one data set, tested on it and on others, with the mean of
 * the others. Data sets are rows and methods columns, so that eleven sets fit on a page.
 *
 * @module
 */

import { escape, op } from "../arquero.ts";
import type { Summary } from "../../results/mod.ts";
import { over, type Row, table } from "../rows.ts";
import type { ReportTable, Value } from "../table.ts";

/** The accuracy of one method, trained on the source, on one target, or on the mean of the targets. */
export interface TransferRow {
  /** Title of the data set tested on. */
  target: string;
  /** What tells the method from others in the report. */
  label: string;
  /** Short name of the method. */
  method: string;
  /** Accuracy, percent, over seeds. */
  accuracy?: Summary;
  /** The value of each seed. */
  seeds?: number[];
}

/** What the row over all targets is called. */
export const targetMean = "mean of targets";

/** One row for every data set and method, the source first, then the mean of the targets. */
export function transferRows(rows: readonly Row[]): TransferRow[] {
  if (rows.length === 0) return [];
  const targets = rows.filter((row) => row.target !== row.dataset);
  const count = new Set(targets.map((row) => row.target)).size;
  const source = rows.filter((row) => row.target === row.dataset);
  const means = targets.length === 0 ? [] : table(targets)
    .groupby("label", "method", "seed")
    .rollup({ targets: op.distinct("target"), accuracy: op.mean("accuracy") })
    .filter(escape((row: { targets: number }) => row.targets === count))
    .derive({ target: escape(() => targetMean) })
    .objects();
  return [...summaries(source), ...summaries(targets), ...summaries(means as Row[])];
}

/** The rows as a table of the report. */
export function transferTable(id: string, title: string, rows: readonly Row[]): ReportTable {
  const found = transferRows(rows);
  const sources = new Set(rows.map((row) => row.dataset));
  const labels = [...new Set(found.map((row) => row.label))];
  const lines = new Map<string, Record<string, Value>>();
  for (const { target, label, accuracy } of found) {
    const name = sources.has(target) ? `${target} (source)` : target;
    lines.set(target, { ...lines.get(target), target: name, [`method ${label}`]: accuracy });
  }
  return {
    id,
    title,
    columns: [
      { key: "target", title: "tested on" },
      ...labels.map((label) => ({ key: `method ${label}`, title: `${label}, %` })),
    ],
    rows: [...lines.values()],
    notes: [
      "Unit: seeds. Top-1 accuracy: mean ± sample standard deviation, 95 % interval of Student's t, number of seeds n. " +
      "The mean of targets leaves the source out, and seeds that lack a target.",
    ],
  };
}

function summaries(rows: readonly Row[]): TransferRow[] {
  if (rows.length === 0) return [];
  return table(rows)
    .groupby("target", "label", "method")
    .rollup({ accuracy: op.array_agg("accuracy") })
    .derive({
      seeds: escape((row: { accuracy: number[] }) => row.accuracy),
      accuracy: escape((row: { accuracy: number[] }) => over(row.accuracy)),
    })
    .objects() as TransferRow[];
}
