/**
 * Runs the records of a parity folder, what published code computed step by step, through the public code, and says how
 * far each is off.
 *
 * @module
 */
import { join } from "node:path";
import { nearest, UserError } from "../errors.ts";
import { callback, checkOptions, listOf, words } from "../options_given.ts";
import { useBackend } from "../tensor/mod.ts";
import { type ParityFolder, type ParityRecord, readFolder } from "./manifest.ts";
import { type ParityRow, verifyRecord } from "./record.ts";

/** How to verify a folder. */
export interface VerifyOptions {
  /** `native`, `webgpu`, `wasm` or `cpu`, or `webgpu:software`; by default the fastest that works here. */
  backend?: string | undefined;
  /** Names of records, or parts of names; by default all. */
  only?: string[];
  /** Called before each record. */
  before?(done: number, total: number, record: string): void;
}

/**
 * Checks the records of one folder. A record that can't be checked fails, and the others go on.
 *
 * @param path by default the published code's records that come with the repository
 * @returns a row for each record, in the manifest's order
 * @throws {UserError} when the folder has no readable manifest, `only` names no record, or the backend does not work
 * @category Reproduce
 */
export async function verifyFolder(
  path?: string,
  options: VerifyOptions = {},
): Promise<ParityRow[]> {
  checkOptions("verifyFolder", options, { backend: words, only: listOf(words), before: callback });
  const { backend, only = [], before } = options;
  const folders: ParityFolder[] = [];
  for (const place of path === undefined ? evidence() : [path]) {
    folders.push(await readFolder(place));
  }
  const chosen = select(folders, only);
  const { name } = await useBackend(backend);
  try {
    const rows: ParityRow[] = [];
    for (const [folder, record] of chosen) {
      before?.(rows.length, chosen.length, record.name);
      rows.push(await verifyRecord(folder, record, name));
    }
    return rows;
  } finally {
    folders.forEach((folder) => folder.dispose());
  }
}

/**
 * The folders of the published code's records, in the repository.
 *
 * @throws {UserError} where this module is no checkout
 */
export function evidence(): string[] {
  const root = new URL("../../test/fixtures/published/", import.meta.url);
  const here = root.protocol === "file:" ? decodeURIComponent(root.pathname) : undefined;
  if (here === undefined || !isFolder(here)) {
    throw new UserError(
      "The published code's records come with the repository, not with the package: clone it, or name a folder of records.",
    );
  }
  return [here, join(here, "comparators"), join(here, "more")];
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function select(folders: ParityFolder[], only: string[]): [ParityFolder, ParityRecord][] {
  const all = folders.flatMap((folder) =>
    folder.records.map((record): [ParityFolder, ParityRecord] => [folder, record])
  );
  for (const part of only) {
    if (all.some(([, { name }]) => name.includes(part))) continue;
    const meant = nearest(part, all.map(([, { name }]) => name));
    const hint = meant ? `did you mean ${meant}?` : "see the manifest's names.";
    throw new UserError(`No record is called ${part}: ${hint}`);
  }
  return all.filter(([, { name }]) =>
    only.length === 0 || only.some((part) => name.includes(part))
  );
}
