/**
 * How data sets lie on disk and how their splits come about: a layout reads a data set's folder into splits whose paths are
 * relative to it. The rules are those of KaiyangZhou/CoOp's `datasets/*.py`.
 *
 * @module
 */

import { join } from "node:path";
import { readWhole } from "../bounds.ts";
import { isAbsent, UserError } from "../errors.ts";
import { Random } from "../random/mod.ts";
import type { Item, Splits } from "./dataset.ts";
import { byThirds } from "./made_split.ts";
import { readSplit } from "./split.ts";

/** Reads a data set's folder; paths come back relative to it, class names as published. */
export type FolderLayout = (
  folder: string,
) => Promise<Splits & { splitFrom: string; assumed?: string[] }>;

/** The seed of splits made here. The published code draws them in the middle of a run, from that run's own seed. */
export const SPLIT_SEED = 1;

/** Makes the splits of a data set's folder where there is no split file; paths come back relative to the folder. */
export type Rule = (folder: string, random: Random) => Promise<Splits>;

/**
 * A split file if it is there; otherwise the split that `rule` makes.
 *
 * @param file the split file, under the data set's folder
 * @param images the folder that the split file's paths are relative to, under the data set's folder; `""` for itself
 */
export function splitFile(file: string, images: string, rule: Rule): FolderLayout {
  return async (folder) => {
    const path = join(folder, file);
    if (!await isFile(path)) {
      const made = await rule(folder, new Random(SPLIT_SEED));
      const splitFrom = `no ${file}: made by the published rule, seed ${SPLIT_SEED}`;
      return {
        ...made,
        splitFrom,
        assumed: [`the split is not the published one: there is ${splitFrom}`],
      };
    }
    const { train, val, test } = await readSplit(path);
    const under = (items: Item[]) =>
      images === "" ? items : items.map((item) => ({ ...item, path: `${images}/${item.path}` }));
    return { train: under(train), val: under(val), test: under(test), splitFrom: path };
  };
}

/** Names in `folder` that are not hidden, sorted by code unit; the published code takes images in the disk's own order. */
export async function visibleNames(folder: string, kind: "files" | "folders"): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      const isFolder = entry.isDirectory ||
        (entry.isSymlink && (await Deno.stat(join(folder, entry.name))).isDirectory);
      if (!entry.name.startsWith(".") && isFolder === (kind === "folders")) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(
      `there is no folder ${folder}: fetch the data set, or check the root folder.`,
    );
  }
  return names.sort();
}

/**
 * Images in class folders, each class split 50/20/30 at random; labels are the sorted folders' places.
 *
 * @param images the folder of class folders, under the data set's folder
 * @param ignored folders that are no class
 * @param renamed class names that differ from their folder's
 */
export function classFolders(
  images: string,
  { ignored = [], renamed = {} }: { ignored?: string[]; renamed?: Record<string, string> } = {},
): Rule {
  return async (folder, random) => {
    const at = join(folder, images);
    const names = (await visibleNames(at, "folders")).filter((name) => !ignored.includes(name));
    const classes = [];
    for (const [label, name] of names.entries()) {
      const files = await visibleNames(join(at, name), "files");
      const paths = files.map((file) => `${images}/${name}/${file}`);
      classes.push({ label, className: renamed[name] ?? name, paths });
    }
    return byThirds(classes, random, at);
  };
}

/**
 * The lines of a text file that a data set needs, trimmed, without empty ones.
 *
 * @throws {UserError} if there is no such file
 */
export async function lines(file: string): Promise<string[]> {
  const text = new TextDecoder().decode(await needed(file));
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

/**
 * The bytes of a file that a data set needs.
 *
 * @throws {UserError} if there is no such file
 */
export async function needed(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readWhole(file);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw new UserError(`there is no file ${file}: fetch the data set, or add the file.`);
  }
}

/** Whether `path` is a file. */
export async function isFile(path: string): Promise<boolean> {
  return (await status(path))?.isFile ?? false;
}

/** Whether `path` is a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return (await status(path))?.isDirectory ?? false;
}

async function status(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
}
