/**
 * A report as one HTML page that needs nothing else: no script, no network, its styles and figures inside.
 *
 * @module
 */

import { escape } from "he";
import { best, type Standing } from "./best.ts";
import type { Block, Document } from "./document.ts";
import { htmlPage } from "./page.ts";
import {
  isNumeric,
  type ReportTable,
  runAnchor,
  runsSaid,
  tableFile,
  type Value,
  written,
} from "./table.ts";

/** The report as an HTML page. All data is escaped. */
export function html({ headline, blocks }: Document): string {
  const first = blocks.findIndex(({ kind }) => kind === "heading");
  const numbers = numbered(blocks);
  const shown = (part: readonly Block[]) =>
    part.map((one) => block(one, numbers.get(one) ?? "")).join("\n");
  return htmlPage(
    headline,
    `<h1>${escape(headline)}</h1>
${shown(blocks.slice(0, first))}
${contents(blocks)}
${shown(blocks.slice(first))}`,
  );
}

/**
 * “Table 2. ” before titles and “Figure 3. ” before captions, folded figures with the others. Written, and not counted by the
 * style: what is folded on screen counts only on paper there, and the numbers would differ.
 */
function numbered(blocks: readonly Block[]): Map<Block, string> {
  const titled = blocks.filter((block) =>
    block.kind === "figure" || (block.kind === "table" && !block.folded)
  );
  return new Map(
    [...Map.groupBy(titled, ({ kind }) => kind === "table" ? "Table" : "Figure")]
      .flatMap(([word, own]) =>
        own.map((block, i) =>
          [block, `<span class="label">${word} ${i + 1}. </span>`] as [Block, string]
        )
      ),
  );
}

/** Links to the sections, where there are several. */
function contents(blocks: readonly Block[]): string {
  const titles = blocks.flatMap((block) => block.kind === "heading" ? [block.text] : []);
  const links = titles.map((title) =>
    `<li><a href="#${sectionOf(title)}">${escape(title)}</a></li>`
  );
  return titles.length < 2 ? "" : `<nav><ul>${links.join("")}</ul></nav>`;
}

