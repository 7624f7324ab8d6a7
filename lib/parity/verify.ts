/**
 * Runs the records of a parity folder, what published code computed step by step, through the public code, and says how
 * far each is off.
 *
 * @module
 */
import { nearest, UserError } from "../errors.ts";
import { useBackend } from "../tensor/mod.ts";
import { type ParityRecord, readFolder } from "./manifest.ts";
import { type Row, verifyRecord } from "./record.ts";

/** How to verify a folder. */
export interface VerifyOptions {
  /** `native`, `webgpu`, `wasm` or `cpu`, or `webgpu:software`; by default the fastest that works here. */
  backend?: string;
  /** Names of records, or parts of names; by default all. */
  only?: string[];
  /** Called before each record. */
  before?(done: number, total: number, record: string): void;
}

/**
 * Checks the records of the folder at `path`. A record that can't be checked fails, and the others go on.
 *
 * @returns a row for each record, in the manifest's order
 * @throws {UserError} when the folder has no readable manifest, `only` names no record, or the backend does not work
 */
export async function verifyFolder(path: string, options: VerifyOptions = {}): Promise<Row[]> {
  const { backend, only = [], before } = options;
  const folder = await readFolder(path);
  const chosen = select(folder.records, only);
  const { name } = await useBackend(backend);
  try {
    const rows: Row[] = [];
    for (const record of chosen) {
      before?.(rows.length, chosen.length, record.name);
      rows.push(await verifyRecord(folder, record, name));
    }
    return rows;
  } finally {
    folder.dispose();
  }
}

function select(records: ParityRecord[], only: string[]): ParityRecord[] {
  for (const part of only) {
    if (records.some(({ name }) => name.includes(part))) continue;
    const meant = nearest(part, records.map(({ name }) => name));
    const hint = meant ? `did you mean ${meant}?` : "see the manifest's names.";
    throw new UserError(`No record is called ${part}: ${hint}`);
  }
  return records.filter(({ name }) =>
    only.length === 0 || only.some((part) => name.includes(part))
  );
}
