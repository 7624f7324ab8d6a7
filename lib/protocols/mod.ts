/**
 * The papers' protocols, the grid of cells, and running one.
 *
 * @module
 */
export { type Claim as CellClaim, type Claims, openClaims, sweepDone } from "./claim.ts";
export { corrections, type Cost, cost, type Machine, type Sizes } from "./cost.ts";
export { type CodeVersion, codeVersion } from "./code.ts";
export {
  completeCell,
  type Completion,
  type CompletionEvents,
  type Outcome,
} from "./complete_cell.ts";
export { type FailedCell, noteFailure, readFailure } from "./failures.ts";
export { explained, writeWhole } from "./files.ts";
export * from "./experiment.ts";
export { hashImages } from "./image_hashes.ts";
export { type Keep, keeps, keptPrompts } from "./kept_prompts.ts";
export { type Ground, type PlannedCell, planner } from "./plan_cell.ts";
export type { LockText } from "./lock_file.ts";
export * from "./protocol.ts";
export { recipes } from "./recipes/mod.ts";
export * from "./run_cell.ts";
export { type Look as LookAtCells, type NamedCell, type Standing, standing } from "./standing.ts";
export * from "./store.ts";
export { rehearse } from "./rehearse.ts";
