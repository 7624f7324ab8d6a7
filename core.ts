/**
 * What computes, and nothing that needs files: CLIP, the methods, training and evaluation, optimisers, random draws. It loads
 * in Deno, Node, Bun and browsers, where pictures and weights are handed over as bytes: see `parseWeights`, `inMemory`,
 * `promptBytes` and, for wasm in a page, `wasmAt`. Functions that are told a path are for Deno.
 *
 * @module
 */
export * from "./lib/errors.ts";
export * from "./lib/random/mod.ts";
export * from "./lib/tensor/mod.ts";
export * from "./lib/image/mod.ts";
export * from "./lib/clip/mod.ts";
export * from "./lib/datasets/in_memory.ts";
export type * from "./lib/datasets/mod.ts";
export * from "./lib/optim/mod.ts";
export * from "./lib/methods/mod.ts";
export * from "./lib/prompts/mod.ts";
export * from "./lib/engine/mod.ts";
