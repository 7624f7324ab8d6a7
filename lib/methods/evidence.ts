/**
 * What a method is held to: the records of its published code that come with this repository, and the lines that they are
 * records of. `truth/evidence.py` makes the data from the records' manifests and the published repositories.
 *
 * @module
 */
import all from "../../data/evidence.json" with { type: "json" };

/** Where published code is, that a method follows. */
export interface PublishedLines {
  /** A class, a method of a class, or a function: `CoOp.forward_backward`. */
  what: string;
  /** `owner/name` on GitHub. */
  repository: string;
  /** The commit, in full. */
  commit: string;
  /** A file of the repository. */
  file: string;
  /** The first and the last line, from 1. */
  lines: number[];
}

/** What a method is held to. */
export interface Evidence {
  /** Records of the published code, by the names that `deno task verify NAME` takes, and their files in plumbline's repository. */
  records: { name: string; file: string }[];
  /** The published lines. */
  code: PublishedLines[];
}

/**
 * What the method called `name` is held to.
 *
 * @returns nothing for a method of one's own, and where no published code was found
 *
 * @example
 * ```ts
 * import { evidenceOf, linesUrl } from "@plumbline/plumbline/methods";
 * import assert from "node:assert/strict";
 * const { records, code } = evidenceOf("cocoop")!;
 * assert.deepEqual(records.map(({ name }) => name), ["cocoop_vit_m4"]);
 * assert.match(linesUrl(code[0]!), /^https:\/\/github.com\/KaiyangZhou\/CoOp\/blob\/.*#L248-L274$/);
 * ```
 */
export function evidenceOf(name: string): Evidence | undefined {
  const known: Record<string, Evidence> = all;
  return Object.hasOwn(known, name) ? known[name] : undefined;
}

/** The lines on the web. */
export function linesUrl(
  { repository, commit, file, lines: [first, last] }: PublishedLines,
): string {
  return `https://github.com/${repository}/blob/${commit}/${file}#L${first}-L${last}`;
}
