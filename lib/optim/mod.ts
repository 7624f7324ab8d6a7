/**
 * Optimisers and schedules: SGD, with which both papers train; AdamW and Muon for pre-training; L-BFGS for the probe.
 *
 * @module
 */
export { adamw, type AdamWSettings, type Moments, torchAdamW } from "./adamw.ts";
export * from "./clip_norm.ts";
export * from "./lbfgs.ts";
export { muon, type MuonSettings, orthogonalize, publishedMuon } from "./muon.ts";
export * from "./schedule.ts";
export * from "./sgd.ts";
