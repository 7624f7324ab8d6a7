/**
 * `index.sqlite`: the records of a folder of results as two tables, for questions over many cells. Nothing is in it that
 * the records do not say; it is made again whenever it is missing, damaged or older than they are.
 *
 * @module
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import type { RunRecord } from "../engine/mod.ts";
import { explained, namesIn, removeIfThere } from "./files.ts";
import { readRecord } from "./store.ts";

/** Raised when the tables change. */
const VERSION = 2;

const tables = `
  PRAGMA user_version = ${VERSION};
  CREATE TABLE files (id TEXT PRIMARY KEY, size INTEGER, changed REAL);
  CREATE TABLE cells (
    id TEXT PRIMARY KEY, protocol TEXT, method TEXT, dataset TEXT, shots INTEGER, seed INTEGER,
    preset TEXT, settings TEXT, overrides TEXT, clip TEXT, backend TEXT, started TEXT, seconds REAL, parameters INTEGER
  );
  CREATE TABLE results (
    id TEXT, target TEXT, classes TEXT, n INTEGER, accuracy REAL, top5 REAL, macroF1 REAL,
    perClassAccuracy REAL, calibrationError REAL, predictions TEXT
  );
  CREATE INDEX results_of ON results (id);
`;

/** The size and time of change of every record's file, by the cell's identity. */
type Files = Map<string, { size: number; changed: number }>;

/**
 * Opens the index of the folder of results `out`, brought up to date. Close it after use; what is written to it is lost.
 *
 * @throws {UserError} when it cannot be written
 */
export async function openIndex(out: string): Promise<DatabaseSync> {
  const path = join(out, "index.sqlite");
  const files = await recordFiles(out);
  if (!isCurrent(path, files)) await explained(path, () => update(out, path, files));
  return new DatabaseSync(path, { readOnly: true });
}

/** The ids of the cells that have a record file in a folder of results, sorted. */
export async function recordIds(out: string): Promise<string[]> {
  const names = await namesIn(join(out, "records"));
  return names.filter((name) => /^\w+\.json$/.test(name)).sort()
    .map((name) => name.slice(0, -".json".length));
}

async function recordFiles(out: string): Promise<Files> {
  const folder = join(out, "records");
  const names = (await recordIds(out)).map((id) => `${id}.json`);
  return new Map(
    names.map((name) => {
      const { size, mtime } = Deno.statSync(join(folder, name));
      return [name.slice(0, -".json".length), { size, changed: mtime?.getTime() ?? 0 }];
    }),
  );
}

function isCurrent(path: string, files: Files): boolean {
  const known = filesIn(path);
  return known !== undefined && known.size === files.size &&
    [...files].every(([id, file]) => isSame(known.get(id), file));
}

function isSame(a: { size: number; changed: number } | undefined, b: typeof a): boolean {
  return a?.size === b?.size && a?.changed === b?.changed;
}

/** The files that an index was made of; undefined when it is none, or of another version. */
function filesIn(path: string): Files | undefined {
  try {
    Deno.statSync(path);
    using database = new DatabaseSync(path, { readOnly: true });
    const { user_version: version } = database.prepare("PRAGMA user_version").get() ?? {};
    // A stranger's file may have views that never end where ours has tables.
    if (version !== VERSION || !isDeepStrictEqual(schemaOf(database), ownSchema())) {
      return undefined;
    }
    const { quick_check: check } = database.prepare("PRAGMA quick_check(1)").get() ?? {};
    if (check !== "ok") return undefined;
    const rows = database.prepare("SELECT id, size, changed FROM files").all();
    return new Map(
      rows.map(({ id, size, changed }) => [
        String(id),
        { size: Number(size), changed: Number(changed) },
      ]),
    );
  } catch {
    return undefined;
  }
}

/** What a database has, by the statements that made it. */
function schemaOf(database: DatabaseSync): unknown[] {
  return database.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name LIMIT 100")
    .all();
}

function ownSchema(): unknown[] {
  using database = new DatabaseSync(":memory:");
  database.exec(tables);
  return schemaOf(database);
}

/** Writes the index under another name, from the old one where that is of use, and renames it. */
async function update(out: string, path: string, files: Files): Promise<void> {
  const part = `${path}.${crypto.randomUUID()}.part`;
  const known = filesIn(path);
  try {
    if (known) await Deno.copyFile(path, part);
    {
      using database = new DatabaseSync(part);
      // The file gets its name only when it is whole: no journal, no waiting for the disk at every row.
      database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
      if (!known) database.exec(tables);
      database.exec("BEGIN");
      for (const id of known?.keys() ?? []) {
        if (!isSame(files.get(id), known!.get(id))) forget(database, id);
      }
      for (const [id, file] of files) {
        if (isSame(known?.get(id), file)) continue;
        database.prepare("INSERT INTO files VALUES (?, ?, ?)").run(id, file.size, file.changed);
        const record = await readRecord(out, id);
        if (record) insert(database, id, record);
      }
      database.exec("COMMIT");
    }
    await Deno.rename(part, path);
  } finally {
    await removeIfThere(part);
  }
}

function forget(database: DatabaseSync, id: string): void {
  for (const table of ["files", "cells", "results"]) {
    database.prepare(`DELETE FROM ${table} WHERE id = ?`).run(id);
  }
}

function insert(database: DatabaseSync, id: string, record: RunRecord): void {
  const { cell, preset, settings, overrides, clip, backend } = record;
  const { started, seconds, parameters, results } = record;
  add(database, "cells", [
    ...[id, cell.protocol, cell.method, cell.dataset, cell.shots, cell.seed],
    ...[
      preset.name,
      JSON.stringify(settings),
      JSON.stringify(overrides),
      clip.name,
      backend.name,
      started,
      seconds.total,
      parameters,
    ],
  ]);
  for (const { dataset, classes, metrics, predictions } of results) {
    const { n, accuracy, top5, macroF1, perClassAccuracy, calibrationError } = metrics;
    add(database, "results", [
      ...[id, dataset, classes, n, accuracy, top5, macroF1],
      ...[perClassAccuracy, calibrationError, predictions],
    ]);
  }
}

function add(database: DatabaseSync, table: string, values: (string | number)[]): void {
  const places = values.map(() => "?").join(", ");
  database.prepare(`INSERT INTO ${table} VALUES (${places})`).run(...values);
}
