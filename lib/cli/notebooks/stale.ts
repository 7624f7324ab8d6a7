/**
 * Whether outputs that are kept are still what the code makes: texts, tables, figures and the numbers in them are
 * compared, bitmaps are not.
 *
 * A cell's tags say how its numbers may differ. `trained`: it trains, another processor rounds otherwise, and training
 * amplifies that; of its figures only the words that do not count are compared, since its values are in its tables.
 * `measured`: it measures time or memory, so that only the words are compared. All others have to be the same.
 *
 * @module
 */
import type { Cell, Notebook, Output } from "./ipynb.ts";

/** One difference: where, and the two texts around it. */
export interface Difference {
  /** From 1. */
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
      rule(cell),
    );
    return found ? [{ cell: i + 1, ...found }] : [];
  });
}

/** Whether two numbers, as written, agree. */
type Agree = (kept: string, made: string) => boolean;

function rule({ metadata: { tags = [] } }: Cell): Agree {
  if (tags.includes("measured")) return () => true;
  return tags.includes("trained") ? near : (kept, made) => kept === made;
}

/** Within a tenth of 1 or of the larger; in powers of ten, within a factor of two. */
function near(kept: string, made: string): boolean {
  const [a, b] = [kept, made].map((text) => Number(text.replace("−", "-")));
  const powers = [kept, made].some((text) => text.includes("e"));
  if (powers) return a === b || a / b >= 0.5 && a / b <= 2;
  return Math.abs(a - b) <= 0.1 * Math.max(1, Math.abs(a), Math.abs(b));
}

/** All outputs as one text. */
function written(outputs: readonly Output[], { metadata: { tags = [] } }: Cell): string {
  const drawn = tags.includes("trained") || tags.includes("measured") ? wordsOf : plain;
  return outputs.map((output) => {
    if (output.output_type === "stream") return output.text;
    if (output.output_type === "error") return `${output.ename}: ${output.evalue}\n`;
    return Object.keys(output.data).sort().filter((type) => !/^image\/(?!svg)/.test(type))
      .map((type) =>
        `[${type}] ${
          type === "image/svg+xml" ? drawn(output.data[type]) : plain(output.data[type])
        }\n`
      ).join("");
  }).join("").replaceAll(/data:image\/[a-z]+;base64,[\w+/=]+/g, "(bitmap)");
}

/** What a figure says in letters, without its shapes and numbers. */
function wordsOf(svg: unknown): string {
  const texts = [...plain(svg).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  return [...new Set(texts.filter((text) => !/\d/.test(text)))].join("\n");
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

const number = /((?<![\w.])[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)/;

/** The first place at which two texts differ by more than a number that agrees. */
function difference(
  kept: string,
  made: string,
  agree: Agree,
): Omit<Difference, "cell"> | undefined {
  const [a, b] = [kept.split(number), made.split(number)];
  const count = Math.max(a.length, b.length);
  for (let i = 0; i < count; i++) {
    const same = a[i] === b[i] ||
      (i % 2 === 1 && a[i] !== undefined && b[i] !== undefined && agree(a[i], b[i]));
    if (!same) return { kept: around(a, i), made: around(b, i) };
  }
}

/** Characters shown on each side of a difference. */
const SIDE = 60;

function around(parts: readonly string[], at: number): string {
  const before = parts.slice(0, at).join("").slice(-SIDE);
  const after = parts.slice(at).join("").slice(0, SIDE);
  return (before + after).replaceAll(/\s+/g, " ").trim() || "(nothing)";
}
