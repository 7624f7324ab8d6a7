/**
 * Training and evaluation of any method, and the record of a run.
 *
 * @module
 */
export type { Needs } from "./batches.ts";
export { type Checkpoint, checkpointFile, type Snapshot } from "./checkpoint.ts";
export { evaluate, type Evaluation } from "./evaluate.ts";
export { fit, type FitOptions } from "./fit.ts";
export { cloneState, disposeReplaced, disposeState, tensorsOf } from "./state.ts";
export { type Images, openImages } from "./images.ts";
export * from "./metrics.ts";
export type * from "./record.ts";
export * from "./statistics.ts";
