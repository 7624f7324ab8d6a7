/**
 * Reports on runs: tables, figures and the comparison with published values, from run records alone.
 *
 * @module
 */

export type { Failure, MethodEvidence, ReportContext, ReportExperiment, Run } from "./context.ts";
export { tableHtml } from "./html.ts";
export type { ReportCell, ReportJson } from "./json.ts";
export { tableCsv, tableLatex } from "./latex.ts";
export { tableMarkdown } from "./markdown.ts";
export { htmlPage } from "./page.ts";
export { comparisons, type MethodComparison } from "./comparisons.ts";
export { type InShort, inShort } from "./in_short.ts";
export { parseReport, readReport, reportRows } from "./read.ts";
export { type Rendered, report } from "./report.ts";
export type { MeasuredRounding } from "../results/mod.ts";
export {
  incomparable,
  isPublishedForm,
  type Reported,
  reportedAverage,
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
export { type BaseToNewRow, baseToNewRows, baseToNewTable } from "./tables/base_to_new.ts";
export { type FewShotRow, fewShotRows, fewShotTable } from "./tables/few_shot.ts";
export { type MethodRank, rankedBy, ranksTable, standings } from "./tables/ranks.ts";
export { type TransferRow, transferRows, transferTable } from "./tables/transfer.ts";
export { type EvaluatedPart, evaluationPage } from "./evaluation_page.ts";
export { csvCurves, type CurveLog, tensorboardCurves } from "./curves.ts";
export { writeReport } from "./write.ts";
