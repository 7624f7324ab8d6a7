/**
 * Measures one case in a process of its own, so that the peak of memory is the case's: `measure.ts NAME BACKEND`, or
 * `measure.ts machine BACKEND` for the two figures of the cost model. Prints JSON.
 */

import { measure } from "mitata";
import { countWork, useBackend } from "../../lib/tensor/mod.ts";
import { cases } from "./cases.ts";
import { measureMachine } from "./cost.ts";

/** What one case gave. */
export interface Measurement {
  name: string;
  secondsPerStep: number;
  peakBytes: number;
  backend: string;
  ops: number;
  flops: number;
}

/** Big steps are run this often after a first one that warms up; small ones as often as mitata likes. */
const BIG_STEPS = 3;
const SMALL_SECONDS = 0.25;

async function measureCase(name: string, backend: string): Promise<Measurement> {
  const step = cases[name]();
  step();
  const { ops, flops } = await countWork(step);
  const started = performance.now();
  step();
  const first = (performance.now() - started) / 1000;
  const secondsPerStep = first > SMALL_SECONDS
    ? median(Array.from({ length: BIG_STEPS }, () => timed(step)))
    : (await measure(step, { min_samples: 20 })).p50 / 1e9;
  return { name, secondsPerStep, peakBytes: peakBytes(), backend, ops, flops };
}

function timed(step: () => void): number {
  const started = performance.now();
  step();
  return (performance.now() - started) / 1000;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

/** The most memory this process has held; 0 where the system does not say. */
function peakBytes(): number {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return 1024 * Number(status.match(/VmHWM:\s+(\d+)/)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

if (import.meta.main) {
  const [name, backend] = Deno.args;
  await useBackend(backend);
  const result = name === "machine" ? await measureMachine() : await measureCase(name, backend);
  console.log(JSON.stringify(result));
}
