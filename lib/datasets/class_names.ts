/**
 * A file of class names, so that prompts can be in other words or another language than folders and tables are.
 *
 * @module
 */

import { extname, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { csvRows } from "./csv.ts";
import { oneSpelling, promptName } from "./names.ts";
import { isRecord } from "./split.ts";
import { linesOf, readText } from "./text_file.ts";

/** Class names that a file gives. */
export interface ClassNames {
  /**
   * The names by label, and what was done, in a sentence.
   *
   * @param given the classes by label, as the data names them
   * @param where the data, for messages
   * @throws {UserError} where a class has no name in the file
   */
  apply(given: readonly string[], where: string): { names: string[]; said: string };
}

/**
 * Reads a file of class names. Lines of text are names in the order of the labels (the data's own names, sorted). Where each line has
 * two fields with a tab between, or the file is a table of two columns (`.csv`, `.tsv`), or a JSON object, the first is the data's
 * name of a class and the second its name in prompts; a JSON list is like lines.
 *
 * @throws {UserError} if there is no such file, it cannot be decoded, or a line of it makes no sense
 *
 * @example
 * ```ts
 * import { readClassNames } from "./class_names.ts";
 * import assert from "node:assert/strict";
 * const file = `${await Deno.makeTempDir()}/names.txt`;
 * await Deno.writeTextFile(file, "n01558993\trobin\nn01532829\thouse finch\n");
 * const { names } = (await readClassNames(file)).apply(["n01532829", "n01558993"], "birds");
 * assert.deepEqual(names, ["house finch", "robin"]);
 * ```
 */
export async function readClassNames(file: string): Promise<ClassNames> {
  const text = await readText(file, "file of class names");
  const pairs = pairsOf(text, file);
  return Array.isArray(pairs) ? inOrder(pairs, file) : byName(pairs, file);
}

function pairsOf(text: string, file: string): string[] | Map<string, string> {
  const kind = extname(file).toLowerCase();
  if (kind === ".json") return ofJson(text, file);
  const lines = linesOf(text);
  if (lines.length === 0) {
    throw new UserError(`${resolve(file)} has no class names: write one a line.`);
  }
  if (kind === ".csv" || kind === ".tsv") {
    // The header is a row like any other, unless it says what the columns are.
    const rows = csvRows(
      `a${/\t/.test(lines[0]!) ? "\t" : /;/.test(lines[0]!) ? ";" : ","}b\n${text}`,
      file,
    )
      .map(({ a, b }): [string, string] => [String(a), String(b)]);
    const isHeader = /^(class|folder|label|id|name|wnid)(es|_?names?)?$/i.test(rows[0]![0]);
    return mapOf(isHeader ? rows.slice(1) : rows, file);
  }
  if (!lines.every((line) => line.includes("\t"))) return lines;
  return mapOf(
    lines.map((line): [string, string] => {
      const at = line.indexOf("\t");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
    file,
  );
}

function ofJson(text: string, file: string): string[] | Map<string, string> {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${resolve(file)} is not JSON (${(error as Error).message}): correct it.`);
  }
  const isText = (value: unknown): value is string => typeof value === "string";
  if (Array.isArray(read) && read.every(isText)) return read;
  const entries = isRecord(read) ? Object.entries(read) : [];
  if (entries.length > 0 && entries.every((pair): pair is [string, string] => isText(pair[1]))) {
    return mapOf(entries, file);
  }
  throw new UserError(
    `${
      resolve(file)
    } is no list of class names and no object of them by class: write ["cat", "dog"] or {"n02123045": "tabby"}.`,
  );
}

function mapOf(pairs: [string, string][], file: string): Map<string, string> {
  const map = new Map<string, string>();
  for (const [from, to] of pairs) {
    const key = oneSpelling(from);
    if (map.has(key) && map.get(key) !== to) {
      throw new UserError(
        `${resolve(file)} names ${key} twice, "${map.get(key)}" and "${to}": keep one.`,
      );
    }
    map.set(key, to);
  }
  return map;
}

function inOrder(lines: string[], file: string): ClassNames {
  return {
    apply(given, where) {
      if (lines.length !== given.length) {
        throw new UserError(
          `${
            resolve(file)
          } has ${lines.length} class names and ${where} ${given.length} classes: give one a line in the order ${
            given.slice(0, 3).join(", ")
          }, …, or two fields with a tab between, the data's name and the prompt's.`,
        );
      }
      return { names: lines, said: saying(file, given, lines, "in the order of the labels") };
    },
  };
}

function byName(map: Map<string, string>, file: string): ClassNames {
  const spoken = new Map([...map].map(([from, to]) => [promptName(from).toLowerCase(), to]));
  return {
    apply(given, where) {
      const found = given.map((name) =>
        map.get(oneSpelling(name)) ?? spoken.get(promptName(name).toLowerCase())
      );
      const nameless = given.filter((_, i) => found[i] === undefined);
      if (nameless.length > 0) {
        throw new UserError(
          `${
            resolve(file)
          } has no name for ${nameless.length} of ${given.length} classes of ${where}, for example ${
            nameless.slice(0, 3).join(", ")
          }: add a line for each.`,
        );
      }
      const names = found as string[];
      return { names, said: saying(file, given, names, "by the data's names") };
    },
  };
}

function saying(file: string, given: readonly string[], names: readonly string[], how: string) {
  const shown = given.slice(0, 3).map((name, i) => `${name} is "${names[i]}"`).join(", ");
  return `class names are from ${file.split(/[/\\]/).at(-1)}, ${how}: ${shown}${
    given.length > 3 ? ", …" : ""
  }`;
}
