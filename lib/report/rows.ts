/**
 * Run records as a long table: a row for every evaluation of every cell. What all tables and figures start from.
 *
 * @module
 */

import { type ColumnTable, from } from "./arquero.ts";
import type { Metrics, ResultRecord } from "../engine/record.ts";
import { summarize, type Summary } from "../results/mod.ts";
import { type ReportContext, type Run, titled } from "./context.ts";
import type { Mean } from "./table.ts";
import { cellId } from "./tables/runs.ts";

/** What of a record rows are made of. */
export type Measured =
  & Pick<
    Run,
    "id" | "cell" | "method" | "preset" | "overrides" | "settings" | "parameters" | "started"
  >
  & {
    clip: Pick<Run["clip"], "name">;
    results: Pick<ResultRecord, "dataset" | "classes" | "metrics">[];
  };

/** What tells one form of a method from others. */
export type Form = Pick<Measured, "cell" | "overrides" | "settings"> & { preset: { name: string } };

/**
 * One evaluation of one cell.
 *
 * @category Reproduce
 */
export interface Row extends Omit<Metrics, "n"> {
  /** The identity of the cell. */
  cell: string;
  /** Name of the protocol. */
  protocol: string;
  /** CLIP's architecture. */
  clip: string;
  /** Training images of each class. */
  shots: number;
  /** Seed of all random draws. */
  seed: number;
  /** Short name of the method. */
  method: string;
  /** The method's title, and what tells it from other settings of the same method in the report. */
  label: string;
  /** Title of the data set trained on. */
  dataset: string;
  /** Title of the data set tested on. */
  target: string;
  /** Which classes were told apart: `all`, `base`, `new`. */
  classes: string;
  /** Whether the method learns anything; zero-shot does not, so that its shots mean nothing. */
  learns: boolean;
  /** Short name of the method that this one is held against, where the record says it. */
  baseline?: string | undefined;
  /** Number of test images. */
  images: number;
}

/** The rows of the records, in their order. Of two records of the same cell and settings the later one counts. */
export function rowsOf(
  records: readonly Measured[],
  context: Pick<ReportContext, "titles">,
): Row[] {
  const title = titled(context.titles);
  const label = labels(records, title);
  return latest(records).flatMap((record) =>
    record.results.map(({ dataset, classes, metrics: { n, ...metrics } }): Row => ({
      cell: cellId(record),
      protocol: record.cell.protocol,
      clip: record.clip.name,
      shots: record.cell.shots,
      seed: record.cell.seed,
      method: record.cell.method,
      label: label(record),
      dataset: title(record.cell.dataset),
      target: title(dataset),
      classes,
      learns: record.method?.learns ?? record.parameters > 0,
      baseline: record.method?.baseline,
      images: n,
      ...metrics,
    }))
  );
}

/** The records without those that a later record of the same cell and settings replaces. */
export function latest<T extends Measured>(records: readonly T[]): T[] {
  const byCell = new Map<string, T>();
  for (const record of records) {
    const { protocol, method, dataset, shots, seed } = record.cell;
    const key = record.id ?? JSON.stringify([
      protocol,
      method,
      dataset,
      shots,
      seed,
      record.clip.name,
      variant(record),
    ]);
    const known = byCell.get(key);
    if (known === undefined || known.started <= record.started) byCell.set(key, record);
  }
  return [...byCell.values()];
}

/**
 * The label of each record's method: its title and, where the report has the method in several forms, what tells them
 * apart.
 */
export function labels(
  records: readonly Form[],
  title: (name: string) => string,
): (record: Form) => string {
  const byMethod = [...Map.groupBy(records, ({ cell }) => cell.method)];
  const forms = new Map(byMethod.map(([method, form]) => [method, differing(form)]));
  return ({ cell, preset, settings }) => {
    const { presets, keys } = forms.get(cell.method)!;
    const name = title(cell.method);
    const parts = [
      ...(presets ? [preset.name] : []),
      ...keys.map((key) => `${key} ${shown(settings[key])}`),
    ];
    return parts.length === 0 ? name : `${name} (${parts.join(", ")})`;
  };
}

/** In what the records of one method differ: presets, and which of the settings that any of them changes. */
function differing(form: readonly Form[]): { presets: boolean; keys: string[] } {
  const several = (values: unknown[]) => new Set(values.map((x) => JSON.stringify(x))).size > 1;
  const changed = [...new Set(form.flatMap(({ overrides }) => overrides))];
  return {
    presets: several(form.map(({ preset }) => preset.name)),
    keys: changed.filter((key) => several(form.map(({ settings }) => settings[key]))),
  };
}

/** A setting's value in words. */
export function shown(setting: unknown): string {
  return typeof setting === "string" ? setting : JSON.stringify(setting) ?? "–";
}

/** The rows as an Arquero table; an empty one keeps no columns, so ask for the length first. */
export function table(rows: readonly Row[]): ColumnTable {
  return from([...rows]);
}

/** Rows by data set, then by method, both in the order of their first appearance. */
export function ordered<T extends { dataset: string; label: string }>(rows: readonly T[]): T[] {
  const datasets = [...new Set(rows.map(({ dataset }) => dataset))];
  const labels = [...new Set(rows.map(({ label }) => label))];
  return rows.toSorted((a, b) =>
    datasets.indexOf(a.dataset) - datasets.indexOf(b.dataset) ||
    labels.indexOf(a.label) - labels.indexOf(b.label)
  );
}

/** Mean, spread and interval of the finite numbers among `values`; undefined without any. */
export function over(values: readonly number[]): Summary | undefined {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? undefined : summarize(finite);
}

/** The mean of a measure of runs, which leads to them. */
export function overRuns<T extends Pick<Run, "id" | "cell" | "preset">>(
  runs: readonly T[],
  measure: (run: T) => number,
): Mean | undefined {
  const found = over(runs.map(measure));
  return found && { ...found, cells: runs.map(cellId) };
}

/** What tells two forms of one method apart: the preset, and what was changed of it. */
export function variant({ preset, overrides, settings }: Form): string {
  return JSON.stringify([preset.name, overrides.map((key) => [key, settings[key]])]);
}
