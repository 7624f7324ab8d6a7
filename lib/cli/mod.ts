/**
 * What commands are made of: options from a typed table, progress, exit codes.
 *
 * @module
 */
export * from "./options.ts";
export * from "./progress.ts";
export { run } from "./run.ts";
