/**
 * A table of a report for a paper: LaTeX with booktabs, and CSV.
 *
 * @module
 */
import { best } from "./best.ts";
import { fixed, isNumeric, type ReportTable, type Value, written } from "./table.ts";

/**
 * The table as LaTeX, for `\usepackage{booktabs}`: mean ± half of the 95 % interval where several seeds are behind it, the
 * best of a group bold, what lies in the best one's interval underlined.
 *
 * @example
 * ```ts
 * import { tableLatex } from "@plumbline/plumbline/report";
 * import assert from "node:assert/strict";
 * const columns = [{ key: "label", title: "method" }, { key: "accuracy", title: "accuracy, %" }];
 * const rows = [
 *   { label: "A & B", accuracy: { n: 3, mean: 81, sd: 1, interval: [78.5, 83.5] as [number, number] } },
 *   { label: "C", accuracy: { n: 1, mean: 60 } },
 * ];
 * const text = tableLatex({ id: "x", title: "One", columns, rows, notes: [] });
 * assert.match(text, /A \\& B & \\textbf\{81\.00\} \$\\pm\$ 2\.50 \\\\/);
 * ```
 */
export function tableLatex(table: ReportTable): string {
  const { id, title, columns, rows, notes } = table;
  const standing = best(table);
  const numeric = columns.map(({ key }) => rows.some((row) => isNumeric(row[key])));
  const line = (cells: string[]) => `${cells.join(" & ")} \\\\`;
  const group = (at: number) => JSON.stringify(rows[at]?.[columns[0]!.key] ?? null);
  const isGrouped = columns[0]?.key === "dataset";
  return [
    "% needs \\usepackage{booktabs}",
    "\\begin{table}",
    "\\centering",
    `\\caption{${tex(title)}. ${
      notes.map(tex).join(" ")
    } Numbers after $\\pm$ are half of the 95\\,\\% interval.}`,
    `\\label{tab:${id.replace(/[^A-Za-z0-9]+/g, "-")}}`,
    `\\begin{tabular}{${numeric.map((right) => right ? "r" : "l").join("")}}`,
    "\\toprule",
    line(columns.map((column) => tex(column.title))),
    "\\midrule",
    ...rows.flatMap((row, at) => {
      const opens = isGrouped && at > 0 && group(at) !== group(at - 1);
      const cells = columns.map(({ key, decimals }) =>
        cell(row[key], decimals, standing[at]!.get(key))
      );
      return [...opens ? ["\\midrule"] : [], line(cells)];
    }),
    "\\bottomrule",
    "\\end{tabular}",
    "\\end{table}",
    "",
  ].join("\n");
}

function cell(value: Value, decimals = 2, standing?: "best" | "tie"): string {
  if (typeof value !== "object" || !("mean" in value)) return tex(written(value, decimals).main);
  const { mean, interval } = value;
  const main = tex(fixed(mean, decimals));
  const marked = standing === "best"
    ? `\\textbf{${main}}`
    : standing === "tie"
    ? `\\underline{${main}}`
    : main;
  if (!interval?.every(Number.isFinite)) return marked;
  return `${marked} $\\pm$ ${fixed((interval[1] - interval[0]) / 2, decimals)}`;
}

const marks: Record<string, string> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "−": "$-$",
  "–": "--",
  "±": "$\\pm$",
  "λ": "$\\lambda$",
  "γ": "$\\gamma$",
  "α": "$\\alpha$",
  "\u00a0": "~",
};

/** Text that LaTeX prints as it is. */
function tex(text: string): string {
  return text.replace(/[\\~^−–±λγα\u00a0]|[&%$#_{}]/g, (mark) => marks[mark] ?? `\\${mark}`);
}

/** The table as CSV (RFC 4180): a mean with its standard deviation, the ends of its interval and its n in columns of their own. */
export function tableCsv({ columns, rows }: ReportTable): string {
  const means = new Set(
    columns.map(({ key }) => key).filter((key) =>
      rows.some((row) => typeof row[key] === "object" && "mean" in row[key])
    ),
  );
  const head = columns.flatMap(({ key, title }) =>
    means.has(key) ? [title, `${title} sd`, `${title} low`, `${title} high`, `${title} n`] : [title]
  );
  const lines = rows.map((row) =>
    columns.flatMap(({ key }) => means.has(key) ? spread(row[key]) : [plain(row[key])])
  );
  return [head, ...lines].map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
}

function spread(value: Value): string[] {
  if (typeof value !== "object" || !("mean" in value)) return [plain(value), "", "", "", ""];
  const { mean, sd, interval, n } = value;
  return [mean, sd, interval?.[0], interval?.[1], n].map((x) =>
    x === undefined || !Number.isFinite(x) ? "" : String(x)
  );
}

function plain(value: Value): string {
  return value === undefined ? "" : typeof value === "number" ? String(value) : written(value).main;
}

/** A text that begins as a formula does is no formula to a spreadsheet. */
function field(text: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
