/**
 * Holds this code to what published code computed, step by step: reads a folder of parity records, replays them, and
 * judges each.
 *
 * @example
 * ```ts ignore
 * import { table, verifyFolder } from "@plumbline/plumbline/parity";
 *
 * console.log(table(await verifyFolder("records", { backend: "wasm" })));
 * ```
 *
 * @module
 */
export type { Comparison } from "./compare.ts";
export type { Row } from "./record.ts";
export { table } from "./table.ts";
export { verifyFolder, type VerifyOptions } from "./verify.ts";
