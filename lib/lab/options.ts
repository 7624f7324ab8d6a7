/**
 * How experiments are run.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import {
  callback,
  checkOptions,
  either,
  fields,
  flag,
  type Kinds,
  listOf,
  oneOf,
  signal,
  text,
  whole,
  words,
} from "../options_given.ts";
import { type Keep, keeps } from "../protocols/mod.ts";
import { type BackendName, type Precision, precisions } from "../tensor/mod.ts";
import type { Listener } from "./events.ts";
import type { DataPlaces } from "./inputs.ts";
import type { SlurmOptions } from "./slurm/options.ts";

/**
 * How experiments are planned and run.
 *
 * @category Reproduce
 */
export interface LabOptions {
  /** The folder of results: the plan, a record for every cell, the report. What is there is not done again. */
  out: string;
  /** CLIP weights in place of the experiments': as they name them, or a CLIP. */
  clip?: string | Clip;
  /** Where data sets lie. */
  data?: DataPlaces;
  /**
   * What stays of each cell beside its record: `prompts` (default), its trained prompts, `prompts/<id>.safetensors`, which
   * `loadTrained` reads; or `none`. It changes no number and no cell's identity; cells that are done already are left as
   * they are.
   */
  keep?: Keep;
  /** The backend that computes; the fastest that works when not given. */
  backend?: BackendName | undefined;
  /** The precision of products with frozen weights: `fp32` (default), `bf16` on the native backend, `fp16` on WebGPU. Part of a cell's identity. */
  precision?: Precision | undefined;
  /** How many threads of a process read images; one when not given. */
  workers?: number;
  /** How many processes run cells side by side; what is fastest when not given. */
  jobs?: number | undefined;
  /**
   * How many cells of a process train as one, where they can: seeds and settings of CoOp, ProGrad and others whose images come
   * from the frozen tower. Their small steps take less time together, and as much more memory. Default 1. Numbers differ in
   * rounding, as between machines: a record says how many were `stacked`, and a cell's identity is the same.
   */
  stack?: number | undefined;
  /** What runs the cells: this machine, or a cluster. */
  runner?: "local" | { slurm: SlurmOptions };
  /** The report's first line; what it says of the weights when not given. */
  headline?: string | undefined;
  /** The command that makes the report again, for report and records; this program's when not given. */
  command?: string;
  /** Ends the run: cells that are done are kept, one that is being run leaves its checkpoint. */
  signal?: AbortSignal;
  /** Is told every event of the run, as it happens. */
  onEvent?: Listener;
}

const kinds: Kinds<LabOptions> = {
  out: words,
  clip: either(words, fields),
  data: fields,
  backend: words,
  precision: oneOf(precisions),
  workers: whole(),
  jobs: whole(1),
  stack: whole(1),
  runner: either(oneOf(["local"]), fields),
  headline: text,
  command: text,
  keep: oneOf(keeps),
  signal,
  onEvent: callback,
};

const dataKinds: Kinds<DataPlaces> = { root: words, roots: fields, skipMissing: flag };

const slurmKinds: Kinds<SlurmOptions> = {
  partition: words,
  account: words,
  gpus: words,
  time: words,
  mem: words,
  cpus: whole(1),
  atOnce: whole(1),
  retries: whole(),
  detach: flag,
  directives: listOf(text),
  setup: listOf(text),
};

/** @throws {UserError} on an option that does not exist, and on a value that it cannot have */
export function checkLabOptions(call: string, options: LabOptions): void {
  checkOptions(call, options, kinds, { needed: ["out"] });
  const { data, runner } = options;
  if (data) checkOptions(`${call}'s data`, data, dataKinds);
  if (typeof runner !== "object") return;
  checkOptions(`${call}'s runner`, runner, { slurm: fields }, { needed: ["slurm"] });
  checkSlurmOptions(runner.slurm);
}

/** @throws {UserError} on an option that does not exist, and on a value that it cannot have */
export function checkSlurmOptions(options: SlurmOptions): void {
  const needed = ["retries", "detach", "directives", "setup"];
  checkOptions("slurm", options, slurmKinds, { needed });
}
