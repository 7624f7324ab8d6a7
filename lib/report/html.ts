/**
 * A report as one HTML page that needs nothing else: no script, no network, its styles and figures inside.
 *
 * @module
 */

import { escape } from "he";
import type { Block, Document } from "./document.ts";
import { style } from "./style.ts";
import { isNumeric, type ReportTable, type Value, written } from "./table.ts";

/** The report as an HTML page. All data is escaped, and the page's policy forbids scripts and requests. */
export function html({ headline, blocks }: Document): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(headline)}</title>
<style>
${style}</style>
</head>
<body>
<main>
<h1>${escape(headline)}</h1>
${blocks.map(block).join("\n")}
</main>
</body>
</html>
`;
}

function block(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h2>${escape(block.text)}</h2>`;
    case "text":
      return `<p>${escape(block.text)}</p>`;
    case "code":
      return `<pre>${escape(block.text)}</pre>`;
    case "list": {
      const tag = block.numbered ? "ol" : "ul";
      return `<${tag}>${block.items.map((item) => `<li>${escape(item)}</li>`).join("")}</${tag}>`;
    }
    case "table":
      return block.folded ? folded(block.table) : `<h3>${escape(block.table.title)}</h3>\n` +
        tableHtml(block.table);
    case "figure":
      return `<figure>\n${block.svg}<figcaption>${escape(block.caption)}</figcaption>\n</figure>`;
  }
}

function folded(table: ReportTable): string {
  const count = `${table.rows.length} ${table.rows.length === 1 ? "row" : "rows"}`;
  return `<details><summary>${escape(table.title)} (${count})</summary>\n${
    tableHtml(table)
  }\n</details>`;
}

/** One table as HTML, with its notes below. */
export function tableHtml({ id, columns, rows, notes, cellKey }: ReportTable): string {
  const numeric = new Set(
    columns.map(({ key }) => key).filter((key) => rows.some((row) => isNumeric(row[key]))),
  );
  const heads = columns.map(({ key, title }) =>
    `<th scope="col"${numeric.has(key) ? ' class="number"' : ""}>${escape(title)}</th>`
  );
  const lines = rows.map((row) =>
    `<tr${cellKey === undefined ? "" : ` id="${escape(anchorOf(String(row[cellKey])))}"`}>${
      columns.map(({ key, decimals }) => cell(row[key], decimals, numeric.has(key))).join("")
    }</tr>`
  );
  return `<div class="wide"><table id="${escape(id)}">
<thead><tr>${heads.join("")}</tr></thead>
<tbody>
${lines.join("\n")}
</tbody>
</table></div>
${notes.map((note) => `<p class="note">${escape(note)}</p>`).join("\n")}`;
}

/** Texts of more letters may be broken anywhere, shorter ones between words. */
const longText = 40;

function cell(value: Value, decimals: number | undefined, numeric: boolean): string {
  const { main, detail, mark } = written(value, decimals);
  const kinds = [
    ...(numeric ? ["number"] : main.length > longText ? ["long"] : []),
    ...(mark === undefined ? [] : [mark]),
  ];
  const kind = kinds.length === 0 ? "" : ` class="${kinds.join(" ")}"`;
  const small = detail === "" ? "" : ` <small>${escape(detail)}</small>`;
  return `<td${kind}>${linked(value, escape(main))}${small}</td>`;
}

/** Numbers lead to their first run, records to their files. */
function linked(value: Value, html: string): string {
  if (typeof value !== "object") return html;
  if ("href" in value) return `<a href="${escape(encodeURI(value.href))}">${html}</a>`;
  if (!("cells" in value) || !value.cells?.length) return html;
  const runs = value.cells.length === 1 ? "1 run" : `${value.cells.length} runs`;
  return `<a href="#${escape(anchorOf(value.cells[0]))}" title="${runs}">${html}</a>`;
}

function anchorOf(cell: string): string {
  return `run-${cell}`;
}
