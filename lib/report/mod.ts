/**
 * Reports on runs: tables, figures and the comparison with published values, from run records alone.
 *
 * @module
 */

export type { Evidence, Failure, ReportContext, ReportExperiment, Run } from "./context.ts";
export { ablationDots } from "./figures/ablation_dots.ts";
export { accuracyBars } from "./figures/accuracy_bars.ts";
export { accuracyOverShots } from "./figures/accuracy_over_shots.ts";
export { alignmentLines, type AlignmentRow } from "./figures/alignment_lines.ts";
export { conflictDensity, cosineHistogram, type CosineRow } from "./figures/conflict_density.ts";
export { differenceDots, type DifferenceRow } from "./figures/difference_dots.ts";
export { gateArrows, type GateRow } from "./figures/gates.ts";
export { lossCurve, type LossPoint } from "./figures/loss_curve.ts";
export { outerLoss, type OuterLossRow } from "./figures/outer_loss.ts";
export { type Ink, inksOf } from "./figures/palette.ts";
export { type HeatRow, heatSheet } from "./figures/pictures.ts";
export { type PredictedPicture, predictedPictures } from "./figures/predictions.ts";
export { type PartRow, stackedBars } from "./figures/stacked_bars.ts";
export { transferDots } from "./figures/transfer_dots.ts";
export { type EpochRow, trainingCurves } from "./figures/training_curves.ts";
export { tableHtml } from "./html.ts";
export type { ReportCell, ReportJson } from "./json.ts";
export { tableMarkdown } from "./markdown.ts";
export { htmlPage } from "./page.ts";
export { parseReport, readReport, reportRows } from "./read.ts";
export { type Rendered, report } from "./report.ts";
export {
  incomparable,
  isPublishedForm,
  type Reported,
  type ReportedSource,
  reportedSources,
  reportedValues,
} from "./reported.ts";
export {
  type ReportedSeeds,
  reportedSeeds,
  type SeedQuery,
  seedsInWords,
} from "./reported_seeds.ts";
export { type Form, labels, type Measured, type Row, rowsOf, variant } from "./rows.ts";
export type { Column, Linked, Marked, Mean, ReportTable, Value, Written } from "./table.ts";
export { baseToNew, type BaseToNewRow, baseToNewTable } from "./tables/base_to_new.ts";
export { fewShot, type FewShotRow, fewShotTable } from "./tables/few_shot.ts";
export { transfer, type TransferRow, transferTable } from "./tables/transfer.ts";
export { type EvaluatedPart, evaluationPage } from "./evaluation_page.ts";
export { csvCurves, type CurveLog, tensorboardCurves } from "./curves.ts";
export { confusionMatrix } from "./figures/confusion.ts";
export { reliabilityDiagram } from "./figures/reliability.ts";
export { writeReport } from "./write.ts";
