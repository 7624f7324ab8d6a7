/**
 * The pocket suite on disk: PNG files in class folders and a split file in CoOp's format, as a prepared data set has them.
 *
 * @module
 */

import { join } from "node:path";
import { nearest, UserError } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { defineDataset } from "../define.ts";
import { isFile, splitFile } from "../layout.ts";
import { readSplit } from "../split.ts";
import { png } from "./png.ts";
import { pictureOf, type PocketSet, sets, shifts } from "./sets.ts";

/** The eleven data sets of the pocket suite, in the papers' order of those whose parts they play. Loading draws what is missing. */
export const pocketSets: readonly Dataset[] = sets.map(asDataset);

/** The four shifts of pocket-objects: V2, Sketch, A and R. Loading draws what is missing. */
export const pocketShifts: readonly Dataset[] = shifts.map(asDataset);

/**
 * Draws the data sets of the pocket suite that are not there yet under `root`. Each is written under another name first and then
 * renamed: it is there whole or not at all.
 *
 * @param names which; all fifteen where absent
 * @throws {UserError} if there is no set of a name
 *
 * @example
 * ```ts
 * import { drawPocket, pocketSets } from "@plumbline/plumbline/datasets";
 * import assert from "node:assert/strict";
 * const root = await Deno.makeTempDir();
 * await drawPocket(root, ["pocket-tiles"]);
 * const tiles = await pocketSets.find(({ name }) => name === "pocket-tiles")!.load(root);
 * assert.equal(tiles.classNames.length, 12);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function drawPocket(root: string, names?: readonly string[]): Promise<void> {
  const all = [...sets, ...shifts];
  const known = all.map(({ name }) => name);
  for (const name of names ?? known) {
    const set = all.find((set) => set.name === name);
    if (set) await drawSet(set, root);
    else {
      throw new UserError(
        `there is no pocket set "${name}": did you mean "${nearest(name, known) ?? known[0]}"?`,
      );
    }
  }
}

/** The split file of a set. */
function splitName(name: string): string {
  return `split_${name.replaceAll("-", "_")}.json`;
}

function asDataset({ name, title, template }: PocketSet): Dataset {
  const set = defineDataset({
    name,
    title,
    template,
    folder: name,
    layout: splitFile(splitName(name), "images", () => {
      throw new Error(`${splitName(name)} is written with the images`);
    }),
  });
  return {
    ...set,
    async load(root: string) {
      await drawPocket(root, [name]);
      return await set.load(root);
    },
  };
}

async function drawSet(set: PocketSet, root: string): Promise<void> {
  const folder = join(root, set.name);
  const file = splitName(set.name);
  if (await isDrawn(set, join(folder, file))) return;
  const isOld = await isFile(join(folder, file));
  const part = `${folder}.${crypto.randomUUID()}.part`;
  try {
    await Deno.mkdir(part, { recursive: true });
    await Deno.writeTextFile(join(part, file), JSON.stringify(await writeImages(set, part)));
    if (isOld) await Deno.remove(folder, { recursive: true });
    await Deno.rename(part, folder);
  } catch (error) {
    await Deno.remove(part, { recursive: true }).catch(() => {});
    if (!await isDrawn(set, join(folder, file))) throw error; // else another process was first
  }
}

/** Whether the set is there, with the class names that it has now: an earlier version may have drawn it with others. */
async function isDrawn({ subjects }: PocketSet, file: string): Promise<boolean> {
  if (!await isFile(file)) return false;
  return Object.values(await readSplit(file)).flat()
    .every(({ label, className }) => subjects[label]?.name === className);
}

type Split = Record<"train" | "val" | "test", [path: string, label: number, name: string][]>;

/** Writes the images under `folder`; the split file's contents. */
async function writeImages(set: PocketSet, folder: string): Promise<Split> {
  const split: Split = { train: [], val: [], test: [] };
  for (const [label, { name }] of set.subjects.entries()) {
    const slug = name.replaceAll(" ", "_");
    await Deno.mkdir(join(folder, "images", slug), { recursive: true });
    const numbers = set.numbers(label);
    const parts = (["train", "val", "test"] as const).flatMap((part) =>
      Array<typeof part>(set.perClass[part]).fill(part)
    );
    await Promise.all(parts.map(async (part, i) => {
      const path = `${slug}/${String(i).padStart(3, "0")}.png`;
      split[part].push([path, label, name]);
      await Deno.writeFile(join(folder, "images", path), png(pictureOf(set, label, numbers[i]!)));
    }));
  }
  return split;
}
