/**
 * A user's own pictures as a data set: a folder of class folders, or of `train`, `val` and `test` with class folders in each.
 *
 * @module
 */

import { basename, extname, join, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { Random } from "../random/mod.ts";
import type { Dataset, Splits } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { SPLIT_SEED, visibleNames } from "./layout.ts";
import { byThirds, type UnsplitClass } from "./made_split.ts";

/** What the decoder reads. */
const READ = new Set([".jpg", ".jpeg", ".png", ".webp"]);

/** Pictures that it does not read, which must not go missing silently. */
const NOT_READ = new Set([".gif", ".bmp", ".tif", ".tiff", ".heic", ".avif", ".jp2", ".ppm"]);

/** The template of a data set that has none of its own. */
export const PLAIN_TEMPLATE = "a photo of a {}.";

/**
 * The data set in the folder `path`, named after it. With `train` and `test` folders (and perhaps `val`) those are the splits;
 * otherwise each class is split 50/20/30 at random, always the same way. Classes are sorted by their folders' names.
 *
 * @param template the prompt template
 *
 * @example
 * ```ts
 * import { folderDataset } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const root = await Deno.makeTempDir();
 * for (const split of ["train", "test"]) {
 *   await Deno.mkdir(`${root}/${split}/song_thrush`, { recursive: true });
 *   await Deno.writeTextFile(`${root}/${split}/song_thrush/1.jpg`, "");
 * }
 * const birds = await folderDataset(root, "a photo of a {}, a type of bird.").load();
 * assert.deepEqual(birds.classNames, ["song thrush"]);
 * assert.equal(birds.train.length, 1);
 * ```
 */
export function folderDataset(path: string, template: string = PLAIN_TEMPLATE): OwnDataset {
  return ownDataset(path, template, async (folder) => {
    const folders = await visibleNames(folder, "folders");
    if (folders.includes("train") && folders.includes("test")) {
      return {
        ...await givenSplits(folder, folders),
        splitFrom: `${folder}: train, val and test folders`,
      };
    }
    const classes = await classesIn(folder, folders);
    return {
      ...byThirds(classes, new Random(SPLIT_SEED), folder),
      splitFrom: `${folder}: 50/20/30 of each class at random, seed ${SPLIT_SEED}`,
    };
  });
}

/** A user's own data set: it knows where it lies, so loading it needs no root. */
export interface OwnDataset extends Dataset {
  /** Reads splits and class names; a root, if given, is ignored. */
  load(root?: string): ReturnType<Dataset["load"]>;
}

/** A data set named after `path`, whose folder that path is (or is in), whatever the root. */
export function ownDataset(
  path: string,
  template: string,
  layout: (folder: string) => Promise<Splits & { splitFrom: string }>,
  folder: string = resolve(path),
): OwnDataset {
  const title = basename(resolve(path), extname(path));
  const set = defineDataset({ name: title, title, template, folder: "", layout });
  return { ...set, load: () => set.load(folder) };
}

async function givenSplits(folder: string, folders: string[]): Promise<Splits> {
  const labels = new Map<string, number>();
  const splits: Splits = { train: [], val: [], test: [] };
  // Labels are places among the classes of all splits together, so that a split may lack a class.
  const given = (["train", "val", "test"] as const).filter((split) => folders.includes(split));
  const found: Record<string, UnsplitClass[]> = {};
  for (const split of given) {
    const at = join(folder, split);
    found[split] = await classesIn(at, await visibleNames(at, "folders"));
    for (const { className } of found[split]) labels.set(className, 0);
  }
  [...labels.keys()].sort().forEach((name, label) => labels.set(name, label));
  for (const split of given) {
    for (const { className, paths } of found[split]) {
      const label = labels.get(className)!;
      splits[split].push(...paths.map((path) => ({ path: `${split}/${path}`, label, className })));
    }
  }
  return splits;
}

/** The classes of a folder, with the images of each. */
async function classesIn(folder: string, names: string[]): Promise<UnsplitClass[]> {
  if (names.length === 0) {
    throw new UserError(
      `${folder} has no class folders: put each class's pictures into a folder named after it.`,
    );
  }
  const classes: UnsplitClass[] = [];
  const notRead: string[] = [];
  for (const [label, className] of names.entries()) {
    const files = await visibleNames(join(folder, className), "files");
    const kind = (file: string) => extname(file).toLowerCase();
    notRead.push(
      ...files.filter((file) => NOT_READ.has(kind(file))).map((file) => `${className}/${file}`),
    );
    const paths = files.filter((file) => READ.has(kind(file))).map((file) =>
      `${className}/${file}`
    );
    if (paths.length > 0) classes.push({ label, className, paths });
    else if (notRead.length === 0) {
      throw new UserError(
        `${
          join(folder, className)
        } has no JPEG, PNG or WebP pictures: add some or remove the folder.`,
      );
    }
  }
  if (notRead.length > 0) {
    throw new UserError(
      `${notRead.length} pictures in ${folder} are of kinds that are not read, for example ${
        notRead[0]
      }: ` +
        "convert them to JPEG, PNG or WebP.",
    );
  }
  return classes;
}
