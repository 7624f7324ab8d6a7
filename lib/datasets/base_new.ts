/**
 * The division of a data set's classes into base and new, as CoCoOp introduced it (Zhou et al., CVPR 2022, section 4.1) and both papers
 * use it.
 *
 * @module
 */

import type { Item, LoadedDataset } from "./dataset.ts";

/**
 * The base and the new half of a data set's classes: the first ⌈n/2⌉ labels are base, the rest new, each relabelled from 0.
 * Few-shot sampling comes first ({@link fewShot}), so the base half trains on the images that the whole set would draw.
 *
 * @category Load
 *
 * @example
 * ```ts
 * import { baseNew } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const test = [0, 1, 2].map((label) => ({ path: `${label}.jpg`, label, className: "abc".charAt(label) }));
 * const pets = { name: "pets", title: "Pets", template: "{}", splitFrom: "split.json", train: [], val: [], test };
 * const halves = baseNew({ ...pets, classNames: ["a", "b", "c"] });
 * assert.deepEqual(halves.base.classNames, ["a", "b"]);
 * assert.deepEqual(halves.new.test, [{ path: "2.jpg", label: 0, className: "c" }]);
 * ```
 */
export function baseNew(dataset: LoadedDataset): { base: LoadedDataset; new: LoadedDataset } {
  const classes = dataset.classNames.length;
  const firstNew = Math.ceil(classes / 2);
  return { base: classRange(dataset, 0, firstNew), new: classRange(dataset, firstNew, classes) };
}

/** The classes `first` … `end` − 1, relabelled from 0. */
function classRange(dataset: LoadedDataset, first: number, end: number): LoadedDataset {
  const select = (items: Item[]) =>
    items.flatMap((item) =>
      item.label >= first && item.label < end ? [{ ...item, label: item.label - first }] : []
    );
  return {
    ...dataset,
    classNames: dataset.classNames.slice(first, end),
    train: select(dataset.train),
    val: select(dataset.val),
    test: select(dataset.test),
    ...dataset.shotsPerClass && { shotsPerClass: dataset.shotsPerClass.slice(first, end) },
  };
}
