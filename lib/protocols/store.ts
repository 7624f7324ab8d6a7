/**
 * Finished cells on disk: one JSON file each, named by a hash of everything that decides the result. A file is there
 * whole or not at all, and ends in a hash of itself: one that was damaged, altered or renamed counts as none.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Item } from "../datasets/mod.ts";
import type { RunRecord } from "../engine/mod.ts";
import { places, writeWhole } from "./files.ts";
import type { Lab, PlannedCell } from "./run_cell.ts";

/** Raised when what a cell computes changes for the same inputs. */
const RECIPE = 1;

/** The identity of a cell: same hash, same numbers. Images count by what they show, where their hashes are known. */
export function identity(
  planned: PlannedCell,
  { views, hashes, shared }: Pick<Lab, "views" | "hashes" | "shared">,
): string {
  const { cell, settings, training, source, validation, targets } = planned;
  const shown = (items: Item[]) =>
    items.map(({ path, label }) => [hashes?.get(path) ?? path, label]);
  const decides = {
    recipe: RECIPE,
    cell,
    settings,
    training,
    views,
    clip: shared.clip.sha256,
    backend: shared.backend.name,
    template: source.template,
    names: source.classNames,
    train: shown(source.train),
    validation: shown(validation),
    targets: targets.map(({ dataset, classes }) => ({
      name: dataset.name,
      template: dataset.template,
      classes,
      names: dataset.classNames,
      test: shown(dataset.test),
    })),
  };
  return sha256(JSON.stringify(decides)).slice(0, 16);
}

/** The record of a finished cell in the folder of results `out`, or undefined. */
export async function readRecord(out: string, id: string): Promise<RunRecord | undefined> {
  try {
    const { sha256: hash, ...record } = JSON.parse(
      await Deno.readTextFile(places(out, id).record),
    );
    return record.schema === 1 && hash === recordHash(id, record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes a finished cell's record.
 *
 * @throws {UserError} when it cannot be written
 */
export async function writeRecord(out: string, id: string, record: RunRecord): Promise<void> {
  const plain = JSON.parse(JSON.stringify(record));
  const text = JSON.stringify({ ...plain, sha256: recordHash(id, plain) }, null, 1);
  await writeWhole(places(out, id).record, `${text}\n`);
}

function recordHash(id: string, record: RunRecord): string {
  return sha256(id + JSON.stringify(record));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
