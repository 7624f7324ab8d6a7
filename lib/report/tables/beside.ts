/**
 * Reported | ours | gap within a table of results, and from which cells each number comes.
 *
 * @module
 */

import { signed } from "../../results/mod.ts";
import { reportedValues } from "../reported.ts";
import type { Column, Marked, Mean, ReportTable, Value } from "../table.ts";
import { type About, cellsOf, counterparts, type Fairness } from "./about.ts";
import { withPublished } from "./published.ts";

/** Points that a gap may have: of an average over the papers' sets, and of one set, where seeds alone differ by as much. */
export const tolerance = { average: 1, set: 3 };

/**
 * The table with each number's cells. Where values were published of the very experiment, columns `reported` and `gap`
 * stand beside ours; where none of the cells may be held against them, the papers' averages follow as rows, without a gap.
 *
 * @param about what the entry of a row and column measures; undefined for what is no measure
 */
export function beside(
  table: ReportTable,
  protocol: string,
  about: (row: Record<string, Value>, key: string) => About | undefined,
  fairness: Fairness,
): ReportTable {
  const abouts = table.rows.map((row) =>
    new Map(table.columns.flatMap(({ key }) => {
      const of = isMean(row[key]) ? about(row, key) : undefined;
      return of ? [[key, of] as const] : [];
    }))
  );
  const linked = {
    ...table,
    rows: table.rows.map((row, i) => ({
      ...row,
      ...Object.fromEntries(
        [...abouts[i]!].map(([key, of]) => [key, { ...row[key] as Mean, cells: cellsOf(of) }]),
      ),
    })),
  };
  const isFair = abouts.some((row) => [...row.values()].some((of) => areFair(of, fairness)));
  return isFair
    ? withColumns(linked, abouts, fairness)
    : withPublished(linked, abouts, reportedValues(protocol), fairness);
}

function withColumns(
  table: ReportTable,
  abouts: readonly ReadonlyMap<string, About>[],
  fairness: Fairness,
): ReportTable {
  const found = abouts.map((row, i) =>
    new Map([...row].flatMap(([key, of]) => {
      const [best] = areFair(of, fairness) ? counterparts(of) : [];
      if (!best) return [];
      const { mean } = table.rows[i]![key] as Mean;
      const { reported, value } = best;
      return [[key, { reported, gap: judged(mean - reported, value.dataset) }] as const];
    }))
  );
  const parted = (column: Column): Column[] =>
    found.some((row) => row.has(column.key))
      ? [
        { key: `${column.key} reported`, title: "reported" },
        column,
        { key: `${column.key} gap`, title: "gap" },
      ]
      : [column];
  return {
    ...table,
    columns: table.columns.flatMap(parted),
    rows: table.rows.map((row, i) => ({
      ...row,
      ...Object.fromEntries(
        [...found[i]!].flatMap(([key, { reported, gap }]) => [
          [`${key} reported`, reported],
          [`${key} gap`, gap],
        ]),
      ),
    })),
    notes: [
      ...table.notes,
      `Gap is ours minus reported, in points; ✓ within the tolerance of ${tolerance.average} on an average over the sets and ${tolerance.set} on one set, ✗ beyond it. Under “Beside published values” is every value, with where it was read.`,
    ],
  };
}

function isMean(value: Value): value is Mean {
  return typeof value === "object" && "mean" in value;
}

function areFair({ rows }: About, { fair }: Fairness): boolean {
  return rows.length > 0 && rows.every(({ cell }) => fair(cell));
}

function judged(gap: number, dataset: string): Marked {
  const most = dataset === "average" ? tolerance.average : tolerance.set;
  const text = signed(gap, 2);
  return Math.abs(gap) <= most
    ? { text: `${text} ✓`, mark: "good" }
    : { text: `${text} ✗`, mark: "bad" };
}
