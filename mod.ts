/**
 * plumbline: prompt learning for CLIP, reproduced and checked. This is the whole public surface; every part has a page
 * of its own under `lib/`.
 *
 * @module
 */
export * from "./lib/errors.ts";
export * from "./lib/random/mod.ts";
export * from "./lib/tensor/mod.ts";
export * from "./lib/tensor/native_mod.ts";
export * from "./lib/image/mod.ts";
export * from "./lib/torch/mod.ts";
export * from "./lib/clip/mod.ts";
export * from "./lib/datasets/mod.ts";
export * from "./lib/optim/mod.ts";
export * from "./lib/methods/mod.ts";
export * from "./lib/prompts/mod.ts";
export * from "./lib/engine/mod.ts";
export {
  aligned,
  harmonicMean,
  type Observation,
  type Paired,
  pairedDifference,
  pairedOverUnit,
  publishedSpread,
  studentQuantile,
  summarize,
  type Summary,
  type Unit,
  withHarmonic,
} from "./lib/results/mod.ts";
export * from "./lib/analysis/mod.ts";
export {
  type DrawnPairs,
  type LogEntry as PretrainLogEntry,
  pocketConfig,
  pocketRecipe,
  pretrain,
  type PretrainOptions,
  type Recipe as PretrainRecipe,
  zeroShotAccuracy,
} from "./lib/pretrain/mod.ts";
export * from "./lib/protocols/mod.ts";
export {
  ablationDots,
  accuracyBars,
  accuracyOverShots,
  alignmentLines,
  type AlignmentRow,
  baseToNew as baseToNewRows,
  type BaseToNewRow,
  baseToNewTable,
  type Column,
  conflictDensity,
  confusionMatrix,
  cosineHistogram,
  type CosineRow,
  csvCurves,
  type CurveLog,
  differenceDots,
  type DifferenceRow,
  type EvaluatedPart,
  evaluationPage,
  type Failure,
  fewShot as fewShotRows,
  type FewShotRow,
  fewShotTable,
  gateArrows,
  type GateRow,
  type HeatRow,
  heatSheet,
  type Ink,
  inksOf,
  type Marked,
  type Measured,
  outerLoss,
  type OuterLossRow,
  parseReport,
  type PartRow,
  type PredictedPicture,
  predictedPictures,
  readReport,
  reliabilityDiagram,
  type Rendered,
  report,
  type ReportCell,
  type ReportContext,
  reportedSources,
  reportedValues,
  type ReportExperiment,
  type ReportJson,
  reportRows,
  type ReportTable,
  type Row,
  rowsOf,
  type Run,
  stackedBars,
  tableHtml,
  tableMarkdown,
  tensorboardCurves,
  trainingCurves,
  transfer as transferRows,
  transferDots,
  type TransferRow,
  transferTable,
  type Value,
  writeReport,
} from "./lib/report/mod.ts";
export * from "./lib/notebook/mod.ts";
