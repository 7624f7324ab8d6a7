/**
 * Base-to-new generalisation: data set × method with the accuracies on base and new classes and their harmonic mean, and
 * the averages over data sets (Zhou et al., "Conditional Prompt Learning for Vision-Language Models", CVPR 2022, §4.1).
 *
 * @module
 */

import { type ColumnTable, escape, op } from "../arquero.ts";
import { harmonicOf, type Summary } from "../../results/mod.ts";
import { ordered, over, type Row, table } from "../rows.ts";
import type { ReportTable } from "../table.ts";

/** The three measures of one method on one data set, or on the average of all. */
export interface BaseToNewRow {
  /** Title of the data set. */
  dataset: string;
  /** What tells the method from others in the report. */
  label: string;
  /** Short name of the method. */
  method: string;
  /** Accuracy on base classes, percent, over seeds. */
  base?: Summary;
  /** Accuracy on new classes, percent, over seeds. */
  novel?: Summary;
  /** The harmonic mean of base and new accuracy, over seeds. In the average over data sets: that of the averages. */
  harmonic?: Summary;
  /** Only in the average: the mean over data sets of their harmonic means. */
  meanHarmonic?: Summary | undefined;
  /** The values of each seed, for figures. */
  seeds?: Partial<Record<"base" | "novel" | "harmonic", number[]>>;
}

/** What the row over all data sets is called. */
export const averageTitle = "average";

/** One row for every data set and method, then one for every method's average if there are several data sets. */
export function baseToNewRows(rows: readonly Row[]): BaseToNewRow[] {
  if (rows.length === 0) return [];
  const seeds = table(rows)
    .groupby("dataset", "label", "method", "seed")
    .pivot("classes", "accuracy")
    .derive({ harmonic: escape((row: Pivoted) => harmonicOf(row.base, row.new)) })
    .derive({ base: escape((row: Pivoted) => row.base), new: escape((row: Pivoted) => row.new) });
  const sets = ordered(summaries(seeds, ["dataset", "label", "method"]));
  const count = seeds.rollup({ sets: op.distinct("dataset") }).get("sets", 0);
  return count < 2 ? sets : [...sets, ...averages(seeds, count)];
}

/** The rows as a table of the report. */
export function baseToNewTable(id: string, title: string, rows: readonly Row[]): ReportTable {
  const found = baseToNewRows(rows);
  const averaged = found.some(({ meanHarmonic }) => meanHarmonic !== undefined);
  return {
    id,
    title,
    columns: [
      { key: "dataset", title: "data set" },
      { key: "label", title: "method" },
      { key: "base", title: "base, %" },
      { key: "novel", title: "new, %" },
      { key: "harmonic", title: "H, %" },
      ...(averaged ? [{ key: "meanHarmonic", title: "mean of H, %" }] : []),
    ],
    rows: found.map(({ seeds: _, ...row }) => row),
    notes: [
      "Unit: seeds. Mean ± sample standard deviation, 95 % interval of Student's t, number of seeds n. " +
      "H is the harmonic mean of base and new, taken seed by seed.",
      ...(averaged
        ? [
          "The average is over data sets, seed by seed; its H is H of averages, that of the averaged base and new accuracies, as papers report it; " +
          "“mean of H” is the mean of the data sets' H, which is lower or the same. Seeds that lack a data set are left out of it.",
        ]
        : []),
    ],
  };
}

interface Pivoted {
  base?: number;
  new?: number;
}

function summaries(seeds: ColumnTable, keys: string[]): BaseToNewRow[] {
  return seeds
    .groupby(...keys)
    .rollup({
      base: op.array_agg("base"),
      novel: op.array_agg("new"),
      harmonic: op.array_agg("harmonic"),
    })
    .derive({
      seeds: escape(({ base, novel, harmonic }: Lists) => ({ base, novel, harmonic })),
      base: escape((row: Lists) => over(row.base)),
      novel: escape((row: Lists) => over(row.novel)),
      harmonic: escape((row: Lists) => over(row.harmonic)),
    })
    .objects() as BaseToNewRow[];
}

interface Lists {
  base: number[];
  novel: number[];
  harmonic: number[];
}

/** Averages over the `count` data sets, of the seeds that have them all. */
function averages(seeds: ColumnTable, count: number): BaseToNewRow[] {
  const whole = seeds
    .groupby("label", "method", "seed")
    .rollup({
      sets: op.valid("harmonic"),
      base: op.mean("base"),
      new: op.mean("new"),
      meanHarmonic: op.mean("harmonic"),
    })
    .derive({ harmonic: escape((row: Pivoted) => harmonicOf(row.base, row.new)) })
    .filter(escape((row: { sets: number }) => row.sets === count));
  const means = whole.groupby("label").rollup({ values: op.array_agg("meanHarmonic") })
    .objects() as {
      label: string;
      values: number[];
    }[];
  return summaries(whole, ["label", "method"]).map((row) => ({
    ...row,
    dataset: averageTitle,
    meanHarmonic: over(means.find(({ label }) => label === row.label)?.values ?? []),
  }));
}
