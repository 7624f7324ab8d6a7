/**
 * Data sets that need no files: the pocket suite drawn into memory, and the papers' selections. A face of this room that loads
 * in a browser.
 *
 * @module
 */
import { nearest, UserError } from "../errors.ts";
import type { Raster } from "../image/mod.ts";
import type { Item, LoadedDataset } from "./dataset.ts";
import { SIDE } from "./pocket/canvas.ts";
import { pictureOf, type PocketSet, sets } from "./pocket/sets.ts";

export { baseNew } from "./base_new.ts";
export type { Item, LoadedDataset, Splits } from "./dataset.ts";
export { fewShot } from "./few_shot.ts";

/** A data set with its pictures. */
export interface DrawnSet {
  /** The data set, whose items' paths are names in `pictures`. */
  data: LoadedDataset;
  /** The RGB pictures by name. */
  pictures: ReadonlyMap<string, Raster>;
}

/** The eleven data sets of the pocket suite: their names, titles, and whose parts they play. */
export const drawnSets: readonly Readonly<
  { name: string; title: string; plays: string; classes: number }
>[] = sets.map(({ name, title, plays, subjects }) => ({
  ...{ name, title, plays, classes: subjects.length },
}));

/**
 * Draws a data set of the pocket suite: the same pictures and splits that `pocketSets` writes to disk.
 *
 * @throws {UserError} if there is none of that name
 *
 * @example
 * ```ts
 * import { drawnSet } from "@plumbline/plumbline/core";
 * import assert from "node:assert/strict";
 * const { data, pictures } = drawnSet("pocket-tiles");
 * assert.equal(data.classNames.length, 12);
 * assert.equal(pictures.get(data.test[0]!.path)?.width, 48);
 * ```
 */
export function drawnSet(name: string): DrawnSet {
  const set = sets.find((set) => set.name === name);
  if (set) return drawn(set);
  const names = sets.map(({ name }) => name);
  throw new UserError(
    `there is no pocket set "${name}": did you mean "${nearest(name, names) ?? names[0]}"?`,
  );
}

function drawn(set: PocketSet): DrawnSet {
  const pictures = new Map<string, Raster>();
  const splits: Record<"train" | "val" | "test", Item[]> = { train: [], val: [], test: [] };
  for (const [label, { name: className }] of set.subjects.entries()) {
    const parts = (["train", "val", "test"] as const).flatMap((part) =>
      Array<typeof part>(set.perClass[part]).fill(part)
    );
    for (const [i, part] of parts.entries()) {
      const path = `${set.name}/${label}/${i}`;
      const data = pictureOf(set, label, set.numbers(label)[i]!);
      pictures.set(path, { width: SIDE, height: SIDE, mode: "RGB", data });
      splits[part].push({ path, label, className });
    }
  }
  const { name, title, template, subjects } = set;
  const classNames = subjects.map(({ name }) => name);
  return { data: { name, title, template, classNames, splitFrom: "drawn", ...splits }, pictures };
}
