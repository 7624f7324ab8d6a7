/**
 * Class names and data sets' names: one spelling of what is one name, and names whose prompts could not be told apart.
 *
 * @module
 */

import { UserError } from "../errors.ts";

/**
 * One spelling of a name, whatever the file system, archive or program it comes from: composed (NFC), without spaces at its ends.
 * What is the same here is one class, in whichever folder, row or split.
 *
 * @example
 * ```ts
 * import { oneSpelling } from "./names.ts";
 * import assert from "node:assert/strict";
 * assert.equal(oneSpelling("cafe\u0301 "), "caf\u00e9");
 * ```
 */
export function oneSpelling(name: string): string {
  return name.normalize("NFC").trim();
}

/** A class name as prompts have it: in one spelling, spaces for underscores, and one space where there are several. */
export function promptName(className: string): string {
  return oneSpelling(className).replaceAll("_", " ").replace(/\s+/g, " ").trim();
}

/** What names of one prompt have in common: CLIP's tokenizer reads them in lower case. */
function prompted(className: string): string {
  return promptName(className).toLowerCase();
}

/**
 * Classes that no prompt tells apart, in pairs; none is right.
 *
 * @param classNames by label, as they were given
 */
export function samePrompts(classNames: readonly string[]): [string, string][] {
  const first = new Map<string, string>();
  return classNames.flatMap((name): [string, string][] => {
    const key = prompted(name);
    const known = first.get(key);
    if (known === undefined) first.set(key, name);
    return known === undefined ? [] : [[known, name]];
  });
}

/**
 * Refuses class names whose prompts are the same.
 *
 * @param where what they were read from, for the message
 * @throws {UserError} naming two of them, or a class without a name
 */
export function refuseSamePrompts(classNames: readonly string[], where: string): void {
  const nameless = classNames.findIndex((name) => promptName(name) === "");
  if (nameless >= 0) {
    throw new UserError(
      `class ${nameless} of ${where} has the name ${
        JSON.stringify(classNames[nameless])
      }, which says nothing in a prompt: rename it.`,
    );
  }
  const [pair, ...more] = samePrompts(classNames);
  if (pair === undefined) return;
  const [a, b] = pair.map((name) => JSON.stringify(name));
  throw new UserError(
    `${a} and ${b} are two classes of ${where} with one prompt${
      more.length > 0 ? ` (and ${more.length} more such pairs)` : ""
    }: CLIP reads both as ${
      JSON.stringify(prompted(pair[0]))
    }; rename one of them, or make them one class.`,
  );
}
