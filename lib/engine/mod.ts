/**
 * Training and evaluation of any method, and the record of a run.
 *
 * @module
 */
export type { Asked } from "./asked.ts";
export type { Needs } from "./batches.ts";
export {
  type Best,
  type Checkpoint,
  checkpointFile,
  type Drawn,
  type Position,
  type Snapshot,
  writeCheckpoint,
} from "./checkpoint.ts";
export { evaluate, type Evaluation, logitsOf, type LogitsOptions } from "./evaluate.ts";
export { type ClassResult, type Examination, examine, type ReliabilityBin } from "./examine.ts";
export { fit, type FitOptions } from "./fit.ts";
export { fitMethod, type Fitted, type RunOptions, validationOf } from "./fitted.ts";
export type { Sums } from "./gradients.ts";
export { taskOf } from "./setup.ts";
export { throwIfStopped } from "./stop.ts";
export { type StackPlace, stackTrainings } from "./stack.ts";
export { cloneState, disposeReplaced, disposeState, tensorsOf } from "./state.ts";
export { type FeatureCache, openFeatureCache, userFeatures } from "./feature_cache.ts";
export { type Images, openImages } from "./images.ts";
export * from "./metrics.ts";
export type * from "./record.ts";
export {
  type Made as MadePrompts,
  type Prediction,
  type Prompts,
  prompts,
  ranked,
  type TestOptions,
} from "./classifier.ts";
export { loadPublished, type PublishedOptions } from "./load_published.ts";
export { type LoadOptions as LoadTrainedOptions, loadTrained } from "./load_trained.ts";
export { type Learned, type Origin, originOf, promptFile } from "./prompt_file.ts";
export { versions } from "./versions.ts";
export {
  predict,
  resolveOn,
  type SettingsOf,
  train,
  type TrainedPrompts,
  type TrainOptions,
} from "./trained.ts";
export { type Notes, type StepAt, takeNotes, type Watch } from "./watch.ts";
