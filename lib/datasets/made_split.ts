/**
 * The rules by which CoOp's published code makes a split where there is no split file: 50/20/30 of each class
 * (`DescribableTextures.read_and_split_data`), and 80/20 of a given training set (`OxfordPets.split_trainval`).
 *
 * @module
 */

import { UserError } from "../errors.ts";
import type { Random } from "../random/mod.ts";
import type { Item, Splits } from "./dataset.ts";
import { byLabel } from "./few_shot.ts";

/** A class's images before they are split. */
export interface UnsplitClass {
  label: number;
  className: string;
  paths: string[];
}

/** SplitShares of each class's images, which sum to 100: to train on, to validate on, to test on. */
export type SplitShares = readonly [train: number, val: number, test: number];

/** CoOp's. */
export const PUBLISHED_SHARES: SplitShares = [50, 20, 30];

/**
 * Half of each class's images, shuffled, to train, a fifth to val, the rest to test, or other shares; they are rounded half to even.
 *
 * @param where the folder, for messages
 * @throws {UserError} if a class is too small to be in all that have a share
 */
export function byThirds(
  classes: UnsplitClass[],
  random: Random,
  where: string,
  shares: SplitShares = PUBLISHED_SHARES,
): Splits {
  const splits: Splits = { train: [], val: [], test: [] };
  for (const { label, className, paths } of classes) {
    const shuffled = [...paths];
    random.shuffle(shuffled);
    const train = roundHalfToEven(paths.length * shares[0] / 100);
    const val = roundHalfToEven(paths.length * shares[1] / 100);
    const counts = [train, val, paths.length - train - val];
    if (counts.some((count, i) => shares[i]! > 0 && count < 1)) {
      throw new UserError(
        `class "${className}" in ${where} has ${paths.length} images, too few to split ${
          shares.join("/")
        } into ${["train", "val", "test"].filter((_, i) => shares[i]! > 0).join(", ")}: ` +
          `add images${
            shares[1] > 0 && paths.length > 1
              ? ", set none aside for val (--split 70/0/30; in code, split: [70, 0, 30])"
              : ""
          }, or say which are which by train, val and test folders or by a column split.`,
      );
    }
    const items = shuffled.map((path) => ({ path, label, className }));
    splits.train.push(...items.slice(0, train));
    splits.val.push(...items.slice(train, train + val));
    splits.test.push(...items.slice(train + val));
  }
  return splits;
}

/**
 * A fifth of each class's items, shuffled, to val, the rest to train; classes in order of first appearance.
 *
 * @throws {UserError} if a class is too small to be in both
 */
export function splitTrainval(trainval: Item[], random: Random): { train: Item[]; val: Item[] } {
  const train: Item[] = [];
  const val: Item[] = [];
  for (const group of byLabel(trainval).values()) {
    const share = roundHalfToEven(group.length * 0.2);
    if (share < 1) {
      throw new UserError(
        `class "${
          group[0]!.className
        }" has ${group.length} training images, too few to set a fifth aside for val: ` +
          "add images or a split file.",
      );
    }
    random.shuffle(group);
    val.push(...group.slice(0, share));
    train.push(...group.slice(share));
  }
  return { train, val };
}

/** Python's `round`. */
function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
