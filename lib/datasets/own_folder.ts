/**
 * A user's own folder of pictures as a data set, laid out as the world lays them out: class folders; train, val and test folders
 * under any of their names; a flat folder with a table; annotations beside the pictures; Parquet files.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { nearest, UserError } from "../errors.ts";
import { classFoldersIn } from "./class_folders.ts";
import { cocoListing, isCoco } from "./coco.ts";
import { isFile, isFolder } from "./layout.ts";
import { type Listing, type OwnDataset, ownDataset, type OwnOptions, splitNamed } from "./own.ts";
import { readTable, tablesIn } from "./own_table.ts";
import { counted, type Entries, entriesOf } from "./picture_files.ts";

/**
 * The data set in the folder `path`, named after it. What is read, in this order: Parquet files; a table of pictures (`metadata.csv`,
 * `metadata.jsonl`, or the only table of a folder without class folders); COCO's annotations; train, val and test folders, in
 * capitals or as `training`, `valid`, `validation`, `dev`, `testing`; else class folders, each split 50/20/30 at random, always the
 * same way. A class's pictures may lie in folders below its own. Classes are sorted by name.
 *
 * @param options how it is read, or its template
 *
 * @category Load
 *
 * @example
 * ```ts
 * import { folderDataset } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const root = await Deno.makeTempDir();
 * for (const split of ["train", "valid", "test"]) {
 *   await Deno.mkdir(`${root}/${split}/song_thrush`, { recursive: true });
 *   await Deno.writeTextFile(`${root}/${split}/song_thrush/1.jpg`, "");
 * }
 * const birds = await folderDataset(root, { template: "a photo of a {}, a type of bird." }).load();
 * assert.deepEqual(birds.classNames, ["song thrush"]);
 * assert.equal(birds.val.length, 1);
 * ```
 */
export function folderDataset(path: string, options: OwnOptions | string = {}): OwnDataset {
  return ownDataset(path, options, async (folder, scratch) => {
    if (await isFile(folder)) {
      throw new UserError(
        `${folder} is a file, not a folder: give it as csv:, parquet:, coco: or split:.`,
      );
    }
    if (!await isFolder(folder)) throw await noFolder(folder);
    const { at, entries } = await unwrapped(folder);
    const listing = await listed(at, entries, scratch);
    if (at === folder) return listing;
    const wrapper = at.slice(folder.length + 1);
    return {
      ...listing,
      at: listing.at ?? at,
      assumed: [`all lies in its folder ${wrapper}`, ...listing.assumed],
    };
  });
}

/** The error for a folder that is not there, with what may have been meant. */
async function noFolder(folder: string): Promise<UserError> {
  const parent = dirname(folder);
  if (!await isFolder(parent)) {
    return new UserError(`there is no folder ${folder}, and no ${parent} either: check the path.`);
  }
  const { folders } = await entriesOf(parent);
  const meant = nearest(basename(folder), folders);
  return new UserError(
    `there is no folder ${folder}: ${
      meant ? `did you mean ${join(parent, meant)}?` : "check the path."
    }`,
  );
}

/** The folder that holds more than one folder alone, as archives unpack to `birds/birds/train`. */
async function unwrapped(folder: string): Promise<{ at: string; entries: Entries }> {
  let [at, entries] = [folder, await entriesOf(folder)];
  for (let depth = 0; depth < 4; depth++) {
    const [only, ...more] = entries.folders;
    const holdsMore = more.length > 0 || entries.files.length > 0 || entries.dead.length > 0;
    if (only === undefined || holdsMore || splitNamed(only)) break;
    const inside = await entriesOf(join(at, only));
    if (inside.folders.length === 0) break;
    [at, entries] = [join(at, only), inside];
  }
  return { at, entries };
}

async function listed(folder: string, entries: Entries, scratch?: string): Promise<Listing> {
  const splits = splitFolders(folder, await splitsAmong(folder, entries));
  const tables = await tablesIn(folder, entries, splits.size > 0);
  if (tables) {
    return withLeft(await readTable(tables, folder, scratch), entries, tables.files);
  }
  if (splits.size > 0) return await ofSplits(folder, entries, splits, scratch);
  const annotations = await cocoIn(folder, entries);
  if (annotations) return await cocoListing(annotations);
  const listing = await classFoldersIn(folder, entries.folders);
  return withLeft({ ...listing, by: "class folders" }, entries, []);
}

