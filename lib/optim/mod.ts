/**
 * The optimiser and the schedule that both papers train with.
 *
 * @module
 */
export * from "./lbfgs.ts";
export * from "./schedule.ts";
export * from "./sgd.ts";
