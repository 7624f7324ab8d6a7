/**
 * Finished cells on disk: one JSON file each, named by a hash of everything that decides the result. A file is there
 * whole or not at all, so a run that was stopped goes on where it was.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { RunRecord } from "../engine/mod.ts";
import type { Lab, PlannedCell } from "./run_cell.ts";

/** Raised when what a cell computes changes for the same inputs. */
const RECIPE = 1;

/** The identity of a cell: same hash, same numbers. */
export function identity(
  planned: PlannedCell,
  { views, shared }: Pick<Lab, "views" | "shared">,
): string {
  const { cell, settings, training, source, targets } = planned;
  const decides = {
    recipe: RECIPE,
    cell,
    settings,
    training,
    views,
    clip: shared.clip.sha256,
    backend: shared.backend.name,
    template: source.template,
    train: source.train,
    targets: targets.map(({ dataset, classes }) => ({
      classes,
      names: dataset.classNames,
      test: dataset.test,
    })),
  };
  return createHash("sha256").update(JSON.stringify(decides)).digest("hex").slice(0, 16);
}

/** The record of a finished cell, or undefined: a file that is not a whole record counts as none. */
export async function readRecord(folder: string, id: string): Promise<RunRecord | undefined> {
  try {
    const record = JSON.parse(await Deno.readTextFile(join(folder, `${id}.json`)));
    return record?.schema === 1 && Array.isArray(record.results) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a finished cell's record. */
export async function writeRecord(folder: string, id: string, record: RunRecord): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, `${id}.json`);
  const part = `${path}.${crypto.randomUUID()}.part`;
  await Deno.writeTextFile(part, `${JSON.stringify(record, null, 1)}\n`);
  await Deno.rename(part, path);
}
