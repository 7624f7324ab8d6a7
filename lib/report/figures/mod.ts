/**
 * Figures: functions from plain rows to SVG texts, for reports, notebooks and one's own pages. Those of thousands of raw
 * steps are drawn by Vega-Lite, which is loaded for them, so they give promises; `show` of `/notebook` takes either.
 *
 * @module
 */
export { ablationDots } from "./ablation_dots.ts";
export { accuracyBars } from "./accuracy_bars.ts";
export { accuracyOverShots } from "./accuracy_over_shots.ts";
export { alignmentLines, type AlignmentRow } from "./alignment_lines.ts";
export { conflictDensity, cosineHistogram, type CosineRow } from "./conflict_density.ts";
export { confusionMatrix } from "./confusion.ts";
export { costAgainstAccuracy, type PricedRow, worthwhile } from "./cost_against_accuracy.ts";
export { differenceDots, type DifferenceRow } from "./difference_dots.ts";
export { featureMap, type FeatureMapRow } from "./feature_map.ts";
export { gateArrows, type GateRow } from "./gates.ts";
export { lossCurve, type LossPoint } from "./loss_curve.ts";
export { outerLoss, type OuterLossRow } from "./outer_loss.ts";
export { reliabilityDiagram } from "./reliability.ts";
export { transferDots } from "./transfer_dots.ts";
export { type EpochRow, trainingCurves } from "./training_curves.ts";
export { type HeatRow, heatSheet } from "./pictures.ts";
export { type Ink, inksOf } from "./palette.ts";
export { type PartRow, stackedBars } from "./stacked_bars.ts";
export { type PredictedPicture, predictedPictures } from "./predictions.ts";
export { numberLines, type NumberRow } from "./number_lines.ts";
