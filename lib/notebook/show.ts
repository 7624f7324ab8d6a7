/**
 * Showing things in a notebook, so that they are seen in JupyterLab, in VS Code, on GitHub and in exported HTML alike.
 *
 * @module
 */
import type { ColumnTable } from "arquero";
import { escape } from "he";
import { kernel, type MimeBundle } from "../kernel_display.ts";
import { checkOptions, whole } from "../options_given.ts";
import { type ReportTable, tableHtml, tableMarkdown, type Value } from "../report/mod.ts";
import { print } from "../terminal.ts";

/**
 * A figure (an SVG text), a text in Markdown, a table of a report, an Arquero table, or rows with a value for each
 * heading: texts, numbers, or means with their spread and interval.
 */
export type Showable = string | ReportTable | ColumnTable | readonly Record<string, Value>[];

/**
 * Shows something below the cell that awaits it; outside of a notebook, prints it. What is drawn by and by (a figure of
 * Vega-Lite) is waited for, so that all figures are shown in one way.
 *
 * @param limit rows of an Arquero table that are shown
 *
 * @example
 * ```ts
 * import { show } from "@plumbline/plumbline/notebook";
 * await show([{ method: "CoOp", accuracy: 68.4 }]);
 * ```
 */
export async function show(
  thing: Showable | Promise<Showable>,
  options: { limit?: number } = {},
): Promise<void> {
  checkOptions("show", options, { limit: whole(1) });
  const { limit = 60 } = options;
  const bundle = mimeBundle(await thing, limit);
  const jupyter = kernel();
  if (jupyter) await jupyter.display(bundle, { raw: true });
  else print(bundle["text/plain"]!);
}

/**
 * What is sent to the notebook.
 *
 * @example
 * ```ts
 * import { mimeBundle } from "@plumbline/plumbline/notebook";
 * import assert from "node:assert/strict";
 * const figure = mimeBundle("<svg><title>Accuracy</title></svg>");
 * assert.deepEqual(Object.keys(figure), ["image/svg+xml", "text/plain"]);
 * assert.equal(figure["text/plain"], "Figure: Accuracy");
 * ```
 */
export function mimeBundle(thing: Showable, limit = 60): MimeBundle {
  if (typeof thing === "string") {
    return /^\s*<svg[\s>]/.test(thing)
      ? { "image/svg+xml": thing, "text/plain": `Figure: ${titleOf(thing)}` }
      : { "text/markdown": thing, "text/plain": thing };
  }
  if ("toHTML" in thing) {
    return { "text/html": thing.toHTML({ limit }), "text/plain": thing.toMarkdown({ limit }) };
  }
  const table = "columns" in thing
    ? unlinked(thing)
    : tableOf(thing as readonly Record<string, Value>[]);
  const heading = table.title === "" ? "" : `<p><b>${escape(table.title)}</b></p>\n`;
  return {
    "text/html": heading + tableHtml(table),
    "text/plain": tableMarkdown(table).replace(/^\*{4}\s+/, ""), // the place of a title
  };
}

/** Headings as the rows have them; whole numbers where a column has no others. */
function tableOf(rows: readonly Record<string, Value>[]): ReportTable {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const whole = (key: string) => rows.every((row) => Number.isInteger(row[key] ?? 0));
  return {
    id: "rows",
    title: "",
    columns: keys.map((key) => ({ key, title: key, ...(whole(key) ? { decimals: 0 } : {}) })),
    rows: rows.map((row) => Object.fromEntries(keys.map((key) => [key, row[key] ?? "–"]))),
    notes: [],
  };
}

/** A report's means link to the runs below them; a notebook shows the table alone. */
function unlinked(table: ReportTable): ReportTable {
  const plain = (value: Value) =>
    typeof value === "object" && "cells" in value ? { ...value, cells: undefined } : value;
  return {
    ...table,
    rows: table.rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)]))
    ),
  };
}

function titleOf(svg: string): string {
  return /<title>([^<]*)<\/title>/.exec(svg)?.[1] ?? "untitled";
}
