/**
 * The papers' protocols, the grid of cells, and running one.
 *
 * @module
 */
export { type Claim, type Claims, openClaims, sweepDone } from "./claim.ts";
export { completeCell, type Completion, type Outcome } from "./complete_cell.ts";
export { type FailedCell, noteFailure, readFailure } from "./failures.ts";
export { explained, writeWhole } from "./files.ts";
export * from "./grid.ts";
export { hashImages } from "./image_hashes.ts";
export * from "./protocol.ts";
export { openIndex } from "./record_index.ts";
export * from "./run_cell.ts";
export { type Look, type NamedCell, type Standing, standing } from "./standing.ts";
export * from "./store.ts";
