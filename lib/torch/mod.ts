/**
 * Torch files: read without running anything in them, written so that PyTorch reads them.
 *
 * @module
 */
export { TorchObject } from "./globals.ts";
export { readTorch, type TorchFile, torchTensors, type TorchValue } from "./read.ts";
export { type TorchDType, type TorchElements, TorchTensor } from "./tensor.ts";
export { type TorchGiven, type TorchTensorGiven, writeTorch } from "./write.ts";
