/**
 * A recorded trajectory, step by step, in either of the two forms that the records have: one tensor with a row for each
 * step (`param.ctx`), or one tensor for each step (`s3/outer.grad/…`).
 *
 * @module
 */
import type { TensorFile } from "../../clip/mod.ts";
import type { ParityFolder, ParityRecord } from "./manifest.ts";
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
}

/** Reads a trajectory. */
export async function readTrajectory(
  folder: ParityFolder,
  record: ParityRecord,
  file: TensorFile,
): Promise<Trajectory> {
  return record.draws
    ? await fromSteps(folder, record, file, record.draws.map(({ lr }) => lr))
    : fromRows(file, Number(record.settings?.lr ?? DEEP_RATE));
}

/** The rate of the records with visual prompts that do not hold theirs. */
const DEEP_RATE = 0.0025;

function fromRows(file: TensorFile, rate: number): Trajectory {
  const read = (key: string) => file.readFloats(key);
  const rates = file.keys.includes("lr")
    ? [...read("lr").data]
    : [...read("loss").data].map(() => rate);
  const start: Trajectory["start"] = {};
  const steps = rates.map(() => new Map<string, Float32Array>());
  for (const key of file.keys) {
    const name = observation(key);
    if (!name) continue;
    const { shape, data } = read(key);
    const size = data.length / shape[0];
    const row = (i: number) => data.slice(i * size, (i + 1) * size);
    const isParam = name.startsWith("param/");
    if (isParam) start[name.slice("param/".length)] = { shape: shape.slice(1), data: row(0) };
    steps.forEach((step, i) => step.set(name, row(isParam ? i + 1 : i)));
  }
  return { start, steps, rates };
}

async function fromSteps(
  folder: ParityFolder,
  record: ParityRecord,
  file: TensorFile,
  rates: number[],
): Promise<Trajectory> {
  const start: Trajectory["start"] = {};
  for (const key of file.keys.filter((key) => key.startsWith("init/"))) {
    start[parameterName(key.slice("init/".length))] = file.readFloats(key);
  }
  if (record.modulationInit) {
    const modulation = await folder.open(record.modulationInit);
    for (const key of modulation.keys) start[parameterName(key)] = modulation.readFloats(key);
  }
  const steps = rates.map((_, i) => {
    const step = new Map<string, Float32Array>();
    for (const key of file.keys.filter((key) => key.startsWith(`s${i}/`))) {
      const name = observation(key.slice(key.indexOf("/") + 1));
      if (name) step.set(name, file.readFloats(key).data);
    }
    return step;
  });
  return { start, steps, rates };
}
