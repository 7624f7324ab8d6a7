/**
 * Holds this code to what published code computed, step by step: reads a folder of parity records, replays them, and
 * judges each.
 *
 * @example
 * ```ts
 * import { verifyFolder } from "@plumbline/plumbline";
 * import { parityTable } from "@plumbline/plumbline/parity";
 * import assert from "node:assert/strict";
 *
 * const rows = await verifyFolder(undefined, { backend: "wasm", only: ["zeroshot_rn_small"] });
 * assert.equal(rows[0]!.verdict, "ok");
 * console.log(parityTable(rows));
 * ```
 *
 * @module
 */
export {
  type Certificate,
  type Certified,
  type CertifiedParity,
  type CertifiedRecord,
  certify,
  checkCertificate,
} from "./certificate.ts";
export type { Comparison } from "./compare.ts";
export type { ParityRow } from "./record.ts";
export { parityTable } from "./table.ts";
export { evidence, verifyFolder, type VerifyOptions } from "./verify.ts";
