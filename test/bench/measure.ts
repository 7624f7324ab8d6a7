/**
 * Measures one case in a process of its own, so that the peak of memory is the case's: `measure.ts NAME BACKEND [PRECISION]`, or
 * `measure.ts machine BACKEND` for the two figures of the cost model. Prints JSON.
 */

import process from "node:process";
import { measure } from "mitata";
import { measureMachine } from "../../lib/lab/machine.ts";
import { countTraffic, countWork, type Traffic, useBackend } from "../../lib/tensor/mod.ts";
import { cases, type Step } from "./cases.ts";
import { spread } from "../../docs/spread.ts";

/** What one case gave. */
export interface Measurement {
  name: string;
  /** The median. */
  secondsPerStep: number;
  /** Resident memory of the process at most, weights and libraries included. */
  peakBytes: number;
  backend: string;
  ops: number;
  flops: number;
  /** Bytes of the largest tensor. */
  largest?: number;
  /** What it asks of the GPU, where one computes. */
  traffic?: Omit<Traffic, "programs">;
}

/** Rows, inner size and columns of a product as large as a real step's. */
const PRODUCT: [number, number, number] = [512, 1024, 1024];
const TRIES = 21;

/** After a first step, which warms up, and a second, whose work is counted: big ones until there are so many or the time is up; small ones as mitata likes. */
const BIG_STEPS = 3;
const BIG_SECONDS = 20;
const SMALL_SECONDS = 0.25;

export async function measureCase(name: string, backend: string): Promise<Measurement> {
  const step = await cases[name]!();
  await step(); // computes what later steps find ready: a teacher's features, the text of a frozen tower
  const { ops, flops, largest } = await countWork(step);
  const traffic = await gpuTraffic(step);
  const times = [await timed(step)];
  const total = () => times.reduce((a, b) => a + b);
  if (times[0]! > SMALL_SECONDS) {
    while (times.length < BIG_STEPS && total() < BIG_SECONDS) times.push(await timed(step));
  }
  const secondsPerStep = times[0]! > SMALL_SECONDS
    ? spread(times).median
    : (await measure(step, { min_samples: 20 })).p50 / 1e9;
  const peakBytes = 1024 * process.resourceUsage().maxRSS;
  const work = { ops, flops, largest, ...traffic && { traffic } };
  return { name, secondsPerStep, peakBytes, backend, ...work };
}

async function gpuTraffic(step: Step): Promise<Omit<Traffic, "programs"> | undefined> {
  const counted = await countTraffic(step);
  if (!counted) return undefined;
  const { programs: _, ...traffic } = counted;
  return traffic;
}

async function timed(step: Step): Promise<number> {
  const started = performance.now();
  await step();
  return (performance.now() - started) / 1000;
}

if (import.meta.main) {
  const [name, backend, precision] = Deno.args as [string, string, string?];
  await useBackend(backend, precision);
  const result = name === "machine"
    ? await measureMachine(PRODUCT, TRIES)
    : await measureCase(name, backend);
  console.log(JSON.stringify(result));
  Deno.exit(); // workers may still be reading ahead
}
