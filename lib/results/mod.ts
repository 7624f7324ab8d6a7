/**
 * What is made of results, whoever has them: statistics over seeds, differences in pairs whose unit has a name, harmonic
 * means, the part of rounding, and how differences are written. No tensors and no files.
 *
 * @module
 */
export * from "./crossed.ts";
export * from "./harmonic.ts";
export * from "./pairs.ts";
export * from "./rounding.ts";
export * from "./signed.ts";
export * from "./statistics.ts";
