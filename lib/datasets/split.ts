/**
 * Split files in CoOp's format: `{"train": [[path, label, class name], …], "val": …, "test": …}`, the paths relative to the
 * data set's image folder (KaiyangZhou/CoOp, `split_zhou_*.json`).
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { shown } from "../shape.ts";
import type { Item, Splits } from "./dataset.ts";
import { oneSpelling } from "./names.ts";
import { readText } from "./text_file.ts";

/**
 * Reads a split file. Paths stay relative to the image folder, with slashes; class names as they are written in the file, composed.
 *
 * @throws {UserError} if there is no such file, or it is not a valid split (see {@link parseSplit})
 */
export async function readSplit(file: string): Promise<Splits> {
  return parseSplit(await readText(file, "split file"), file);
}

/**
 * Parses the text of a split file.
 *
 * @param where the file's name, for messages
 * @throws {UserError} for text that is not JSON (a web page instead is recognised), a wrong shape, a path that leaves the image
 *   folder, labels that are not 0 … n − 1, or a label with two class names
 *
 * @example
 * ```ts
 * import { parseSplit } from "@plumbline/plumbline/datasets";
 * import assert from "node:assert/strict";
 * const text = '{"train": [["cat/1.jpg", 0, "cat"]], "val": [], "test": [["cat/2.jpg", 0, "cat"]]}';
 * assert.equal(parseSplit(text, "split.json").test[0]!.path, "cat/2.jpg");
 * ```
 */
export function parseSplit(text: string, where: string): Splits {
  const parsed = parseJson(text, where);
  if (!isRecord(parsed)) throw malformed(where, "is not an object of train, val and test");
  const splits = {
    train: items(parsed, "train", where),
    val: items(parsed, "val", where),
    test: items(parsed, "test", where),
  };
  classNames(splits, where);
  return splits;
}

/**
 * The class names of `splits` by label.
 *
 * @param where what the splits were read from, for messages
 * @throws {UserError} if the labels are not 0 … n − 1, or one has two names
 */
export function classNames(splits: Splits, where: string): string[] {
  const names = new Map<number, string>();
  for (const { label, className } of [splits.train, splits.val, splits.test].flat()) {
    const name = names.get(label) ?? className;
    if (name !== className) {
      throw malformed(where, `gives label ${label} two names, "${name}" and "${className}"`);
    }
    names.set(label, name);
  }
  if (names.size === 0) throw malformed(where, "has no images at all");
  for (let label = 0; label < names.size; label++) {
    if (names.has(label)) continue;
    const largest = [...names.keys()].reduce((a, b) => Math.max(a, b));
    if (label === 0 && largest === names.size) {
      throw malformed(
        where,
        `has labels from 1 to ${largest} but none is 0`,
        "labels count from 0: subtract 1 from each",
      );
    }
    throw malformed(where, `has labels up to ${largest} but none is ${label}`);
  }
  return Array.from({ length: names.size }, (_, label) => names.get(label)!);
}

/** Whether `path` is relative and stays inside the folder it is joined to. */
export function staysInside(path: string): boolean {
  return path !== "" && !/^[/\\]|^[a-z]:|\0|\\/i.test(path) && !path.split("/").includes("..");
}

/**
 * Parses JSON that was downloaded.
 *
 * @param advice what to do about text that is none
 * @throws {UserError} if it is none; a web page instead is recognised
 */
export function parseJson(text: string, where: string, advice?: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    if (/^\s*</.test(text)) {
      throw new UserError(
        `${where} is a web page, not JSON: the download was answered with a page (Google Drive asks to confirm); ` +
          "open the address in a browser and save the file itself.",
      );
    }
    throw malformed(
      where,
      `is not JSON (${(error as Error).message.replaceAll("\n", " ")})`,
      advice,
    );
  }
}

/** Whether it is an object with keys, as JSON has them. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function items(parsed: Record<string, unknown>, split: string, where: string): Item[] {
  const rows = parsed[split];
  if (!Array.isArray(rows)) throw malformed(where, `has no list "${split}"`);
  return rows.map((row: unknown, i) => {
    const at = () => `${split}[${i}] is ${shown(row, 120)}`;
    if (!Array.isArray(row) || row.length !== 3) {
      throw malformed(where, `${at()}, not [path, label, class name]`);
    }
    const [given, label, className]: unknown[] = row;
    // Windows' separators; CoOp's code would take them for part of a name.
    const path = typeof given === "string" ? given.replaceAll("\\", "/") : given;
    if (typeof path !== "string" || typeof className !== "string" || className.trim() === "") {
      throw malformed(where, `${at()}, not [path, label, class name]`);
    }
    if (typeof label !== "number" || !Number.isInteger(label) || label < 0) {
      throw malformed(where, `${at()}, whose label is not a whole number from 0`);
    }
    if (!staysInside(path)) throw malformed(where, `${at()}, whose path leaves the image folder`);
    return { path, label, className: oneSpelling(className) };
  });
}

/** Advice that holds for a user's own file too. */
const CORRECT = "correct it (the published file of a published set is fetched by deno task data)";

function malformed(where: string, what: string, advice: string = CORRECT): UserError {
  return new UserError(`${where} ${what}: ${advice}${advice.endsWith(".") ? "" : "."}`);
}
