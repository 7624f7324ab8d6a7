/**
 * Trained prompts as files: kept, read back, and exchanged with the published code and with others.
 *
 * @module
 */
export {
  type Numbers,
  parsePrompts,
  promptBytes,
  type PromptFile,
  readPrompts,
  writePrompts,
} from "./file.ts";
export type { MeasuredAccuracy, PromptRecord, PromptWords } from "./record.ts";
export { type ClassFeatures, writeFeatures } from "./features.ts";
export { exchanged, exportPublished, importPublished, settingsOfPublished } from "./published.ts";