/** Folders of splits: all folders there are, or two and more that hold no pictures themselves. */
async function splitsAmong(folder: string, { folders }: Entries): Promise<string[]> {
  const named = folders.filter((name) => splitNamed(name) !== undefined);
  if (named.length === folders.length) return named;
  // A class may be called train, as the vehicle is: then its pictures lie in its folder.
  for (const name of named) {
    const { folders: inside, files } = await entriesOf(join(folder, name));
    const holdsPictures = files.some((file) => /\.(jpe?g|png|webp)$/i.test(file));
    if (inside.length === 0 || holdsPictures) return [];
  }
  return named;
}

function splitFolders(folder: string, names: string[]): Map<string, string> {
  const bySplit = new Map<string, string>();
  for (const name of names) {
    const split = splitNamed(name)!;
    const other = bySplit.get(split);
    if (other !== undefined) {
      throw new UserError(
        `${folder} has ${other} and ${name}, and both mean ${split}: rename one of the two folders.`,
      );
    }
    bySplit.set(split, name);
  }
  return bySplit;
}

/** What the split folders list, each in its own way. */
async function ofSplits(
  folder: string,
  entries: Entries,
  splits: Map<string, string>,
  scratch?: string,
): Promise<Listing> {
  const listings: [name: string, listing: Listing][] = [];
  for (const name of [...splits.values()].sort()) {
    const at = join(folder, name);
    const inside = await entriesOf(at);
    const tables = await tablesIn(at, inside, false);
    const annotations = await cocoIn(at, inside);
    listings.push([
      name,
      tables
        ? withLeft(await readTable(tables, at, scratch), inside, tables.files)
        : annotations
        ? await cocoListing(annotations)
        : withLeft(await classFoldersIn(at, inside.folders), inside, []),
    ]);
  }
  const names = [...splits.values()];
  const ignored = entries.folders.filter((name) => !names.includes(name));
  const pictures = listings.flatMap(([name, { pictures, at }]) =>
    pictures.map(({ path, className }) => ({
      path: join(at ?? join(folder, name), path),
      className,
      split: splitNamed(name),
    }))
  );
  return {
    pictures,
    by: `${names.sort().join(", ")} folder${names.length > 1 ? "s" : ""}`,
    assumed: [
      ...left(entries, []),
      ...ignored.length > 0
        ? [`${ignored.length} folders beside the splits are not read: ${ignored.join(", ")}`]
        : [],
      ...listings.flatMap(([name, { assumed }]) => assumed.map((line) => `${name}: ${line}`)),
    ],
  };
}

/** The annotations of a folder in COCO's format, if it has some. */
async function cocoIn(folder: string, { files }: Entries): Promise<string | undefined> {
  const found: string[] = [];
  for (const name of files.filter((file) => /\.json$/i.test(file))) {
    if (await isCoco(join(folder, name))) found.push(name);
  }
  if (found.length > 1) {
    throw new UserError(
      `${folder} has several files of annotations, ${found.join(", ")}: give one as coco:${
        join(folder, found[0]!)
      }.`,
    );
  }
  return found.length === 0 ? undefined : join(folder, found[0]!);
}

/** A listing with what lies beside it and is not read. */
function withLeft(listing: Listing, entries: Entries, used: readonly string[]): Listing {
  return { ...listing, assumed: [...left(entries, used), ...listing.assumed] };
}

function left({ files, dead }: Entries, used: readonly string[]): string[] {
  const others = files.filter((name) => !used.includes(name) && !/\.(jpe?g|png|webp)$/i.test(name));
  const loose = files.filter((name) => !used.includes(name) && !others.includes(name));
  return [
    ...dead.length > 0 ? [`${counted(dead, "link")} that lead nowhere not read`] : [],
    ...others.length > 0 && used.length === 0
      ? [`${counted(others)} beside the folders not read`]
      : [],
    ...loose.length > 0 && used.length === 0
      ? [`${counted(loose, "picture")} in no class folder not read`]
      : [],
  ];
}
