/**
 * Trained prompts as files: kept and read back.
 *
 * @module
 */
export { type Numbers, type PromptFile, readPrompts, writePrompts } from "./file.ts";
export type { MeasuredAccuracy, PromptRecord, PromptWords } from "./record.ts";
