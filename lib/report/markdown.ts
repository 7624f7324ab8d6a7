/**
 * A report as Markdown (GitHub's). Figures are only in the HTML, since Markdown cannot carry SVG.
 *
 * @module
 */

import type { Block, Document } from "./document.ts";
import { isNumeric, type ReportTable, runsSaid, written } from "./table.ts";

/** The report as Markdown. All data is escaped: a class name cannot become a link, a tag or a column. */
export function markdown({ headline, blocks }: Document): string {
  return [`# ${plain(headline)}`, ...blocks.map(block)].filter((text) => text !== "").join("\n\n") +
    "\n";
}

function block(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `## ${plain(block.text)}`;
    case "text":
      return plain(block.text);
    case "code":
      return fenced(block.text);
    case "list":
      return block.items.map((item, i) => `${block.numbered ? `${i + 1}.` : "-"} ${plain(item)}`)
        .join("\n");
    case "table":
      return tableMarkdown(block.table);
    case "figure":
      return `*Figure, in report.html:* ${plain(block.caption)}`;
  }
}

/**
 * One table as Markdown, with its title above and its notes below.
 *
 * @category Reproduce
 *
 * @example
 * ```ts
 * import { tableMarkdown } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const columns = [{ key: "method", title: "method" }, { key: "accuracy", title: "accuracy, %" }];
 * const rows = [{ method: "CoOp", accuracy: 81.25 }];
 * const text = tableMarkdown({ id: "x", title: "One", columns, rows, notes: [] });
 * assert.ok(text.endsWith("| CoOp | 81.25 |"));
 * ```
 */
export function tableMarkdown(table: ReportTable): string {
  const { title, columns, rows, notes } = table;
  const { said, note } = runsSaid(table);
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const numeric = columns.map(({ key }) => rows.some((row) => isNumeric(row[key])));
  return [
    `**${plain(title)}**`,
    [
      line(columns.map((column) => plain(column.title))),
      line(numeric.map((right) => right ? "---:" : "---")),
      ...rows.map((row) =>
        line(columns.map(({ key, decimals }) => {
          const { main, detail, mark } = written(row[key], decimals, said);
          const shown = mark === undefined ? plain(main) : `**${plain(main)}**`;
          return detail === "" ? shown : `${shown} (${plain(detail)})`;
        }))
      ),
    ].join("\n"),
    ...[...notes, ...note].map(plain),
  ].join("\n\n");
}

/** Text that Markdown shows as it is. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_{}[\]<>|~$]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/^(\d+)\.(?=\s)/, "$1\\.")
    .replace(/^[#+-](?=\s)/, "\\$&")
    .replace(/:\/\//g, ":&#47;/");
}

/** A block of code with a fence longer than any within. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
