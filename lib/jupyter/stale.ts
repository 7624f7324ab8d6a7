/**
 * Whether outputs that are kept are still what the code makes: texts, tables, figures and the numbers in them are
 * compared, bitmaps are not.
 *
 * A cell's tags say how they may differ. `trained`: it trains, another processor rounds otherwise, and training amplifies
 * that. Half of the entries have to be near, and what turns on a number, such as a verdict, may turn; of figures the
 * words are compared, since their values are in tables. `measured`: it measures time or memory, so that only the words
 * are compared. All others have to be the same.
 *
 * @module
 */
import type { Cell, Notebook, Output } from "./ipynb.ts";

/** One difference: where, and the two texts around it. */
export interface Difference {
  /** The cell's place, from 1. */
  cell: number;
  kept: string;
  made: string;
}

/** What of `kept` the run `made` does not confirm, at most one difference for every cell. */
export function differences(kept: Notebook, made: Notebook): Difference[] {
  return made.cells.flatMap((cell, i) => {
    if (cell.cell_type !== "code") return [];
    const found = difference(
      written(kept.cells[i]?.outputs ?? [], cell),
      written(cell.outputs, cell),
      ruleOf(cell),
    );
    return found ? [{ cell: i + 1, ...found }] : [];
  });
}

/** How two texts agree. */
interface Rule {
  /** Whether two numbers, as written, do. */
  agree(kept: string, made: string): boolean;
  /** The share of numbers and table entries that need not. */
  spare: number;
}

function ruleOf({ metadata: { tags = [] } }: Cell): Rule {
  if (tags.includes("measured")) return { agree: () => true, spare: 0 };
  if (tags.includes("trained")) return { agree: near, spare: 0.5 };
  return { agree: (kept, made) => kept === made, spare: 0 };
}

/** Within a tenth of 1 or of the larger; in powers of ten, within a factor of two. */
function near(kept: string, made: string): boolean {
  const [a, b] = [kept, made].map((text) => Number(text.replace("−", "-"))) as [number, number];
  const powers = [kept, made].some((text) => text.includes("e"));
  if (powers) return a === b || a / b >= 0.5 && a / b <= 2;
  return Math.abs(a - b) <= 0.1 * Math.max(1, Math.abs(a), Math.abs(b));
}

/** All outputs as one text. */
function written(outputs: readonly Output[], { metadata: { tags = [] } }: Cell): string {
  const trained = tags.includes("trained");
  const text = outputs.map((output) => {
    if (output.output_type === "stream") return output.text;
    if (output.output_type === "error") return `${output.ename}: ${output.evalue}\n`;
    return Object.keys(output.data).sort()
      .filter((type) => !/^image\/(?!svg)/.test(type) && !(type === "text/plain" && trained))
      .map((type) => {
        const drawn = type === "image/svg+xml" && (trained || tags.includes("measured"));
        return `[${type}] ${(drawn ? wordsOf : plain)(output.data[type])}\n`;
      }).join("");
  }).join("").replaceAll(/data:image\/[a-z]+;base64,[\w+/=]+/g, "(bitmap)");
  return trained ? text.replaceAll(turning, "(turning)") : text;
}

/** What of a finding turns on a number. */
const turning = /\b(Holds|Contradicted|Not decided) here\b|\bpoints (above|below)\b/g;

/** What a figure says in letters, without its shapes and numbers. */
function wordsOf(svg: unknown): string {
  const texts = [...plain(svg).matchAll(/<text[^<>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  return [...new Set(texts.filter((text) => !/\d/.test(text!)))].join("\n");
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

const number = /((?<![\w.])[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)/;

/** The first place at which two texts differ by more than the rule spares. */
function difference(
  kept: string,
  made: string,
  { agree, spare }: Rule,
): Omit<Difference, "cell"> | undefined {
  const [a, b] = [kept.split(number), made.split(number)];
  const faults: number[] = [];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const both = a[i] !== undefined && b[i] !== undefined;
    if (a[i] === b[i] || (i % 2 === 1 && both && agree(a[i]!, b[i]!))) continue;
    const isEntry = both && (i % 2 === 1 || [a[i], b[i]].every((text) => text!.includes("<td")));
    if (!isEntry) return { kept: around(a, i), made: around(b, i) };
    faults.push(i);
  }
  if (faults.length <= spare * (a.length - 1) / 2) return undefined;
  return { kept: around(a, faults[0]!), made: around(b, faults[0]!) };
}

/** Characters shown on each side of a difference. */
const SIDE = 60;

function around(parts: readonly string[], at: number): string {
  const before = parts.slice(0, at).join("").slice(-SIDE);
  const after = parts.slice(at).join("").slice(0, SIDE);
  return (before + after).replaceAll(/\s+/g, " ").trim() || "(nothing)";
}
