/**
 * Optimisers and schedules: SGD, with which both papers train; Adam and AdamW; Muon for pre-training; parameter groups. L-BFGS,
 * which asks for the loss at points of its own choosing and so has no single step, solves the linear probe.
 *
 * @module
 */
export { adam, type AdamSettings, adamw, torchAdam } from "./adam.ts";
export * from "./clip_norm.ts";
export * from "./grouped.ts";
export * from "./lbfgs.ts";
export { muon, type MuonSettings, orthogonalize, publishedMuon } from "./muon.ts";
export type { Optimiser } from "./optimiser.ts";
export * from "./schedule.ts";
export * from "./sgd.ts";
