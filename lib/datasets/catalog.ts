/**
 * The data sets by name: an explicit list, and the look-up that the command line uses.
 *
 * @module
 */

import { nearest, UserError } from "../errors.ts";
import { caltech101 } from "./caltech101.ts";
import { cocoDataset } from "./coco.ts";
import type { Dataset } from "./dataset.ts";
import { dtd } from "./dtd.ts";
import { eurosat } from "./eurosat.ts";
import { fgvcAircraft } from "./fgvc_aircraft.ts";
import { food101 } from "./food101.ts";
import { imagenet } from "./imagenet.ts";
import { imagenetA } from "./imagenet_a.ts";
import { imagenetR } from "./imagenet_r.ts";
import { imagenetSketch } from "./imagenet_sketch.ts";
import { imagenetV2 } from "./imagenetv2.ts";
import { type OwnDataset, type OwnOptions, ownOptions } from "./own.ts";
import { folderDataset } from "./own_folder.ts";
import { splitDataset } from "./own_split.ts";
import { tableDataset } from "./own_table.ts";
import { oxfordFlowers } from "./oxford_flowers.ts";
import { oxfordPets } from "./oxford_pets.ts";
import { pocketSets, pocketShifts } from "./pocket/mod.ts";
import { reworded } from "./reworded.ts";
import { parsedSpec } from "./spec.ts";
import { stanfordCars } from "./stanford_cars.ts";
import { sun397 } from "./sun397.ts";
import { ucf101 } from "./ucf101.ts";

/**
 * The eleven data sets of the papers and the four shifted ImageNets, in the papers' order.
 *
 * @category Load
 */
export const datasets: readonly Dataset[] = [
  imagenet,
  caltech101,
  oxfordPets,
  stanfordCars,
  oxfordFlowers,
  food101,
  fgvcAircraft,
  sun397,
  dtd,
  eurosat,
  ucf101,
  imagenetV2,
  imagenetSketch,
  imagenetA,
  imagenetR,
];

/**
 * The data set of that name: its short name or its title, in any case and punctuation; or a user's own, `folder:./birds`,
 * `csv:./birds.csv`, `parquet:./birds.parquet`, `coco:./annotations.json` or, in CoOp's format, `split:./split.json`. One's own that
 * has a published set's name is told from it by `own`, as in `own-eurosat`.
 *
 * @param options how a user's own is read, or what takes the place of another's template, class names and shots
 * @throws {UserError} if there is none, with the nearest right spelling
 *
 * @category Load
 *
 * @example
 * ```ts
 * import { dataset } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * assert.equal(dataset("EuroSAT").name, "eurosat");
 * assert.equal(dataset("folder:./birds").name, "birds");
 * assert.throws(() => dataset("eurosta"), /did you mean "eurosat"/);
 * ```
 */
export function dataset(name: string, options: OwnOptions = {}): Dataset {
  ownOptions(options);
  const spec = parsedSpec(name);
  if (spec) return dataset(spec.from, { ...spec.options, ...options });
  const [, kind, path] = name.match(/^([a-z]+):(.+)$/) ?? [];
  if (kind !== undefined) {
    if (Object.hasOwn(own, kind)) return told(own[kind]!, path!, options);
    const meant = nearest(kind, Object.keys(own));
    throw new UserError(
      `"${name}" is no data set: ${
        meant ? `did you mean ${meant}:${path}? Your` : "your"
      } own are ${Object.keys(own).map((k) => `${k}:PATH`).join(" or ")}.`,
    );
  }
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const known = [...datasets, ...pocketSets, ...pocketShifts];
  const found = known.find((set) => [set.name, set.title].map(plain).includes(plain(name)));
  if (found) return reworded(found, options);
  const names = known.map((set) => set.name);
  const meant = nearest(name, names);
  throw new UserError(
    `there is no data set "${name}": ` +
      (meant
        ? `did you mean "${meant}"?`
        : `known are ${names.join(", ")}, and your own as folder:PATH.`),
  );
}

/** Data sets of a user's own, by the word before the colon. */
const own: Record<string, (path: string, options: OwnOptions) => OwnDataset> = {
  folder: folderDataset,
  csv: tableDataset,
  tsv: tableDataset,
  jsonl: tableDataset,
  parquet: tableDataset,
  coco: cocoDataset,
  split: splitDataset,
};

/** Published values, shifts and wordings go by name: no set of one's own has a published one's. */
function told(make: typeof own[string], path: string, options: OwnOptions): OwnDataset {
  const made = make(path, options);
  const isTaken = [...datasets, ...pocketSets, ...pocketShifts].some(({ name }) =>
    name === made.name
  );
  return isTaken ? make(path, { ...options, name: `own-${made.name}` }) : made;
}
