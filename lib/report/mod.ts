/**
 * Reports on runs: tables, figures and the comparison with published values, from run records alone.
 *
 * @module
 */

export type { Failure, ReportContext } from "./context.ts";
export { accuracyBars } from "./figures/accuracy_bars.ts";
export { accuracyOverShots } from "./figures/accuracy_over_shots.ts";
export { type Ink, inksOf } from "./figures/palette.ts";
export { type EpochRow, trainingCurves } from "./figures/training_curves.ts";
export { tableHtml } from "./html.ts";
export type { ReportCell, ReportJson } from "./json.ts";
export { tableMarkdown } from "./markdown.ts";
export { type Rendered, report } from "./report.ts";
export {
  incomparable,
  type Reported,
  type ReportedSource,
  reportedSources,
  reportedValues,
} from "./reported.ts";
export { type Row, rowsOf } from "./rows.ts";
export type { Column, Marked, ReportTable, Value, Written } from "./table.ts";
export { baseToNew, type BaseToNewRow, baseToNewTable } from "./tables/base_to_new.ts";
export { fewShot, type FewShotRow, fewShotTable } from "./tables/few_shot.ts";
export { transfer, type TransferRow, transferTable } from "./tables/transfer.ts";
export { writeReport } from "./write.ts";
