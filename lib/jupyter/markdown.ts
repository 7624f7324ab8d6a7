/**
 * As much of CommonMark (https://spec.commonmark.org), with GitHub's tables, as the notebooks use, to HTML: headings,
 * paragraphs, lists, tables, fences, formulas on a line of their own, code, emphasis, links. HTML in it is shown, not obeyed.
 *
 * @module
 */
import { escape } from "he";
import { mathHtml } from "./math.ts";

/** The HTML of a Markdown text. Links to notebooks become links to their HTML. */
export function markdownHtml(markdown: string): string {
  const lines = markdown.split("\n");
  const blocks: string[] = [];
  for (let at = 0; at < lines.length;) {
    const from = at;
    const kind = kindOf(lines[at]!);
    if (kind === "fence") {
      at++;
      while (at < lines.length && kindOf(lines[at]!) !== "fence") at++;
      at++;
    } else {
      at++;
      while (
        kind !== "heading" && kind !== "math" && at < lines.length && goesOn(kind, lines[at]!)
      ) at++;
    }
    blocks.push(block(kind, lines.slice(from, at)));
  }
  return blocks.filter((html) => html !== "").join("\n");
}

type Kind = "blank" | "math" | "heading" | "fence" | "table" | "bullets" | "numbers" | "text";

function kindOf(line: string): Kind {
  if (line.trim() === "") return "blank";
  if (/^#{1,6} /.test(line)) return "heading";
  if (/^\$\$/.test(line)) return "math";
  if (/^```/.test(line)) return "fence";
  if (/^\|/.test(line)) return "table";
  if (/^[-*] /.test(line)) return "bullets";
  return /^\d+\. /.test(line) ? "numbers" : "text";
}

/** Whether a line belongs to the block before it: the same kind, or a text that goes on in a list's next line. */
function goesOn(kind: Kind, line: string): boolean {
  const next = kindOf(line);
  return next === kind || (next === "text" && (kind === "bullets" || kind === "numbers"));
}

function block(kind: Kind, lines: string[]): string {
  switch (kind) {
    case "blank":
      return "";
    case "heading": {
      const [, marks, text] = lines[0]!.match(/^(#+) (.*)$/)!;
      return `<h${marks!.length}>${inline(text!)}</h${marks!.length}>`;
    }
    case "fence":
      return `<pre>${escape(lines.slice(1, -1).join("\n"))}</pre>`;
    case "math":
      return `<p class="math">${mathHtml(lines[0]!.replace(/^\$\$|\$\$\s*$/g, ""), true)}</p>`;
    case "table":
      return table(lines);
    case "bullets":
      return `<ul>${items(lines, /^[-*] /)}</ul>`;
    case "numbers":
      return `<ol>${items(lines, /^\d+\. /)}</ol>`;
    case "text":
      return `<p>${inline(lines.join("\n"))}</p>`;
  }
}

function items(lines: readonly string[], mark: RegExp): string {
  const texts: string[] = [];
  for (const line of lines) {
    if (mark.test(line)) texts.push(line.replace(mark, ""));
    else texts.push(`${texts.pop()}\n${line.trim()}`);
  }
  return texts.map((text) => `<li>${inline(text)}</li>`).join("");
}

function table([head, , ...rows]: string[]): string {
  const row = (line: string, tag: string) => {
    const cells = line.replace(/^\||\|\s*$/g, "").split("|");
    return `<tr>${cells.map((cell) => `<${tag}>${inline(cell.trim())}</${tag}>`).join("")}</tr>`;
  };
  return `<div class="wide"><table><thead>${row(head!, "th")}</thead><tbody>${
    rows.map((line) => row(line, "td")).join("")
  }</tbody></table></div>`;
}

/** Code first: nothing in it means anything else. */
function inline(text: string): string {
  return text.split(/(`[^`]+`)/).map((part, i) =>
    i % 2 === 1 ? `<code>${escape(part.slice(1, -1))}</code>` : emphasis(escape(part))
  ).join("");
}

function emphasis(html: string): string {
  return html
    .replaceAll(/\[([^[\]]+)\]\((https?:\/\/[^\s()]+|[\w./#-][^\s():]*)\)/g, (_, words, to) => {
      const target = to.replace(/\.ipynb(?=$|#)/, ".html");
      return `<a href="${target}">${words}</a>`;
    })
    .replaceAll(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replaceAll(/(?<![\w*])([*_])([^*_\s][^*_]*)\1(?![\w*])/g, "<em>$2</em>");
}
