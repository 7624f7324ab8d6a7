/**
 * Which columns of a table say what: where a picture lies, its class, its split. One class for a picture, or the table is refused.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { type Listed, splitNamed } from "./own.ts";
import type { Row } from "./own_table.ts";
import type { Field } from "./parquet_worker.ts";
import { staysInside } from "./split.ts";

/** What columns are called, the usual first. */
const called = {
  path: "path file_name filename file filepath file_path image_path image img picture".split(" "),
  label: "label class class_name classname label_name category category_name".split(" "),
  split: ["split", "subset", "partition"],
};

/** What a table lists. */
export interface TableListing {
  pictures: Listed[];
  /** Whether the table says the splits. */
  splits: boolean;
  /** Class names in the order of their numbers, where the table says it. */
  order?: string[];
  assumed: string[];
}

/**
 * The pictures of a table's rows.
 *
 * @param file for messages
 * @param names what numbers of a column stand for
 * @param written where the rows' pictures lie, if they lay inside of the table
 * @throws {UserError} for a table without the columns, a row without a class or with several, and paths that leave the folder
 */
export function listedIn(
  rows: readonly Row[],
  file: string,
  { names = {}, written }: { names?: Record<string, string[]>; written?: string[] | undefined } =
    {},
): TableListing {
  const columns = Object.keys(rows[0]!);
  const find = (what: keyof typeof called) =>
    called[what].flatMap((name) => columns.filter((column) => column.toLowerCase() === name));
  const path = written ? undefined : find("path")[0];
  const lacks = (column: string) =>
    new UserError(
      `${file} has no column "${column}" (it has ${
        columns.join(", ")
      }): name its columns path, label and perhaps split.`,
    );
  if (!written && path === undefined) throw lacks("path");
  const split = find("split").find((column) =>
    column.toLowerCase() === "split" ||
    rows.every((row) => splitNamed(textOf(row, column, 0, file)) !== undefined)
  );
  const { classOf, order, assumed } = classes(rows, file, find("label"), names, [path, split]) ??
    (() => {
      throw lacks("label");
    })();
  const seen = new Map<string, Listed>();
  let twice = 0;
  const pictures: Listed[] = [];
  for (const [i, row] of rows.entries()) {
    const picture: Listed = {
      path: written?.[i] ?? pathOf(textOf(row, path!, i, file), i, file),
      className: classOf(row, i),
      ...split !== undefined && { split: splitOf(textOf(row, split, i, file), i, file) },
    };
    const known = seen.get(picture.path);
    if (known === undefined) pictures.push(picture);
    else same(known, picture, file);
    if (known !== undefined) twice++;
    else seen.set(picture.path, picture);
  }
  if (twice > 0) assumed.push(`${twice} rows repeat a picture and count once`);
  return { pictures, splits: split !== undefined, ...order && { order }, assumed };
}

/** What says a row's class, or undefined where no column does. */
function classes(
  rows: readonly Row[],
  file: string,
  found: string[],
  names: Record<string, string[]>,
  others: (string | undefined)[],
): { classOf(row: Row, i: number): string; order?: string[]; assumed: string[] } | undefined {
  if (found.length === 0) return oneHot(rows, file, others);
  const isNumber = (column: string) =>
    !(column in names) && rows.every((row) => /^\d+$/.test(textOf(row, column, 0, file).trim()));
  const column = found.find((name) => !isNumber(name)) ?? found[0]!;
  const assumed = [
    ...found.length > 1
      ? [
        `classes are those of its column ${column}, not of ${
          found.filter((c) => c !== column).join(", ")
        }`,
      ]
      : [],
    ...isNumber(column) ? ["class names are the numbers of its column " + column] : [],
  ];
  const order = names[column];
  const classOf = (row: Row, i: number) => {
    const text = textOf(row, column, i, file);
    if (text.trim() === "") {
      throw new UserError(`row ${i + 1} of ${file} has no ${column}: give the class's name.`);
    }
    if (order === undefined) return text;
    const name = /^\d+$/.test(text) ? order[Number(text)] : undefined;
    if (name !== undefined) return name;
    throw new UserError(
      `row ${
        i + 1
      } of ${file} has the ${column} ${text}, and the file names ${order.length} classes from 0: correct it.`,
    );
  };
  return { classOf, ...order && { order }, assumed };
}

