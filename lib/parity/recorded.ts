/**
 * A recorded trajectory, step by step, in either of the two forms that the records have: one tensor with a row for each
 * step (`param.ctx`), or one tensor for each step (`s3/outer.grad/…`).
 *
 * @module
 */
import { type Budget, budget, extent } from "../bounds.ts";
import type { TensorFile } from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import type { ParityFolder, ParityRecord } from "./manifest.ts";
import { tensorsNamed } from "./manifest.ts";
import { observation, parameterName } from "./names.ts";

/** A stored array. */
export interface Stored {
  shape: number[];
  data: Float32Array;
}

/** A trajectory in plumbline's names. */
export interface Trajectory {
  /** Parameters before the first step. */
  start: Record<string, Stored>;
  /** For each step what it recorded, by what the observer calls it. */
  steps: Map<string, Float32Array>[];
  rates: number[];
  /** Keys that belong to no step: what evaluation and teachers gave. */
  outside: string[];
}

/** Reads a trajectory. */
export async function readTrajectory(
  folder: ParityFolder,
  record: ParityRecord,
  file: TensorFile,
): Promise<Trajectory> {
  return file.keys.some((key) => /^s\d+\//.test(key))
    ? await fromSteps(folder, record, file)
    : fromRows(file, Number(record.settings?.lr ?? DEEP_RATE));
}

/**
 * Keys that are given to a step, not computed by it: rates, and the random draws, which the manifest repeats. (Its draws
 * also have what follows from those: `randperm`, `query_label`, `unique_labels`, and `loss_summary`, the outer loss times
 * the outer ratio.)
 */
const given = /^lr$|^phase1\.lr$|^draw\./;

/** The rate of the records with visual prompts that do not hold theirs. */
const DEEP_RATE = 0.0025;

function fromRows(file: TensorFile, rate: number): Trajectory {
  const read = (key: string) => file.readFloats(key);
  const start: Trajectory["start"] = {};
  const outside: string[] = [];
  const count = stepsOf(file);
  const left = budgetOf(file);
  left.take(STEP * count, "its steps");
  const steps: Trajectory["steps"] = Array.from({ length: count }, () => new Map());
  for (const key of file.keys.filter((key) => !given.test(key))) {
    const name = observation(key);
    if (!name) {
      outside.push(key);
      continue;
    }
    const { shape, data } = read(key);
    const size = shape[0]! > 0 ? data.length / shape[0]! : 0;
    left.take(STEP * count, `the rows of ${key}`);
    const row = (i: number) => data.slice(i * size, (i + 1) * size);
    const isParam = name.startsWith("param/");
    if (isParam) start[name.slice("param/".length)] = { shape: shape.slice(1), data: row(0) };
    steps.forEach((step, i) => step.set(name, row(isParam ? i + 1 : i)));
  }
  const rates = file.keys.includes("lr") ? [...read("lr").data] : steps.map(() => rate);
  return { start, steps, rates, outside };
}

/** Bytes of memory that a step takes besides its numbers. */
const STEP = 256;

function budgetOf(file: TensorFile): Budget {
  return budget(file.keys.reduce((n, key) => n + extent(file.shape(key)), 0), file.name);
}

/** Parameters have a row more than there are steps. */
function stepsOf(file: TensorFile): number {
  const param = file.keys.find((key) => key.startsWith("param."));
  return param ? Math.max(0, (file.shape(param)[0] ?? 0) - 1) : 0;
}

async function fromSteps(
  folder: ParityFolder,
  record: ParityRecord,
  file: TensorFile,
): Promise<Trajectory> {
  const start: Trajectory["start"] = {};
  const outside: string[] = [];
  if (record.modulationInit) {
    const modulation = await folder.open(tensorsNamed(record.modulationInit));
    for (const key of modulation.keys) start[parameterName(key)] = modulation.readFloats(key);
  }
  const steps: Trajectory["steps"] = [];
  const most = file.keys.length; // every step has one
  for (const key of file.keys) {
    const [, step, recorded] = key.match(/^s(\d+)\/(.+)$/) ?? [];
    if (step === undefined) {
      if (!key.startsWith("init/")) outside.push(key);
      else start[parameterName(key.slice("init/".length))] = file.readFloats(key);
      continue;
    }
    if (Number(step) >= most) {
      throw new UserError(
        `${file.name} has a step ${step} and ${most} tensors: steps count from 0.`,
      );
    }
    const observations = steps[Number(step)] ??= new Map();
    if (given.test(recorded!)) continue;
    const name = observation(recorded!);
    if (name) observations.set(name, file.readFloats(key).data);
    else outside.push(key);
  }
  const missing = Array.from(steps, (step, i) => step ? -1 : i).find((i) => i >= 0);
  if (missing !== undefined) throw new UserError(`${file.name} has steps, but none is ${missing}.`);
  const rates = steps.map((_, i) =>
    record.draws?.[i]?.lr ?? file.readFloats(`s${i}/phase1.lr`).data[0]!
  );
  return { start, steps, rates, outside };
}
