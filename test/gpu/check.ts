/**
 * The stages of check.sh, each in a process of its own with an end: what one of them can't do is its line, and the others
 * go on. Nothing is started that might not be done when the time is up.
 */

import { runChild } from "../../lib/child.ts";
import { flag, parse, text } from "../../lib/cli/options.ts";
import { run } from "../../lib/cli/run.ts";
import type { ParityRow } from "../../lib/parity/record.ts";
import { writeWhole } from "../../lib/protocols/mod.ts";
import { print } from "../../lib/terminal.ts";
import type { Measurement } from "../bench/measure.ts";
import { memoryWatch } from "./memory_watch.ts";

const options = {
  out: text("FILE", "where the results go", "results.json"),
  rehearse: flag("on the CPU, small: a software adapter, and native as it is built"),
};

/** All of it, in milliseconds; what a backend may take to start; and what is kept for PyTorch at the end. */
const [WHOLE, TRIAL, TORCH] = [7.5 * 60_000, 60_000, 75_000];

/** What is tried: backends, records by parts of their names, and benchmarks, some of them in half precision, too. */
interface Plan {
  backends: string[];
  records: string[];
  steps: string[];
  halves: string[];
}

/** Half precision as a backend has it. */
const halfOf = (backend: string) => backend === "native" ? "bf16" : "fp16";

const real: Plan = {
  backends: ["webgpu", "native"],
  records: [],
  steps: [
    "coop/RN50/32x100/exact",
    "prograd/RN50/32x100/exact",
    "ivlp/ViT-B-16/4x51/exact",
    "prometar/ViT-B-16/4x51/exact",
  ],
  halves: ["coop/RN50/32x100/exact", "ivlp/ViT-B-16/4x51/exact"],
};

const rehearsal: Plan = {
  backends: ["webgpu:software", "native"],
  records: ["coop_vit_m4_end", "second_derivatives"],
  steps: ["pocket/coop"],
  halves: ["pocket/coop"],
};

/** What became of a stage. */
export type Stage<T> = { failed: string } | T;

/** What a backend did. */
export interface Checked {
  /** What computes. */
  device: string;
  /** Every record; `worst` is the largest share of its tolerance. */
  parity: Stage<{ records: number; ok: number; worst: number; rows: ParityRow[] }>;
  steps: Record<string, Stage<Measurement & { gpuBytes?: number | undefined }>>;
}

/** What is written. */
export interface Results {
  measured: string;
  rehearsal: boolean;
  /** NVIDIA's own line: name, driver, memory. */
  gpu: string;
  deno: string;
  backends: Record<string, Stage<Checked>>;
  /** Plain PyTorch, by step and precision. */
  torch: Stage<{ version: string; device: string; steps: Record<string, Record<string, number>> }>;
  seconds: number;
}

async function main(args: readonly string[]): Promise<number> {
  const { out, rehearse } = parse("check.sh", options, args, "Checks what a GPU does.");
  const begun = performance.now();
  const left = () => WHOLE - (performance.now() - begun);
  const { backends, records, steps, halves } = rehearse ? rehearsal : real;
  const results: Results = {
    measured: new Date().toISOString(),
    rehearsal: rehearse,
    gpu: await gpuName(),
    deno: Deno.version.deno,
    backends: {},
    torch: { failed: "not reached" },
    seconds: 0,
  };
  const written = async () => {
    results.seconds = (performance.now() - begun) / 1000;
    await writeWhole(out, `${JSON.stringify(results, null, 1)}\n`);
  };
  print(`GPU: ${results.gpu}`);
  const working: { backend: string; device: string }[] = [];
  for (const backend of backends) {
    const found = await child<string>(["backend", backend], TRIAL, backend);
    const device = rehearse || typeof found !== "string" ? found : onGpu(found);
    if (typeof device === "string") working.push({ backend, device });
    else {
      results.backends[backend] = device;
      print(`${backend}: ${device.failed}`);
    }
  }
  for (const [i, { backend, device }] of working.entries()) {
    // No backend takes the others' time, nor parity all of a backend's.
    const until = performance.now() + (left() - TORCH) / (working.length - i);
    const own = () => until - performance.now();
    print(`${backend}: ${device}`);
    const parity = await child<ParityRow[]>(["parity", backend, ...records], 0.6 * own(), backend);
    const judged = Array.isArray(parity) ? summary(parity) : parity;
    print(`  records: ${"failed" in judged ? judged.failed : `${judged.ok} of ${judged.records}`}`);
    const taken: Checked["steps"] = {};
    const planned = [
      ...steps.map((step) => ({ step, args: [step] })),
      ...halves.map((step) => {
        const half = halfOf(backend);
        return { step: `${step} ${half}`, args: [step, half] };
      }),
    ];
    for (const { step, args } of planned) {
      using memory = memoryWatch();
      const found = await child<Measurement>(["step", backend, ...args], own() / 2, backend);
      taken[step] = "failed" in found ? found : { ...found, gpuBytes: memory.most() };
      const said = "failed" in found ? found.failed : `${found.secondsPerStep.toFixed(3)} s`;
      print(`  ${step}: ${said}`);
    }
    results.backends[backend] = { device, parity: judged, steps: taken };
    await written(); // whoever ends the rest keeps this
  }
  results.torch = await torch(left(), rehearse);
  print(`PyTorch: ${JSON.stringify(results.torch)}`);
  await written();
  print(`Wrote ${out} after ${results.seconds.toFixed(0)} s.`);
  return passed(results) ? 0 : 1;
}

