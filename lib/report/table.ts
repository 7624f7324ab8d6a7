/**
 * A table of a report before it is Markdown or HTML, and how its values are written. NaN is never written: what is not
 * a finite number shows as a dash.
 *
 * @module
 */

import type { Summary } from "../results/mod.ts";

/** A word with a judgement, which HTML shows in colour as well. */
export interface Marked {
  /** What the cell says. */
  text: string;
  /** How it is coloured. */
  mark: "good" | "bad" | "changed";
}

/** A mean over runs, and which these are. */
export interface Mean extends Summary {
  /** Identities of the cells that it is of, the first of which it links to. */
  cells?: string[] | undefined;
  /** How it is coloured. */
  mark?: Marked["mark"];
}

/** A word that leads to a file beside the report, or to a place in it. */
export interface Linked {
  /** What the cell says. */
  text: string;
  /** A relative path, or `#` and the place. */
  href: string;
}

/** One entry of a table; `undefined` where there is none. */
export type Value = string | number | Mean | Marked | Linked | undefined;

/** A column: the key in the rows, and its heading. */
export interface Column {
  /** The key of its values in the rows. */
  key: string;
  /** The heading above it. */
  title: string;
  /** Decimal places of plain numbers; 2 when not given. */
  decimals?: number;
}

/**
 * A table.
 *
 * @category Reproduce
 */
export interface ReportTable {
  /** The table's name for programs: `base-to-new`. */
  id: string;
  /** The heading above it. */
  title: string;
  /** The columns, in the order they are shown. */
  columns: Column[];
  /** Values by the columns' keys. */
  rows: Record<string, Value>[];
  /** The column, shown or not, that has the cell's identity, where a row is one cell: numbers lead to it. */
  cellKey?: string;
  /** The column, shown or not, that names what rows one after the other are of: links lead to the first of them. */
  anchorKey?: string;
  /** How to read it, a sentence each. */
  notes: string[];
}

/** The parts of a written value: the figure itself, and what qualifies it. */
export interface Written {
  /** What is read first. */
  main: string;
  /** What stands small beside it; "" for nothing. */
  detail: string;
  /** How it is coloured; absent for plain. */
  mark?: Marked["mark"];
}

/**
 * How a value is written: `81.00 ± 1.00` with `[78.52, 83.48], n = 3`.
 *
 * @param said numbers of runs that the table says once, below
 */
export function written(
  value: Value,
  decimals = 2,
  said: ReadonlySet<number> = new Set(),
): Written {
  if (value === undefined) return { main: "–", detail: "" };
  if (typeof value === "string") return { main: value, detail: "" };
  if (typeof value === "number") return { main: fixed(value, decimals), detail: "" };
  if ("href" in value) return { main: value.text, detail: "" };
  if (!("mean" in value)) return { main: value.text, detail: "", mark: value.mark };
  const { n, mean, sd, interval, mark } = value;
  if (!Number.isFinite(mean)) return { main: "–", detail: "" };
  const spread = sd === undefined ? "" : `${nbsp}±${nbsp}${fixed(sd, decimals)}`;
  const bounds = interval === undefined
    ? ""
    : `[${interval.map((bound) => fixed(bound, decimals)).join(`,${nbsp}`)}]`;
  const runs = said.has(n) ? "" : `n${nbsp}=${nbsp}${n}`;
  return {
    main: `${fixed(mean, decimals)}${spread}`,
    detail: [bounds, runs].filter((text) => text !== "").join(", "),
    ...mark && { mark },
  };
}

/** The numbers of runs behind a table's means, said once below it where there is one, or one beside single runs. */
export function runsSaid({ rows }: ReportTable): { said: Set<number>; note: string[] } {
  const all = new Set(
    rows.flatMap((row) => Object.values(row)).flatMap((value) =>
      typeof value === "object" && "mean" in value && Number.isFinite(value.mean) ? [value.n] : []
    ),
  );
  const [least, most] = [Math.min(...all), Math.max(...all)];
  if (all.size === 1) {
    return {
      said: all,
      note: [most === 1 ? "n = 1: one run each, so no interval." : `n = ${most}.`],
    };
  }
  if (all.size !== 2 || least !== 1) return { said: new Set(), note: [] };
  return { said: all, note: [`n = ${most} where an interval stands, else n = 1.`] };
}

/** Holds a figure together where a narrow column breaks lines. */
const nbsp = "\u00a0";

/** Whether a value is a figure, which tables set flush right. */
export function isNumeric(value: Value): boolean {
  if (typeof value !== "object") return typeof value === "number";
  return "mean" in value || ("mark" in value && /^[+−\d]/.test(value.text));
}

/** A number with so many decimals, a true minus sign, and a dash when it is not finite. */
export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return "–";
  const text = value.toFixed(decimals);
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

/** The name, in a page, of the row of a run. */
export function runAnchor(cell: string): string {
  return `run-${cell}`;
}

/** The files beside a report that have one of its tables, without their ending: `tables/pocket-few-shot`. */
export function tableFile(id: string): string {
  return `tables/${id.replace(/[^A-Za-z0-9.]+/g, "-")}`;
}
