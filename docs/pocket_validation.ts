/**
 * More validation pictures of a pocket set than it has: with its own eight of each class one picture is over a point of a set's
 * accuracy, which is as much as seeds often differ by. Drawn as the set's own are, from numbers that none of its splits uses.
 */
import { join } from "node:path";
import type { Item, LoadedDataset } from "../lib/datasets/mod.ts";
import { png } from "../lib/datasets/pocket/png.ts";
import { pictureOf, sets } from "../lib/datasets/pocket/sets.ts";

/** Validation pictures of each class. */
export const PER_CLASS = 64;

/** The set with so many validation pictures; what is missing is drawn under `root`. */
export async function withMoreValidation(
  dataset: LoadedDataset,
  root: string,
): Promise<LoadedDataset> {
  const set = sets.find(({ name }) => name === dataset.name)!;
  const { train, val, test } = set.perClass;
  const first = train + val + test;
  const numbers = Array.from({ length: PER_CLASS - val }, (_, i) => first + i);
  const more = await Promise.all(set.subjects.map(async ({ name: className }, label) => {
    const folder = join(root, set.name, String(label));
    await Deno.mkdir(folder, { recursive: true });
    const items: Item[] = [];
    for (const number of numbers) {
      const path = join(folder, `${number}.png`);
      items.push({ path, label, className });
      const there = await Deno.stat(path).then(() => true, () => false);
      if (!there) await Deno.writeFile(path, png(pictureOf(set, label, number)));
    }
    return items;
  }));
  return { ...dataset, val: [...dataset.val, ...more.flat()] };
}
