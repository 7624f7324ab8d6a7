/**
 * A user's own table of pictures as a data set: rows of a picture and its class, and perhaps its split, as CSV (commas, semicolons,
 * tabs), lines of JSON, or Parquet, whose pictures may lie inside of it.
 *
 * @module
 */

import { basename, dirname, extname, join } from "node:path";
import { readWhole } from "../bounds.ts";
import { nearest, UserError } from "../errors.ts";
import { csvRows } from "./csv.ts";
import { writeEmbedded } from "./embedded.ts";
import { isFile, isFolder } from "./layout.ts";
import {
  type Listed,
  type Listing,
  type OwnDataset,
  ownDataset,
  type OwnOptions,
  ownOptions,
} from "./own.ts";
import { splitNamed } from "./own.ts";
import { readParquet } from "./parquet.ts";
import type { Field } from "./parquet_worker.ts";
import { type Entries, entriesOf } from "./picture_files.ts";
import { isRecord } from "./split.ts";
import { listedIn } from "./table_columns.ts";
import { decodeText } from "./text_file.ts";

/** A row of a table, by column. */
export type Row = Record<string, Field>;

/**
 * The data set of a table, named after it. Columns: `path` (or `file_name`, `filename`, `file`, `image`), relative to the file's
 * folder; `label` (or `class`, `class_name`, `category`), the class's name; and, if there, `split` (train, val or test), without which
 * each class is split 50/20/30 at random, always the same way. A column of 0 and 1 for each class is read too, where a picture has one.
 * Classes are sorted by name.
 *
 * @param options how it is read, or its template
 *
 * @category Load
 *
 * @example
 * ```ts
 * import { tableDataset } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const file = `${await Deno.makeTempDir()}/birds.csv`;
 * await Deno.writeTextFile(file, "path;label;split\n1.jpg;wren;train\n2.jpg;robin;test\n");
 * const birds = await tableDataset(file).load();
 * assert.deepEqual(birds.classNames, ["robin", "wren"]);
 * ```
 */
export function tableDataset(path: string, options: OwnOptions | string = {}): OwnDataset {
  const own = ownOptions(options);
  const name = own.name ?? basename(path, extname(path));
  return ownDataset(path, { ...own, name }, async (file, scratch) => {
    if (await isFolder(file)) {
      throw new UserError(`${file} is a folder, not a table: give it as folder:${path}.`);
    }
    if (!await isFile(file)) throw await noFile(file);
    const folder = dirname(file);
    const listing = await readTable({ files: [basename(file)], guess: [] }, folder, scratch);
    return { at: folder, ...listing };
  });
}

/** The error for a file that is not there, with what may have been meant. */
export async function noFile(file: string): Promise<UserError> {
  const folder = dirname(file);
  if (!await isFolder(folder)) {
    return new UserError(
      `there is no file ${file}, and no folder ${folder} either: check the path.`,
    );
  }
  const meant = nearest(basename(file), (await entriesOf(folder)).files);
  return new UserError(
    `there is no file ${file}: ${
      meant ? `did you mean ${join(folder, meant)}?` : "check the path."
    }`,
  );
}

/** Tables of a folder's pictures. */
export interface Tables {
  /** The images' files, relative to the folder. */
  files: string[];
  /** Folders that pictures may be relative to, where they do not lie where the table says. */
  guess: string[];
}

/**
 * The tables that list a folder's pictures, if there are such: Parquet files, `metadata` in any format, or what is there beside
 * pictures that lie in no class folders.
 *
 * @param hasSplits whether it has folders of splits, which go before tables of other names
 * @throws {UserError} for several tables, none of which is told
 */
export async function tablesIn(
  folder: string,
  { files, folders }: Entries,
  hasSplits: boolean,
): Promise<Tables | undefined> {
  const metadata = files.filter((name) => /^metadata\.(csv|tsv|jsonl|parquet)$/i.test(name));
  if (metadata.length > 0) return { files: oneOf(metadata, folder), guess: [] };
  const parquet = files.filter((name) => /\.parquet$/i.test(name));
  if (parquet.length > 0) return { files: parquet, guess: [] };
  if (folders.includes("data")) {
    const inside = (await entriesOf(join(folder, "data"))).files;
    const shards = inside.filter((name) => /\.parquet$/i.test(name));
    if (shards.length > 0) return { files: shards.map((name) => `data/${name}`), guess: [] };
  }
  const tables = files.filter((name) => /\.(csv|tsv|jsonl)$/i.test(name));
  if (tables.length === 0 || !await isFlat(folder, folders, hasSplits)) return undefined;
  const splits = tables.filter((name) => splitOf(name) !== undefined);
  return { files: splits.length > 1 ? splits : oneOf(tables, folder), guess: folders };
}

