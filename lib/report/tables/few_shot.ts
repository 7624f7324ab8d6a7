/**
 * Few-shot classification: accuracy per data set, method and number of shots, and the mean over data sets.
 *
 * @module
 */

import { escape, op } from "../arquero.ts";
import type { Summary } from "../../results/mod.ts";
import { ordered, over, type Row, table } from "../rows.ts";
import type { ReportTable, Value } from "../table.ts";
import { averageTitle } from "./base_to_new.ts";

/** The accuracy of one method at one number of shots on one data set, or on the average of all. */
export interface FewShotRow {
  /** Title of the data set. */
  dataset: string;
  /** What tells the method from others in the report. */
  label: string;
  /** Short name of the method. */
  method: string;
  /** Training images of each class. */
  shots: number;
  /** Accuracy, percent, over seeds. */
  accuracy?: Summary;
  /** The value of each seed. */
  seeds?: number[];
}

/** One row for every data set, method and number of shots; then the averages if there are several data sets. */
export function fewShotRows(rows: readonly Row[]): FewShotRow[] {
  if (rows.length === 0) return [];
  const all = table(rows);
  const sets = ordered(summaries(rows, ["dataset", "label", "method", "shots"]));
  const count = all.rollup({ sets: op.distinct("dataset") }).get("sets", 0);
  if (count < 2) return sets;
  const means = all
    .groupby("label", "method", "shots", "seed")
    .rollup({ sets: op.distinct("dataset"), accuracy: op.mean("accuracy") })
    .filter(escape((row: { sets: number }) => row.sets === count))
    .derive({ dataset: escape(() => averageTitle) });
  return [...sets, ...summaries(means.objects() as Row[], ["dataset", "label", "method", "shots"])];
}

/** The rows as a table of the report: a column for every number of shots. */
export function fewShotTable(id: string, title: string, rows: readonly Row[]): ReportTable {
  const found = fewShotRows(rows);
  const shots = [...new Set(found.map((row) => row.shots))].sort((a, b) => a - b);
  const lines = new Map<string, Record<string, Value>>();
  for (const { dataset, label, shots, accuracy } of found) {
    const key = JSON.stringify([dataset, label]);
    lines.set(key, { ...lines.get(key), dataset, label, [`shots${shots}`]: accuracy });
  }
  return {
    id,
    title,
    columns: [
      { key: "dataset", title: "data set" },
      { key: "label", title: "method" },
      ...shots.map((n) => ({ key: `shots${n}`, title: `${n} ${n === 1 ? "shot" : "shots"}, %` })),
    ],
    rows: [...lines.values()],
    notes: [
      "Unit: seeds. Top-1 accuracy: mean ± sample standard deviation, 95 % interval of Student's t, number of seeds n. " +
      "The average is over data sets, seed by seed; seeds that lack a data set are left out of it.",
    ],
  };
}

function summaries(rows: readonly Row[], keys: string[]): FewShotRow[] {
  if (rows.length === 0) return [];
  return table(rows)
    .groupby(...keys)
    .rollup({ accuracy: op.array_agg("accuracy") })
    .derive({
      seeds: escape((row: { accuracy: number[] }) => row.accuracy),
      accuracy: escape((row: { accuracy: number[] }) => over(row.accuracy)),
    })
    .objects() as FewShotRow[];
}
