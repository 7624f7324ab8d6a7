/**
 * Time that does not depend on what else the machine does.
 *
 * @module
 */
import { cpuUsage } from "node:process";

/**
 * CPU time that this process has used so far, over all its threads, in milliseconds. Differences of it are what work
 * costs; a machine with idle cores is done sooner.
 *
 * @example
 * ```ts
 * import { cpuTime } from "@plumbline/plumbline/notebook";
 * import assert from "node:assert/strict";
 * const begun = cpuTime();
 * assert.ok(cpuTime() >= begun);
 * ```
 */
export function cpuTime(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}
