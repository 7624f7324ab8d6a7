/**
 * plumbline: prompt learning for CLIP, reproduced and checked. This is the whole public surface; every part has a page
 * of its own under `lib/`.
 *
 * @module
 */
export * from "./lib/errors.ts";
export * from "./lib/random/mod.ts";
export * from "./lib/tensor/mod.ts";
export * from "./lib/image/mod.ts";
export * from "./lib/clip/mod.ts";
export * from "./lib/datasets/mod.ts";
export * from "./lib/optim/mod.ts";
export * from "./lib/methods/mod.ts";
export * from "./lib/engine/mod.ts";
export * from "./lib/protocols/mod.ts";
export {
  accuracyBars,
  accuracyOverShots,
  baseToNewTable,
  type Failure,
  fewShotTable,
  type Ink,
  inksOf,
  type Rendered,
  report,
  type ReportContext,
  reportedSources,
  reportedValues,
  rowsOf,
  tableHtml,
  tableMarkdown,
  trainingCurves,
  transferTable,
  writeReport,
} from "./lib/report/mod.ts";
