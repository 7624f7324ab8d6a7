/**
 * The one kind of error a user is meant to meet: its message is a single line that says what is wrong, where, and what
 * to do about it. Commands print the message alone; anything else that is thrown is a bug and keeps its stack.
 *
 * @module
 */

/**
 * An error whose message is a single, complete line for the user. Messages quote files and names that others wrote: what
 * would steer a terminal (line ends, escape codes, reversed writing) is shown as its code, and quotes of pages are cut.
 *
 * @category Load
 *
 * @example
 * ```ts
 * import { UserError } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const name = "a\x1b[2Jb\n.jpg";
 * assert.equal(new UserError(`${name} is empty.`).message, "a\\u001b[2Jb\\u000a.jpg is empty.");
 * ```
 */
export class UserError extends Error {
  /** Always `UserError`, also where the class itself is another copy. */
  override name = "UserError";

  /** Makes the message one line that is safe to print. */
  constructor(message: string) {
    super(shortened(printable(message)));
  }
}

/** Controls of both sets, marks that reverse writing, separators of lines. */
const unprintable =
  // deno-lint-ignore no-control-regex -- these are what must not be printed
  /[\0-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text with all that would steer a terminal, break the line or reverse the writing as its code: `\u001b`. */
export function printable(text: string): string {
  return text.replace(unprintable, code);
}

function code(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Letters of a message at most: what is wrong stands at its start, what to do at its end. */
const LONGEST = 1200;

function shortened(line: string): string {
  if (line.length <= LONGEST) return line;
  return `${line.slice(0, LONGEST / 2)} … ${line.slice(-LONGEST / 2)}`;
}

/**
 * Of `known`, the spelling nearest to `word`, if one is near enough to be what was meant.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(nearest("porgrad", ["coop", "prograd"]), "prograd");
 * assert.equal(nearest("xyz", ["coop", "prograd"]), undefined);
 * ```
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    // So many letters more or fewer are so many edits: long names cost nothing.
    if (Math.abs(candidate.length - word.length) >= fewest) continue;
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Insertions, deletions and substitutions (Levenshtein) that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * Whether an error of the system says that there is nothing at a path: no such name, a file where a folder would have to be,
 * a name that is longer than any, or links that lead round in a circle.
 */
export function isAbsent(error: unknown): boolean {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return true;
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENAMETOOLONG" || code === "ELOOP";
}
