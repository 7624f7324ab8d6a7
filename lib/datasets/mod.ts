/**
 * Data sets: the papers' fifteen and anyone's own, few-shot and base/new selections, prompt templates.
 *
 * @module
 */

export * from "./dataset.ts";
export { dataset, datasets } from "./catalog.ts";
export { defineDataset, type Description } from "./define.ts";
export { type FolderLayout } from "./layout.ts";
export { parseSplit, readSplit } from "./split.ts";
export { fewShot } from "./few_shot.ts";
export { kindOfBytes } from "./picture_files.ts";
export { baseNew } from "./base_new.ts";
export { missingImages, presentImages } from "./missing.ts";
export {
  type CustomSet,
  customTemplate,
  ensemble,
  type EnsembleName,
  knowsTemplate,
} from "../templates.ts";
export { type OwnDataset, type OwnOptions } from "./own.ts";
export { absolute as absoluteSpec, isOwn as isOwnSpec, specOf } from "./spec.ts";
export { mostShots } from "./shots_file.ts";
export { folderDataset } from "./own_folder.ts";
export { tableDataset } from "./own_table.ts";
export { cocoDataset } from "./coco.ts";
export { splitDataset } from "./own_split.ts";
export { readTemplates } from "./templates_file.ts";
export { type SplitShares } from "./made_split.ts";
export { fetchDataset, type Fetched, type FetchProgress } from "./fetch.ts";
export { type Mirrors, mirrorsNamed } from "./mirrors.ts";
export { checkDataset, type DatasetState, stateOf } from "./check.ts";
export { unreadableImages } from "./unreadable.ts";
export { drawnShapes, drawShapes } from "./drawn.ts";
export {
  captionWords,
  drawPocket,
  drawScene,
  pocketSets,
  pocketShifts,
  type Scene,
} from "./pocket/mod.ts";
