/**
 * TypeScript in four colours, for reading: words of the language, texts, numbers, asides.
 *
 * @module
 */
import { escape } from "he";

const words =
  "as|async|await|break|case|class|const|continue|default|else|export|extends|false|for|from|function|if|import|in|" +
  "interface|let|new|null|of|readonly|return|satisfies|switch|throw|true|type|typeof|undefined|using|while";

const token = new RegExp(
  [
    // What is not closed goes on to the end of its line or of the code: no letter is read twice.
    /(?<aside>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))/,
    /(?<text>"[^"\\\n]*(?:\\.[^"\\\n]*)*(?:"|(?=\n)|$)|'[^'\\\n]*(?:\\.[^'\\\n]*)*(?:'|(?=\n)|$)|`[^`\\]*(?:\\[^][^`\\]*)*(?:`|$))/,
    new RegExp(`(?<word>\\b(?:${words})\\b)`),
    /(?<count>\b\d[\d_]*(?:\.\d+)?(?:e[-+]?\d+)?\b)/,
  ].map(({ source }) => source).join("|"),
  "g",
);

/** The code as HTML, with a span around each token that has a colour. */
export function highlighted(code: string): string {
  let html = "";
  let at = 0;
  for (const match of code.matchAll(token)) {
    const [kind] = Object.entries(match.groups!).find(([, found]) => found !== undefined)!;
    html += escape(code.slice(at, match.index));
    html += `<span class="${kind}">${escape(match[0])}</span>`;
    at = match.index + match[0].length;
  }
  return html + escape(code.slice(at));
}
