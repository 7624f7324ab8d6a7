/** When and where something is measured. */

import { cpus } from "node:os";

/** The day, and the machine in words. */
export function today(): { measured: string; machine: string } {
  return {
    measured: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Deno.build.os} ${Deno.build.arch}`,
  };
}
