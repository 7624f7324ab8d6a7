/**
 * Tensors: the choice of a backend, and ops whose gradients are right to any order. The only importer of TensorFlow.js.
 * TensorFlow's C library has a face of its own (native_mod.ts), which a browser does not load.
 *
 * @module
 */
export * from "./activation.ts";
export * from "./attention.ts";
export * from "./backend.ts";
export * from "./convolution.ts";
export * from "./elementwise.ts";
export * from "./linear.ts";
export * from "./memory.ts";
export * from "./momentum.ts";
export * from "./named.ts";
export { type Half, widened } from "./native_half.ts";
export * from "./normalize.ts";
export * from "./recompute.ts";
export * from "./shape.ts";
export * from "./tape.ts";
export { countTraffic, type Traffic } from "./webgpu_traffic.ts";
export * from "./work.ts";