/** Whether pictures lie in no class folders: in the folder itself, in one folder of it, or in its splits' own. */
async function isFlat(folder: string, folders: string[], hasSplits: boolean): Promise<boolean> {
  if (folders.length > 1 && !hasSplits) return false;
  for (const name of folders) {
    if ((await entriesOf(join(folder, name))).folders.length > 0) return false;
  }
  return true;
}

function oneOf(tables: string[], folder: string): string[] {
  if (tables.length === 1) return tables;
  throw new UserError(
    `${folder} has several tables, ${tables.join(", ")}: give one as csv:${
      join(folder, tables[0]!)
    }.`,
  );
}

/** The split that a table is of by its name: `train.csv`, `validation-00000-of-00002.parquet`. */
function splitOf(file: string): ReturnType<typeof splitNamed> {
  return splitNamed(basename(file).split(/[-._]/)[0]!);
}

/** What tables list, their paths relative to `folder`. */
export async function readTable(
  { files, guess }: Tables,
  folder: string,
  scratch?: string,
): Promise<Listing> {
  const pictures: Listed[] = [];
  const assumed: string[] = [];
  const by = new Set<string>();
  const order = new Map<string, string[]>();
  for (const name of files) {
    const file = join(folder, name);
    const { rows, names } = await rowsOf(file);
    if (rows.length === 0) {
      throw new UserError(`${file} has no rows: give one for each picture.`);
    }
    const written = await writeEmbedded(rows, file, scratch);
    const listed = listedIn(rows, file, { names, written: written?.paths });
    const split = files.length > 1 || splitOf(name) ? splitOf(name) : undefined;
    const base = written ? "" : await baseOf(listed.pictures, folder, name, guess);
    for (const picture of listed.pictures) {
      const path = base === "" || written ? picture.path : `${base}/${picture.path}`;
      pictures.push({
        ...picture,
        path,
        split: picture.split ?? (files.length > 1 ? split : undefined),
      });
    }
    assumed.push(
      ...written ? [written.said] : [],
      ...base === "" ? [] : [`paths of ${name} are taken to start in ${base}`],
      ...listed.assumed,
    );
    by.add(listed.splits ? "its column split" : files.length > 1 ? "tables of splits" : "a table");
    if (listed.order) order.set(listed.order.join("\n"), listed.order);
  }
  const without = pictures.filter(({ split }) => split === undefined).length;
  if (without > 0 && without < pictures.length) {
    throw new UserError(
      `${folder} has ${without} pictures of no split beside others of one (${
        files.join(", ")
      }): name tables by their splits, train, val and test.`,
    );
  }
  const [first, ...others] = order.values();
  return {
    pictures,
    by: [...by].join(" and "),
    assumed: [...new Set(assumed)],
    ...first && others.length === 0 && { order: first },
  };
}

/** Where the paths of a table start: in its own folder, or in one beside it that holds its first picture. */
async function baseOf(
  [first]: Listed[],
  folder: string,
  table: string,
  guess: string[],
): Promise<string> {
  const own = dirname(table) === "." ? "" : dirname(table);
  const split = splitOf(table);
  const named = guess.filter((name) => splitNamed(name) === split && split !== undefined);
  for (
    const base of [own, ...named, ...guess, ...own === "" ? ["images"] : ["", `${own}/images`]]
  ) {
    if (first !== undefined && await isFile(join(folder, base, first.path))) return base;
  }
  return own;
}

/** The rows of a table in its format. */
async function rowsOf(file: string): Promise<{ rows: Row[]; names: Record<string, string[]> }> {
  const kind = extname(file).toLowerCase();
  if (kind === ".parquet") return await readParquet(await readWhole(file, LARGEST_PARQUET), file);
  const text = decodeText(await readWhole(file), file);
  return { rows: kind === ".jsonl" ? jsonRows(text, file) : csvRows(text, file), names: {} };
}

/** Bytes of a Parquet file that is read whole; larger data sets have several. */
const LARGEST_PARQUET = 2 ** 30;

/** The rows of lines of JSON. */
function jsonRows(text: string, file: string): Row[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === "") return [];
    let read: unknown;
    try {
      read = JSON.parse(line);
    } catch (error) {
      throw new UserError(
        `line ${i + 1} of ${file} is not JSON (${(error as Error).message}): correct it.`,
      );
    }
    if (!isRecord(read)) {
      throw new UserError(
        `line ${i + 1} of ${file} is no object: write {"file_name": …, "label": …}.`,
      );
    }
    return [
      Object.fromEntries(Object.entries(read).map(([key, value]) => [key, jsonField(value)])),
    ];
  });
}

function jsonField(value: unknown): Field {
  if (value === null) return "";
  if (typeof value !== "object") return String(value);
  const isPlain = Array.isArray(value) && value.every((x) => typeof x !== "object" || x === null);
  return isPlain ? value.map((x) => String(x ?? "")) : { structure: true };
}