/** A column of 0 and 1 for each class, as multi-label exports have them. */
function oneHot(rows: readonly Row[], file: string, others: (string | undefined)[]) {
  const columns = Object.keys(rows[0]!).filter((column) => !others.includes(column));
  const isBit = (column: string) =>
    rows.every((row) => /^[01](\.0)?$/.test(String(row[column]).trim()));
  if (columns.length < 2 || !columns.every(isBit)) return undefined;
  const classOf = (row: Row, i: number) => {
    const on = columns.filter((column) => String(row[column]).trim().startsWith("1"));
    if (on.length === 1) return on[0]!;
    if (on.length > 1) throw severalClasses(`row ${i + 1} of ${file}`, on);
    throw new UserError(`row ${i + 1} of ${file} has no class: each of its columns is 0.`);
  };
  return { classOf, assumed: ["classes are columns of 0 and 1"] };
}

/** The refusal of a picture with several classes. */
export function severalClasses(what: string, classes: readonly string[]): UserError {
  return new UserError(
    `${what} has ${classes.length} classes (${classes.slice(0, 4).join(", ")}${
      classes.length > 4 ? ", …" : ""
    }), and these methods tell one class of a picture from the others (a softmax over classes): ` +
      "keep one class for each picture, or leave such pictures out.",
  );
}

function textOf(row: Row, column: string, i: number, file: string): string {
  const value: Field = row[column] ?? "";
  if (typeof value === "string") {
    if (/^\[\s*["']/.test(value)) return several(value.slice(1, -1).split(","), column, i, file);
    return value;
  }
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (Array.isArray(value)) return several(value, column, i, file);
  throw new UserError(
    `row ${
      i + 1
    } of ${file} holds a structure in its column ${column}: write the names themselves into it.`,
  );
}

/** The value of a list of one. */
function several(values: string[], column: string, i: number, file: string): string {
  if (values.length === 1) return values[0]!.trim().replace(/^["'](.*)["']$/, "$1");
  const what = `row ${i + 1} of ${file}`;
  if (called.label.includes(column.toLowerCase()) && values.length > 1) {
    throw severalClasses(what, values.map((value) => value.trim()));
  }
  throw new UserError(`${what} has ${values.length} values in its column ${column}: give one.`);
}

function pathOf(given: string, i: number, file: string): string {
  const path = given.trim().replaceAll("\\", "/").replace(/^(\.\/)+/, "");
  const at = `row ${i + 1} of ${file} has the path "${given.slice(0, 200)}"`;
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
    throw new UserError(`${at}, an address: download the pictures first.`);
  }
  if (!staysInside(path)) {
    throw new UserError(`${at}: paths are relative to the file's folder and stay in it.`);
  }
  return path;
}

function splitOf(given: string, i: number, file: string): Listed["split"] {
  const split = splitNamed(given);
  if (split !== undefined) return split;
  throw new UserError(
    `row ${i + 1} of ${file} has the split "${given.slice(0, 80)}": known are train, val and test.`,
  );
}

/** A picture that is listed twice must be of one class, and in one split. */
function same(a: Listed, b: Listed, file: string): void {
  if (a.className !== b.className) {
    throw severalClasses(`${a.path} in ${file}`, [a.className, b.className]);
  }
  if (a.split === b.split) return;
  throw new UserError(
    `${a.path} is in ${a.split} and in ${b.split} by ${file}: keep it in one, or test pictures are trained on.`,
  );
}
