/**
 * A notebook as one HTML page that needs nothing else: no script, no network, light or dark, fit for paper. nbconvert
 * would bring Python, and its pages fetch their scripts from elsewhere.
 *
 * @module
 */
import { escape } from "he";
import { htmlPage } from "../report/mod.ts";
import { highlighted } from "./highlight.ts";
import { type Cell, type Notebook, type Output, textOf } from "./ipynb.ts";
import { markdownHtml } from "./markdown.ts";

/** The page. All texts are escaped. */
export function notebookHtml({ cells }: Notebook, name: string): string {
  const title = cells.flatMap(({ source }) => source.match(/^# (.+)$/m)?.[1] ?? [])[0] ?? name;
  return htmlPage(title, cells.map(cellHtml).join("\n"), style);
}

function cellHtml({ cell_type, source, outputs }: Cell): string {
  if (cell_type === "markdown") return `<section>\n${markdownHtml(source)}\n</section>`;
  return `<section class="code">\n<pre class="source">${highlighted(source)}</pre>\n${
    outputs.map(outputHtml).join("\n")
  }\n</section>`;
}

function outputHtml(output: Output): string {
  if (output.output_type === "stream") return `<pre>${escape(output.text)}</pre>`;
  if (output.output_type === "error") {
    return `<pre class="error">${escape(output.traceback.join("\n"))}</pre>`;
  }
  const { data } = output;
  const svg = textOf(data, "image/svg+xml");
  if (svg !== undefined) return `<figure>${svg}</figure>`;
  const html = textOf(data, "text/html");
  if (html !== undefined) return `<div class="shown">${html}</div>`;
  const png = textOf(data, "image/png");
  if (png !== undefined) {
    return `<figure><img src="data:image/png;base64,${escape(png.trim())}" alt=""></figure>`;
  }
  const markdown = textOf(data, "text/markdown");
  if (markdown !== undefined) return `<div class="shown">${markdownHtml(markdown)}</div>`;
  return `<pre>${escape(textOf(data, "text/plain") ?? "")}</pre>`;
}

const style = `
:root { --word: #7a3e9d; --text: #00614a; --aside: #6b7075; --count: #a13d00; }
@media (prefers-color-scheme: dark) {
  :root { --word: #c3a1f0; --text: #4fd1a5; --aside: #8d949b; --count: #ff9d5c; }
}
section { margin: 0 0 14px; }
code { font: 13px ui-monospace, Menlo, Consolas, monospace; background: var(--band); padding: 1px 4px; border-radius: 3px; }
pre.source { border-left: 3px solid var(--line); }
pre.source .word { color: var(--word); }
pre.source .text { color: var(--text); }
pre.source .aside { color: var(--aside); }
pre.source .count { color: var(--count); }
pre.error { border-left: 3px solid var(--bad); }
.math { overflow-x: auto; }
figure > svg, figure > img { max-width: 100%; height: auto; }
.shown { overflow-x: auto; }
@media print {
  pre.source { font-size: 9px; white-space: pre-wrap; }
  .shown { overflow: visible; }
  small { font-size: 8.5px; }
  .note { font-size: 10px; }
  th, td { padding: 3px 5px; }
}
`;
