/**
 * Experiments in, a report out: `run` takes methods, data sets and CLIPs by name or as values and has their cells run, in
 * this process, in several, or on a cluster; `plan` says what it would run.
 *
 * @module
 */
export {
  briefly,
  type CellName,
  cellWords,
  type LabEvent,
  type Listener,
  type Tally,
} from "./events.ts";
export { type Eta, eta, type Expected, type Left } from "./eta.ts";
export type {
  AnyMethod,
  GivenDataset,
  GivenEntry,
  GivenExperiment,
  NamedEntry,
  NamedExperiment,
} from "./experiments.ts";
export { inLines } from "./lines.ts";
export { findWeights, type Found } from "./find_weights.ts";
export type { DataPlaces, DataRecords } from "./inputs.ts";
export { lackingInputs } from "./lacking.ts";
export type { LabOptions } from "./options.ts";
export type { Outlook } from "./outlook.ts";
export { plan, type Planned } from "./plan.ts";
export {
  type Plan,
  PLAN_SCHEMA,
  type PlannedExperiment,
  type PlannedPlace,
  readPlan,
} from "./plan_file.ts";
export { type ReportedOn, reportOn } from "./report_on.ts";
export { type Ran, run } from "./run.ts";
export type { SlurmOptions } from "./slurm/options.ts";
export { slurmScriptOf } from "./slurm/plan_run.ts";
export type { Export, Travelling } from "./travel.ts";
export { work, type WorkOptions } from "./work.ts";
