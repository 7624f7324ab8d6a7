/**
 * A file of training images of each class, for problems whose classes are not equally frequent.
 *
 * @module
 */

import { extname, resolve } from "node:path";
import { shown } from "../shape.ts";
import { UserError } from "../errors.ts";
import { csvRows } from "./csv.ts";
import { oneSpelling, promptName } from "./names.ts";
import { isRecord } from "./split.ts";
import { linesOf, readText } from "./text_file.ts";

/**
 * Reads a file of shots: lines `class<tab or comma>shots`, a table of two columns, or a JSON object. Every class is in it, by the
 * data's name or the prompt's.
 *
 * @param classNames as prompts have them, by label
 * @param given as the data has them, by label
 * @returns shots by label, and what was done, in a sentence
 * @throws {UserError} for a number that is none, a class that is not in the file, and a name that is no class
 */
export async function readShots(
  file: string,
  classNames: readonly string[],
  given: readonly string[],
): Promise<{ counts: number[]; said: string }> {
  const pairs = pairsOf(await readText(file, "file of shots"), file);
  const labels = new Map<string, number>();
  classNames.forEach((name, label) => labels.set(promptName(name).toLowerCase(), label));
  given.forEach((name, label) => labels.set(promptName(name).toLowerCase(), label));
  given.forEach((name, label) => labels.set(oneSpelling(name), label));
  const counts: (number | undefined)[] = classNames.map(() => undefined);
  for (const [name, shots] of pairs) {
    const label = labels.get(oneSpelling(name)) ?? labels.get(promptName(name).toLowerCase());
    if (label === undefined) {
      throw new UserError(
        `${resolve(file)} gives shots for "${name}", which is no class: they are ${
          given.slice(0, 5).join(", ")
        }${given.length > 5 ? ", …" : ""}.`,
      );
    }
    if (!/^\d{1,9}$/.test(shots)) {
      throw new UserError(
        `${resolve(file)} gives "${shots}" shots for ${name}: write a whole number from 0.`,
      );
    }
    if (counts[label] !== undefined && counts[label] !== Number(shots)) {
      throw new UserError(`${resolve(file)} gives shots for ${name} twice: keep one line.`);
    }
    counts[label] = Number(shots);
  }
  const without = given.filter((_, label) => counts[label] === undefined);
  if (without.length > 0) {
    throw new UserError(
      `${
        resolve(file)
      } gives no shots for ${without.length} of ${given.length} classes, for example ${
        without.slice(0, 3).join(", ")
      }: add a line for each.`,
    );
  }
  const known = counts as number[];
  if (!known.some((k) => k > 0)) {
    throw new UserError(
      `${resolve(file)} gives no class a training image: raise some of its numbers.`,
    );
  }
  const shown = classNames.slice(0, 8).map((name, label) => `${name} ${known[label]}`).join(", ");
  return {
    counts: known,
    said: `training images of each class are from ${file.split(/[/\\]/).at(-1)}: ${shown}${
      classNames.length > 8 ? ", …" : ""
    }`,
  };
}

/**
 * The largest number in a file of shots, which settings that go by shots follow; 0 where it has none.
 *
 * @throws {UserError} as {@link readShots}
 */
export async function mostShots(file: string): Promise<number> {
  const counts = pairsOf(await readText(file, "file of shots"), file).map(([, shots]) =>
    Number(shots)
  );
  return counts.reduce((a, b) => Number.isInteger(b) ? Math.max(a, b) : a, 0);
}

function pairsOf(text: string, file: string): [string, string][] {
  if (extname(file).toLowerCase() === ".json") {
    let read: unknown;
    try {
      read = JSON.parse(text);
    } catch (error) {
      throw new UserError(
        `${resolve(file)} is not JSON (${(error as Error).message}): correct it.`,
      );
    }
    if (!isRecord(read)) {
      throw new UserError(`${resolve(file)} is no object of shots by class: write {"cat": 4}.`);
    }
    return Object.entries(read).map((
      [name, shots],
    ) => [name, typeof shots === "object" ? shown(shots) : String(shots)]);
  }
  const lines = linesOf(text);
  if (lines.length === 0) {
    throw new UserError(`${resolve(file)} is empty: write a class and its shots a line.`);
  }
  const mark = /\t/.test(lines[0]!) ? "\t" : /;/.test(lines[0]!) ? ";" : ",";
  const rows = csvRows(`a${mark}b\n${text}`, file)
    .map(({ a, b }): [string, string] => [String(a), String(b).trim()]);
  return /^\d+$/.test(rows[0]![1]) || rows.length === 1 ? rows : rows.slice(1);
}