function sectionOf(title: string): string {
  return `section-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
}

function block(block: Block, label: string): string {
  switch (block.kind) {
    case "heading":
      return `<h2 id="${sectionOf(block.text)}">${escape(block.text)}</h2>`;
    case "text":
      return `<p>${escape(block.text)}</p>`;
    case "code":
      return `<pre>${escape(block.text)}</pre>`;
    case "list": {
      const tag = block.numbered ? "ol" : "ul";
      const items = block.items.map((item, i) =>
        `<li${place(block.anchor, i + 1)}>${escape(item)}</li>`
      );
      return `<${tag}>${items.join("")}</${tag}>`;
    }
    case "table":
      return block.folded
        ? folded(`${block.table.title} (${counted(block.table.rows)})`, tableHtml(block.table))
        : `<h3>${label}${escape(block.table.title)}</h3>\n${tableHtml(block.table)}${
          block.detail ? "" : filesOf(block.table)
        }`;
    case "figure": {
      const figure = `<figure>\n${block.svg}<figcaption>${label}${
        escape(block.caption)
      }</figcaption>\n</figure>`;
      return block.folded ? folded(block.folded, figure) : figure;
    }
  }
}

function place(anchor: string | undefined, name: Value): string {
  return anchor === undefined ? "" : ` id="${escape(`${anchor}-${name}`)}"`;
}

/** The same table beside the report, for papers. */
function filesOf({ id }: ReportTable): string {
  const file = escape(tableFile(id));
  return `\n<p class="note"><a href="${file}.csv">CSV</a>, <a href="${file}.tex">LaTeX</a></p>`;
}

function folded(title: string, body: string): string {
  return `<details><summary>${escape(title)}</summary>\n${body}\n</details>`;
}

function counted(rows: readonly unknown[]): string {
  return `${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
}

/**
 * One table as HTML, with its notes below. Rows that begin alike are a group, which is named once.
 *
 * @category Reproduce
 */
export function tableHtml(table: ReportTable): string {
  const { id, columns, rows, notes, cellKey, anchorKey } = table;
  const { said, note } = runsSaid(table);
  const standings = new Map(best(table).map((standing, i) => [rows[i], standing]));
  const marked = [...standings.values()].some(({ size }) => size > 0);
  const [first, ...others] = columns;
  const numeric = new Set(
    columns.map(({ key }) => key).filter((key) => rows.some((row) => isNumeric(row[key]))),
  );
  const heads = columns.map(({ key, title }) =>
    `<th scope="col"${numeric.has(key) ? ' class="number"' : ""}>${escape(title)}</th>`
  );
  const isGrouped = first !== undefined && !numeric.has(first.key) && cellKey === undefined;
  const bodies = groups(rows, isGrouped ? first.key : undefined).map((group) => {
    const lines = group.map((row, i) => {
      const anchor = cellKey !== undefined
        ? ` id="${escape(runAnchor(String(row[cellKey])))}"`
        : place(anchorKey !== undefined && i === 0 ? id : undefined, row[anchorKey ?? ""]);
      const head = isGrouped && i === 0 ? groupHead(row[first.key], group.length) : "";
      const cells = (isGrouped ? others : columns).map(({ key, decimals }) =>
        cell(row[key], decimals, numeric.has(key), said, standings.get(row)?.get(key))
      );
      return `<tr${anchor}>${head}${cells.join("")}</tr>`;
    });
    return `<tbody>\n${lines.join("\n")}\n</tbody>`;
  });
  return `<div class="wide"><table id="${escape(id)}">
<thead><tr>${heads.join("")}</tr></thead>
${bodies.join("\n")}
</table></div>
${
    [...notes, ...note, ...marked ? [BEST] : []]
      .map((note) => `<p class="note">${escape(note)}</p>`).join("\n")
  }`;
}

const BEST = "Bold: the best; underlined: within the best one's interval.";

/** Rows one after the other that have the same value of `key`. */
function groups(rows: ReportTable["rows"], key: string | undefined): ReportTable["rows"][] {
  const found: ReportTable["rows"][] = [];
  for (const row of rows) {
    const last = found.at(-1);
    if (last && (key === undefined || last[0]![key] === row[key])) last.push(row);
    else found.push([row]);
  }
  return found;
}

function groupHead(value: Value, rows: number): string {
  const span = rows > 1 ? ` rowspan="${rows}"` : "";
  return `<th scope="row${rows > 1 ? "group" : ""}"${span}>${
    linked(value, escape(written(value).main))
  }</th>`;
}

/** Texts of more letters may be broken anywhere, shorter ones between words. */
const longText = 40;

function cell(
  value: Value,
  decimals: number | undefined,
  numeric: boolean,
  said: ReadonlySet<number>,
  standing?: Standing,
): string {
  if (value === undefined) return "<td></td>";
  const { main, detail, mark } = written(value, decimals, said);
  const kinds = [
    ...(numeric ? ["number"] : main.length > longText ? ["long"] : []),
    ...(mark === undefined ? [] : [mark]),
    ...(standing === undefined ? [] : [standing]),
  ];
  const kind = kinds.length === 0 ? "" : ` class="${kinds.join(" ")}"`;
  const small = detail === "" ? "" : ` <small>${escape(detail)}</small>`;
  return `<td${kind}>${linked(value, escape(main))}${small}</td>`;
}

/** Numbers lead to their first run, records to their files. */
function linked(value: Value, html: string): string {
  if (typeof value !== "object") return html;
  if ("href" in value) {
    return `<a href="${escape(encodeURI(value.href.toWellFormed()))}">${html}</a>`;
  }
  if (!("cells" in value) || !value.cells?.length) return html;
  const runs = value.cells.length === 1 ? "1 run" : `${value.cells.length} runs`;
  return `<a href="#${escape(runAnchor(value.cells[0]!))}" title="${runs}">${html}</a>`;
}
