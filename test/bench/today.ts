/** When and where something is measured. */

import { cpus } from "node:os";
import { cpuInfo } from "../../lib/tensor/precision.ts";

/** The day, and the machine in words: AMX is named, since CPUs that say the same of themselves have it or don't. */
export function today(): { measured: string; machine: string } {
  const amx = cpuInfo()?.includes(" amx_bf16") ? " with AMX" : "";
  return {
    measured: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${
      cpus()[0]?.model.trim()
    }${amx}, ${Deno.build.os} ${Deno.build.arch}`,
  };
}
