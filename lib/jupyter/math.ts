/**
 * Formulas as notebooks write them, between dollar signs and in Unicode, to MathML: what browsers show without a script.
 *
 * @module
 */
import { escape } from "he";

/** Symbols that are read as operators; other runs of letters are names. */
const OPERATORS = /[-+−=≈<>≤≥·⊙∘×/,;:()[\]⟨⟩{}|‖∇∑∏→←]/;

/**
 * The formula as MathML. `_` and `^`, with one symbol or a group in braces after them, lower and raise.
 *
 * @param display on a line of its own
 */
export function mathHtml(formula: string, display: boolean): string {
  const symbols = formula.match(/\d+(?:\.\d+)?|\s+|[\s\S]/gu) ?? [];
  let at = 0;
  const row = (end?: string): string => {
    const parts: string[] = [];
    while (at < symbols.length && symbols[at] !== end) {
      const symbol = symbols[at++];
      if (symbol!.trim() === "") continue;
      if ((symbol === "_" || symbol === "^") && parts.length > 0) {
        const tag = symbol === "_" ? "msub" : "msup";
        parts.push(`<${tag}>${parts.pop()}${one()}</${tag}>`);
      } else if (symbol === "{") {
        parts.push(`<mrow>${row("}")}</mrow>`);
        at++;
      } else parts.push(leaf(symbol!));
    }
    return parts.join("");
  };
  const one = (): string => {
    const symbol = symbols[at++] ?? "";
    if (symbol !== "{") return leaf(symbol);
    const inner = row("}");
    at++;
    return `<mrow>${inner}</mrow>`;
  };
  return `<math${display ? ' display="block"' : ""}>${row()}</math>`;
}

function leaf(symbol: string): string {
  const tag = /^\d/.test(symbol) ? "mn" : OPERATORS.test(symbol) ? "mo" : "mi";
  return `<${tag}>${escape(symbol)}</${tag}>`;
}
