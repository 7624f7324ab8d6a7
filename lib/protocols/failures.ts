/**
 * Cells that ended in an error, a JSON file each, until they are done.
 *
 * @module
 */
import { readText } from "../bounds.ts";
import type { Cell } from "../engine/mod.ts";
import { places, removeIfThere, writeWhole } from "./files.ts";

/** A cell that ended in an error. */
export interface FailedCell {
  /** The version of this schema. */
  schema: 1;
  /** The cell's identity. */
  id: string;
  /** The cell. */
  cell: Cell;
  /** The error, in one line. */
  error: string;
  /** When the cell failed, as ISO 8601 has it. */
  at: string;
}

/** Notes that a cell ended in an error. */
export async function noteFailure(
  out: string,
  id: string,
  cell: Cell,
  error: string,
): Promise<FailedCell> {
  const failed: FailedCell = { schema: 1, id, cell, error, at: new Date().toISOString() };
  await writeWhole(places(out, id).failure, `${JSON.stringify(failed, null, 1)}\n`);
  return failed;
}

/** The noted failure of a cell, if there is one. */
export async function readFailure(out: string, id: string): Promise<FailedCell | undefined> {
  try {
    const failed = JSON.parse(await readText(places(out, id).failure));
    return failed?.schema === 1 && typeof failed.error === "string" ? failed : undefined;
  } catch {
    return undefined;
  }
}

/** Forgets a failure. */
export async function forgetFailure(out: string, id: string): Promise<void> {
  await removeIfThere(places(out, id).failure);
}
