/**
 * Few-shot sampling exactly as the papers' published code does it (KaiyangZhou/CoOp and Dassl.pytorch), so that a seed gives the same
 * images.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { Random } from "../random/mod.ts";
import type { Splits } from "./dataset.ts";

/**
 * `splits` with `shots` images per class in `train` and min(`shots`, 4) in `val`; `test` is untouched. One generator, Python's
 * `random.seed(seed)`, draws for the classes in order of first appearance, train first. A class with fewer images is kept
 * whole and draws nothing. A `val` that is the very list `test` (ImageNet) is kept whole, as published.
 *
 * Sampling comes before any base/new selection: see {@link baseNew}.
 *
 * @param splits a loaded data set, or splits alone
 * @param shots images per class, at least 1; or of each class by its label, 0 or more
 * @param seed the integer for `random.seed`; the papers use 1, 2 and 3
 * @throws {UserError} if `shots` is no positive integer, a class has none, or the seed is no integer
 *
 * @category Load
 *
 * @example
 * ```ts
 * import { fewShot } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const train = [0, 0, 0, 1].map((label, i) => ({ path: `${i}.jpg`, label, className: `class ${label}` }));
 * const drawn = fewShot({ train, val: [], test: [] }, 2, 1);
 * assert.deepEqual(drawn.train.map((item) => item.label), [0, 0, 1]);
 * ```
 */
export function fewShot<T extends Splits>(
  splits: T,
  shots: number | readonly number[],
  seed: number,
): T {
  const all = typeof shots === "number";
  for (const k of all ? [shots] : shots) {
    if (!Number.isInteger(k) || k < (all ? 1 : 0)) {
      throw new UserError(`${k} shots: give the number of images per class, 1 or more.`);
    }
  }
  if (!Number.isSafeInteger(seed)) throw new UserError(`the seed ${seed} is no whole number.`);
  const random = new Random(seed);
  const draw = (items: Splits["train"], most: number) =>
    [...byLabel(items)].flatMap(([label, group]) => {
      const k = Math.min(all ? shots : shotsOf(shots, label), most);
      return group.length < k ? group : random.sample(group, k);
    });
  const train = draw(splits.train, Infinity);
  const val = splits.val === splits.test ? splits.val : draw(splits.val, 4);
  return { ...splits, train, val };
}

function shotsOf(shots: readonly number[], label: number): number {
  if (label < shots.length) return shots[label]!;
  throw new UserError(`no shots are given for class ${label}: give them for every class.`);
}

/** The items of each label, labels in order of first appearance. */
export function byLabel<T extends { label: number }>(items: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(item.label);
    if (group) group.push(item);
    else groups.set(item.label, [item]);
  }
  return groups;
}
