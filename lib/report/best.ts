/**
 * Which values of a table of methods are the best, and which can't be told from the best.
 *
 * @module
 */
import type { Mean, ReportTable, Value } from "./table.ts";

/** The best of its kind, or one that lies in the best one's interval. */
export type Standing = "best" | "tie";

/**
 * Of a table with a method a row (`label`), by column within each data set; of one with a method a column (`method …`), by
 * row. Other tables have no best value.
 *
 * @returns by row, the standing of the values by their columns
 */
export function best({ columns, rows }: ReportTable): Map<string, Standing>[] {
  const found = rows.map(() => new Map<string, Standing>());
  const mark = (values: { row: number; key: string; value: Mean }[]) => {
    if (values.length < 2) return;
    const top = values.reduce((a, b) => b.value.mean > a.value.mean ? b : a);
    const least = top.value.interval?.[0] ?? top.value.mean;
    for (const { row, key, value } of values) {
      if (value.mean === top.value.mean) found[row]!.set(key, "best");
      else if (value.mean >= least) found[row]!.set(key, "tie");
    }
  };
  const means = (row: number, key: string) => {
    const value = rows[row]![key];
    return isMean(value) ? [{ row, key, value }] : [];
  };
  const perMethod = columns.filter(({ key }) => key.startsWith("method ")).map(({ key }) => key);
  if (perMethod.length > 0) {
    rows.forEach((_, row) => mark(perMethod.flatMap((key) => means(row, key))));
  } else if (
    columns.some(({ key }) => key === "label") && !columns.some(({ key }) => key === "against")
  ) {
    const groups = Map.groupBy(rows.keys(), (row) => JSON.stringify(rows[row]!.dataset ?? null));
    for (const places of groups.values()) {
      for (const { key } of columns) mark(places.flatMap((row) => means(row, key)));
    }
  }
  return found;
}

function isMean(value: Value): value is Mean {
  return typeof value === "object" && "mean" in value && Number.isFinite(value.mean);
}
