/**
 * Analyses: what the gradients of a training do, and what its prompts came to mean. Each trains one task, looks, and
 * returns plain records for the figures.
 *
 * @module
 */
export {
  type Alignment,
  type AlignmentStep,
  type AlignmentStudy,
  type AlignmentTrace,
  traceAlignment,
} from "./alignment.ts";
export {
  type ClassConflict,
  type ConflictStep,
  type ConflictStudy,
  type ConflictTrace,
  traceConflicts,
} from "./conflicts.ts";
export {
  type EmbeddingOptions,
  embeddings,
  type FeatureEmbeddings,
  type Features,
} from "./embeddings.ts";
export {
  type FeatureMap,
  type FeatureMapOptions,
  type FeaturePoint,
  featurePoints,
} from "./feature_points.ts";
export { type PointProjection, principalComponents, umap, type UmapOptions } from "./projection.ts";
export { type ExpansionPoint, type ExpansionStudy, traceExpansion } from "./expansion.ts";
export { attentionMaps, type Heat, type Sight } from "./attention.ts";
export { type Relation, relationWithin } from "./relation.ts";
export {
  fromNudged,
  type Sensitivity,
  sensitivity,
  type SensitivityOptions,
  type Spread,
} from "./sensitivity.ts";
export { type Look, resolveStudy, type Study, type Trained, trainStudy } from "./study.ts";
export { type Shares, traceUpdates, type UpdateStep, type UpdateTrace } from "./updates.ts";
export { type NearestWords, nearestWords, type Neighbour, type NeighbourOptions } from "./words.ts";
export {
  type Arm,
  armDifference,
  type ArmRow,
  type Crossed,
  type GainParts,
  gainParts,
  type Measure,
  trainArms,
} from "./arms.ts";
