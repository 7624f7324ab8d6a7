/**
 * Data sets as a line of text that means the same in another folder and in another process: plans and records hold it.
 *
 * @module
 */

import { resolve } from "node:path";
import { UserError } from "../errors.ts";
import { array, number, object, optional, text } from "../shape.ts";
import { type OwnOptions, ownOptions } from "./own.ts";

/** What stands before what is more than `folder:PATH`. */
const MARK = "own:";

/**
 * The line for a data set that is read with options: `own:` and JSON, paths absolute. Without options it is what was given.
 *
 * @param from a name, or `folder:PATH`
 */
export function specOf(from: string, options: OwnOptions): string {
  const given = Object.fromEntries(
    Object.entries(ownOptions(options)).filter(([, value]) => value !== undefined),
  );
  if (Object.keys(given).length === 0) return from;
  for (const file of ["classNames", "shotsPerClass"]) {
    if (typeof given[file] === "string") given[file] = resolve(given[file]);
  }
  return `${MARK}${JSON.stringify({ from: absolute(from), ...given })}`;
}

/** Whether a line says where a user's own pictures lie. */
export function isOwn(spec: string): boolean {
  return /^[a-z]+:/.test(parsedSpec(spec)?.from ?? spec);
}

/** `folder:./birds` from anywhere; other lines as they are. */
export function absolute(spec: string): string {
  const [, kind, path] = /^([a-z]+):(.+)$/.exec(spec) ?? [];
  return kind === undefined || spec.startsWith(MARK) ? spec : `${kind}:${resolve(path!)}`;
}

/**
 * What such a line says; undefined for another line.
 *
 * @throws {UserError} for one that is damaged
 */
export function parsedSpec(spec: string): { from: string; options: OwnOptions } | undefined {
  if (!spec.startsWith(MARK)) return undefined;
  let read: unknown;
  try {
    read = JSON.parse(spec.slice(MARK.length));
  } catch {
    read = undefined;
  }
  if (shape(read, "") !== undefined || (read as { from: string }).from.startsWith(MARK)) {
    throw new UserError(`"${spec.slice(0, 200)}" is no data set: name one, or give folder:PATH.`);
  }
  const { from, ...options } = read as { from: string } & OwnOptions;
  return { from, options };
}

const shape = object({
  from: text,
  name: optional(text),
  template: optional(text),
  templates: optional(array(text)),
  split: optional(array(number)),
  splitSeed: optional(number),
  classNames: optional(text),
  shotsPerClass: optional(text),
});