/** Native computes on the CPU where it finds no GPU: that is no check of one. */
export function onGpu(device: string): Stage<string> {
  return device.startsWith("GPU") ? device : { failed: `it computes on the ${device}` };
}

/** Whether some backend computed, and every one that did was within every tolerance. */
export function passed({ backends }: Results): boolean {
  const tried = Object.values(backends).filter((of): of is Checked => !("failed" in of));
  return tried.length > 0 &&
    tried.every(({ parity }) => !("failed" in parity) && parity.ok === parity.records);
}

function summary(rows: ParityRow[]) {
  const counted = rows.filter(({ verdict }) => verdict !== "absent");
  const strain = ({ worst }: ParityRow) =>
    worst && worst.tolerance > 0 ? worst.error / worst.tolerance : 0;
  return {
    records: counted.length,
    ok: counted.filter(({ verdict }) => verdict === "ok").length,
    worst: Math.max(...counted.map(strain)),
    rows,
  };
}

/** Runs a stage of stage.ts, and reads the JSON that is its last line. */
async function child<T>(args: string[], most: number, backend: string): Promise<Stage<T>> {
  if (most < 5000) return { failed: "the time was up before it" };
  const software = backend.endsWith(":software");
  const { code, stdout, stderr, late } = await runChild(Deno.execPath(), [
    ...["run", "-q", "-A", "--cached-only", "--no-prompt", "test/gpu/stage.ts"],
    ...args,
  ], { most, env: { NO_COLOR: "1", ...software && { PLUMBLINE_SOFTWARE_GPU: "1" } } });
  if (late) return { failed: `not done after ${(late / 1000).toFixed(0)} s` };
  if (code !== 0) {
    const lines = stderr.split("\n").filter((line) => /\S/.test(line) && !/^ +at |XDG/.test(line));
    const said = lines.find((line) => /Error|error/.test(line)) ?? lines.at(-1) ?? `${code}`;
    return { failed: said.replace(/^error: Uncaught .*?Error: /, "") };
  }
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

async function gpuName(): Promise<string> {
  const query = ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"];
  const found = await runChild("nvidia-smi", query, { most: 20_000 }).catch(() => undefined);
  return found?.code === 0 ? found.stdout.trim().split("\n")[0]! : "none that nvidia-smi finds";
}

/** Steps of the same sizes in plain PyTorch, where it is installed. */
async function torch(most: number, small: boolean): Promise<Results["torch"]> {
  if (most < 5000) return { failed: "the time was up before it" };
  const args = ["test/gpu/torch_steps.py", ...small ? ["--small"] : []];
  const found = await runChild("python3", args, { most }).catch(() => undefined);
  if (!found) return { failed: "there is no python3" };
  if (found.late) return { failed: `not done after ${(found.late / 1000).toFixed(0)} s` };
  if (found.code !== 0) return { failed: found.stderr.trim().split("\n").at(-1) ?? "failed" };
  return JSON.parse(found.stdout.trim().split("\n").at(-1)!);
}

if (import.meta.main) await run(() => main(Deno.args));
