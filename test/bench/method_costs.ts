/**
 * What a step of every method costs on one and the same problem: `method_costs.ts [--backend native]` writes
 * data/method_costs.json, from which docs/methods.md takes its column. Some three minutes on two cores; `--methods A,B,…`
 * measures these alone, on the same device, and leaves the others as they are.
 */

import { parseArgs } from "node:util";
import { publishedConfig } from "../../lib/clip/published.ts";
import { method, methods } from "../../lib/methods/mod.ts";
import { countWork, useBackend } from "../../lib/tensor/mod.ts";
import { randomClip } from "../tiny_clip.ts";
import { learnerOf, trainingStep } from "./training.ts";

/** ProMetaR's own batch, and as many classes as the base half of most data sets has. */
const PROBLEM = { backbone: "ViT-B/16", batch: 4, classes: 51 } as const;

/** Steps after the one that warms up and the one whose work is counted. */
const STEPS = 2;

const { values } = parseArgs({
  options: { backend: { type: "string" }, methods: { type: "string" } },
});
const path = new URL("../../data/method_costs.json", import.meta.url);
const known = JSON.parse(await Deno.readTextFile(path));
const { device } = await useBackend(values.backend);
const clip = randomClip(publishedConfig(PROBLEM.backbone));
if (values.methods && device !== known.device) {
  throw new Error(`the others were measured on ${known.device}, this is ${device}: measure all`);
}
interface Cost {
  seconds: number;
  flops: number;
  operations: number;
  measured: string;
}
const steps: Record<string, Cost> = values.methods ? known.steps : {};
const today = new Date().toISOString().slice(0, 10);
const measured = values.methods?.split(",").map((name) => method(name)) ?? methods;
for (const { name } of measured) {
  if (!learnerOf(name, { clip, ...PROBLEM }).step) continue;
  const step = trainingStep(name, { clip, ...PROBLEM });
  await step(); // computes what later steps find ready, such as a teacher's features
  const { flops, ops: operations } = await countWork(step);
  let seconds = Infinity;
  for (let i = 0; i < STEPS; i++) seconds = Math.min(seconds, await timed(step));
  steps[name] = { seconds: Number(seconds.toPrecision(3)), flops, operations, measured: today };
  console.log(`${name}: ${seconds.toFixed(2)} s, ${(flops / 1e9).toFixed(0)} GFLOP`);
  if (values.methods) await write();
}
await write();

/** In the methods' order. */
async function write(): Promise<void> {
  const written = {
    problem: PROBLEM,
    device,
    steps: Object.fromEntries(
      methods.filter(({ name }) => steps[name]).map(({ name }) => [name, steps[name]]),
    ),
  };
  const temporary = new URL("method_costs.json.tmp", path);
  await Deno.writeTextFile(temporary, JSON.stringify(written, null, 2) + "\n");
  await Deno.rename(temporary, path);
}

async function timed(step: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await step();
  return (performance.now() - started) / 1000;
}
