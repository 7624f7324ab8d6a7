/**
 * Run records as a long table: a row for every evaluation of every cell. What all tables and figures start from.
 *
 * @module
 */

import { type ColumnTable, from } from "arquero";
import type { Metrics, RunRecord } from "../engine/record.ts";
import { summarize, type Summary } from "../engine/statistics.ts";
import type { ReportContext } from "./context.ts";

/** One evaluation of one cell. */
export interface Row extends Omit<Metrics, "n"> {
  protocol: string;
  /** CLIP's architecture. */
  clip: string;
  shots: number;
  seed: number;
  /** Short name of the method. */
  method: string;
  /** The method's title, and what tells it from other settings of the same method in the report. */
  label: string;
  /** Title of the data set trained on. */
  dataset: string;
  /** Title of the data set tested on. */
  target: string;
  classes: string;
  /** Whether the method learns anything; zero-shot does not, so that its shots mean nothing. */
  learns: boolean;
  /** Number of test images. */
  images: number;
}

/** The rows of the records, in their order. Of two records of the same cell and settings the later one counts. */
export function rowsOf(records: readonly RunRecord[], context: ReportContext): Row[] {
  const title = (name: string) => context.titles?.[name] ?? name;
  const label = labels(records, title);
  return latest(records).flatMap((record) =>
    record.results.map(({ dataset, classes, metrics: { n, ...metrics } }): Row => ({
      protocol: record.cell.protocol,
      clip: record.clip.name,
      shots: record.cell.shots,
      seed: record.cell.seed,
      method: record.cell.method,
      label: label(record),
      dataset: title(record.cell.dataset),
      target: title(dataset),
      classes,
      learns: record.parameters > 0,
      images: n,
      ...metrics,
    }))
  );
}

/** The records without those that a later record of the same cell and settings replaces. */
export function latest(records: readonly RunRecord[]): RunRecord[] {
  const byCell = new Map<string, RunRecord>();
  for (const record of records) {
    const { protocol, method, dataset, shots, seed } = record.cell;
    const key = JSON.stringify([
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
 * What a record's method is called: its title, with preset and overrides added where the report holds the method in more
 * than one form.
 */
export function labels(
  records: readonly RunRecord[],
  title: (name: string) => string,
): (record: RunRecord) => string {
  const forms = new Map<string, { variants: Set<string>; presets: Set<string> }>();
  for (const record of records) {
    const form = forms.get(record.cell.method) ?? { variants: new Set(), presets: new Set() };
    form.variants.add(variant(record));
    form.presets.add(record.preset.name);
    forms.set(record.cell.method, form);
  }
  return (record) => {
    const form = forms.get(record.cell.method);
    const name = title(record.cell.method);
    if (form === undefined || form.variants.size < 2) return name;
    const parts = [
      ...(form.presets.size > 1 ? [record.preset.name] : []),
      ...record.overrides.map((key) => `${key} ${shown(record.settings[key])}`),
    ];
    return parts.length === 0 ? `${name} (as in the preset)` : `${name} (${parts.join(", ")})`;
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

/** What tells two forms of one method apart: the preset, and what was changed of it. */
function variant({ preset, overrides, settings }: RunRecord): string {
  return JSON.stringify([preset.name, overrides.map((key) => [key, settings[key]])]);
}
