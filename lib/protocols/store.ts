/**
 * Finished cells on disk: one JSON file each, named by a hash of everything that decides the result. A file is there
 * whole or not at all, and ends in a hash of itself: one that was damaged, altered or renamed counts as none.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { readText } from "../bounds.ts";
import type { Item } from "../datasets/mod.ts";
import type { RunRecord } from "../engine/mod.ts";
import { computedIn } from "../tensor/mod.ts";
import { namesIn, places, writeWhole } from "./files.ts";
import { isRunRecord } from "./record_shape.ts";
import type { PlannedCell } from "./plan_cell.ts";
import type { Lab } from "./run_cell.ts";

/** What of a lab decides numbers. */
export type Deciding = Pick<Lab, "hashes" | "codeOf"> & {
  shared: {
    clip: Pick<RunRecord["clip"], "sha256" | "config">;
    backend: Pick<RunRecord["backend"], "name" | "precision">;
  };
};

/** The identity of a cell: same hash, same numbers. Images count by what they show, where their hashes are known. */
export function identity(planned: PlannedCell, lab: Deciding): string {
  const { cell, targets } = planned;
  return short({
    cell,
    learned: trainingIdentity(planned, lab),
    targets: targets.map(({ dataset, classes }) => ({
      name: dataset.name,
      template: dataset.template,
      templates: dataset.templates,
      classes,
      names: dataset.classNames,
      test: shown(dataset.test, lab.hashes),
    })),
  });
}

/** The identity of what a cell learns: cells that have it alike differ in what they test, and may learn once. */
export function trainingIdentity(
  planned: PlannedCell,
  { hashes, codeOf, shared }: Deciding,
): string {
  const { cell, method, settings, training, views, crops, source, validation } = planned;
  return short({
    code: codeOf?.(method).hash,
    method: cell.method,
    dataset: cell.dataset,
    seed: cell.seed,
    settings,
    training,
    views,
    crops,
    clip: shared.clip.config ? [shared.clip.sha256, shared.clip.config] : shared.clip.sha256,
    backend: computedIn(shared.backend.name, shared.backend.precision),
    template: source.template,
    templates: source.templates,
    names: source.classNames,
    train: shown(source.train, hashes),
    validation: shown(validation, hashes),
  });
}

/** A hash of what images show, remembered for lists that many cells share. */
function shown(items: readonly Item[], hashes?: ReadonlyMap<string, string>): string {
  const known = remembered.get(items);
  if (known && known.hashes === hashes) return known.hash;
  const hash = sha256(
    JSON.stringify(items.map(({ path, label }) => [hashes?.get(path) ?? path, label])),
  );
  remembered.set(items, { hashes, hash });
  return hash;
}

const remembered = new WeakMap<
  readonly Item[],
  { hashes: ReadonlyMap<string, string> | undefined; hash: string }
>();

function short(decides: unknown): string {
  return sha256(JSON.stringify(decides)).slice(0, 16);
}

/** The ids of the cells that have a record file in a folder of results, sorted. */
export async function recordIds(out: string): Promise<string[]> {
  const names = await namesIn(join(out, "records"));
  return names.filter((name) => /^\w+\.json$/.test(name)).sort()
    .map((name) => name.slice(0, -".json".length));
}

/** The record of a finished cell in the folder of results `out`, or undefined. */
export async function readRecord(out: string, id: string): Promise<RunRecord | undefined> {
  try {
    const { sha256: hash, ...record } = JSON.parse(await readText(places(out, id).record));
    return isRunRecord(record) && hash === recordHash(id, record) ? record : undefined;
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
