/**
 * plumbline: prompt learning for CLIP, reproduced and checked.
 *
 * @module
 */
export * from "./lib/errors.ts";
export * from "./lib/tensor/mod.ts";
export { attention, mergeHeads, splitHeads } from "./lib/clip/transformer.ts";
