/**
 * The one kind of error a user is meant to meet: its message is a single line that says what is wrong, where, and what
 * to do about it. Commands print the message alone; anything else that is thrown is a bug and keeps its stack.
 *
 * @module
 */

/** An error whose message is a single, complete line for the user. */
export class UserError extends Error {
  override name = "UserError";
}

/**
 * Of `known`, the spelling nearest to `word`, if one is near enough to be what was meant.
 *
 * @example
 * ```ts
 * import { nearest } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * assert.equal(nearest("porgrad", ["coop", "prograd"]), "prograd");
 * assert.equal(nearest("xyz", ["coop", "prograd"]), undefined);
 * ```
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
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
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
