/**
 * Measures one case in a process of its own, so that the peak of memory is the case's: `measure.ts NAME BACKEND`, or
 * `measure.ts machine BACKEND` for the two figures of the cost model. Prints JSON.
 */

import process from "node:process";
import { measure } from "mitata";
import { countWork, useBackend } from "../../lib/tensor/mod.ts";
import { cases, type Step } from "./cases.ts";
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
  const step = await cases[name]();
  await step();
  const { ops, flops } = await countWork(step);
  const times = [await timed(step)];
  const small = times[0] < SMALL_SECONDS;
  if (!small) { for (let i = 1; i < BIG_STEPS; i++) times.push(await timed(step)); }
  const secondsPerStep = small
    ? (await measure(step, { min_samples: 20 })).p50 / 1e9
    : median(times);
  return {
    name,
    secondsPerStep,
    peakBytes: 1024 * process.resourceUsage().maxRSS,
    backend,
    ops,
    flops,
  };
}

async function timed(step: Step): Promise<number> {
  const started = performance.now();
  await step();
  return (performance.now() - started) / 1000;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

if (import.meta.main) {
  const [name, backend] = Deno.args;
  await useBackend(backend);
  const result = name === "machine" ? await measureMachine() : await measureCase(name, backend);
  console.log(JSON.stringify(result));
  Deno.exit(); // workers may still be reading ahead
}
