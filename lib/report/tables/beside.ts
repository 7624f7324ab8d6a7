/**
 * Reported | ours | gap within a table of results, and from which cells each number comes.
 *
 * @module
 */

import { type Reported, reportedValues, sameName } from "../reported.ts";
import type { Row } from "../rows.ts";
import { fixed, type Marked, type Mean, type ReportTable, type Value } from "../table.ts";

/** What an entry of a table measures. */
export interface About {
  label: string;
  /** Short name. */
  method: string;
  /** Title of the data set trained on, or `average`. */
  dataset: string;
  /** `base`, `new`, `H`, `accuracy`, or the data set tested on. */
  measure: string;
  shots: number;
  /** The rows that it is a mean of. */
  rows: Row[];
}

/** Points that a gap may have: of an average over the papers' sets, and of one set, where seeds alone differ by as much. */
export const tolerance = { average: 1, set: 3 };

/**
 * The table with each number's cells, and, where values were published, with columns `reported` and `gap` beside it.
 *
 * @param about what the entry of a row and column measures; undefined for what is no measure
 * @param fair whether a cell may be held against published values; where none may, values of the same protocol stand
 *   beside as what the papers have on their data, without a gap
 */
export function beside(
  table: ReportTable,
  protocol: string,
  about: (row: Record<string, Value>, key: string) => About | undefined,
  fair: (cell: string) => boolean,
): ReportTable {
  const published = reportedValues(protocol);
  const found = table.rows.map((row) =>
    new Map(table.columns.flatMap(({ key }) => {
      const value = row[key];
      const of = isMean(value) ? about(row, key) : undefined;
      return of && isMean(value) ? [[key, entry(value, of, published, fair)] as const] : [];
    }))
  );
  const has = (key: string, part: "reported" | "gap") =>
    found.some((entries) => entries.get(key)?.[part] !== undefined);
  const isFair = found.some((entries) => [...entries.values()].some(({ gap }) => gap));
  return {
    ...table,
    columns: table.columns.flatMap((column) => [
      ...has(column.key, "reported")
        ? [{
          key: `${column.key} reported`,
          title: isFair ? "reported" : "papers’, other data",
        }]
        : [],
      column,
      ...has(column.key, "gap") ? [{ key: `${column.key} gap`, title: "gap" }] : [],
    ]),
    rows: table.rows.map((row, i) => ({
      ...row,
      ...Object.fromEntries(
        [...found[i]].flatMap(([key, { ours, reported, gap }]) => [
          [key, ours],
          [`${key} reported`, reported],
          [`${key} gap`, gap],
        ]).filter(([, value]) => value !== undefined),
      ),
    })),
    notes: [
      ...table.notes,
      ...isFair
        ? [
          `Gap is ours minus reported, in points; ✓ within the tolerance of ${tolerance.average} on an average over the sets and ${tolerance.set} on one set, ✗ beyond it. Where a value was reported several times, the table below has them all.`,
        ]
        : found.some((entries) => [...entries.values()].some(({ reported }) => reported))
        ? [
          "What the papers report is of other weights and other data: to see the pattern, not the level.",
        ]
        : [],
    ],
  };
}

function isMean(value: Value): value is Mean {
  return typeof value === "object" && "mean" in value;
}

function entry(
  value: Mean,
  of: About,
  published: readonly Reported[],
  fair: (cell: string) => boolean,
): { ours: Mean; reported?: number; gap?: Marked } {
  const cells = [...new Set(of.rows.map(({ cell }) => cell))];
  const ours = { ...value, cells };
  const isFair = cells.length > 0 && cells.every(fair);
  const found = published.filter((one) => isOf(one, of, isFair));
  const best = found.find(({ origin }) => origin === "quoted") ?? found[0];
  const reported = Object.entries(best?.measures ?? {})
    .find(([name]) => sameName(name, of.measure))?.[1];
  if (reported === undefined) return { ours };
  return { ours, reported, ...isFair && { gap: judged(value.mean - reported, best.dataset) } };
}

/** Elsewhere than on the papers' weights and data only averages have a counterpart, at whatever shots. */
function isOf(one: Reported, of: About, isFair: boolean): boolean {
  if (!sameName(one.method, of.method)) return false;
  if (!isFair) return one.dataset === "average" && of.dataset === "average" && isShots(one, of);
  return of.rows.every(({ clip }) => clip === one.clip) && isShots(one, of) &&
    sameName(one.dataset, of.dataset);
}

/** What learns nothing has no shots. */
function isShots(one: Reported, of: About): boolean {
  return one.shots === of.shots || of.rows.every(({ learns }) => !learns);
}

function judged(gap: number, dataset: string): Marked {
  const most = dataset === "average" ? tolerance.average : tolerance.set;
  const text = `${gap > 0 ? "+" : ""}${fixed(gap, 2)}`;
  return Math.abs(gap) <= most
    ? { text: `${text} ✓`, mark: "good" }
    : { text: `${text} ✗`, mark: "bad" };
}
