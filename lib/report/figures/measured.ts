/**
 * Base accuracy, new accuracy and their harmonic mean as the marks of a figure: a mark for each, with what varies over seeds.
 *
 * @module
 */
import type { BaseToNewRow } from "../tables/base_to_new.ts";
import { drawnInterval } from "./seed_marks.ts";

/** The measures, in the order of their panels. */
export const measures = [
  { key: "base", title: "base classes" },
  { key: "novel", title: "new classes" },
  { key: "harmonic", title: "harmonic mean" },
] as const;

/** One measure of one method on one data set, or on the average. */
export interface Measure {
  dataset: string;
  label: string;
  /** What its panel is called. */
  measure: string;
  mean: number;
  /** The ends of the interval to draw; NaN where none is. */
  low: number;
  high: number;
  interval?: [number, number] | undefined;
  seeds?: number[] | undefined;
}

/** What there is to draw of rows. */
export function measured(rows: readonly BaseToNewRow[]): Measure[] {
  return rows.flatMap((row) =>
    measures.flatMap(({ key, title }): Measure[] => {
      const { [key]: summary, dataset, label } = row;
      if (summary === undefined) return [];
      const spread = { interval: summary.interval, seeds: row.seeds?.[key] };
      const [low, high] = drawnInterval(spread);
      return [{ dataset, label, measure: title, mean: summary.mean, low, high, ...spread }];
    })
  );
}
