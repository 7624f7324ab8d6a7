/**
 * Comparing tensors with the rows of a record, as a replay computes them.
 *
 * @module
 */
import type { TensorFile } from "../clip/mod.ts";
import { clone, keep, read, type Tensor } from "../tensor/mod.ts";
import { type Comparison, relativeError } from "./compare.ts";
import type { ParityRecord } from "./manifest.ts";

/**
 * Compares numbers, or those of a tensor, with a row of what was recorded as `key`, if it was. A tensor may be freed after
 * the call: a GPU can't be read while it is given work, so its numbers are read when all is settled.
 */
export type Compare = (
  what: string,
  own: ArrayLike<number> | Tensor,
  key: string,
  row?: number,
  asFeatures?: boolean,
) => void;

/** Collects comparisons with what a file holds. `settle` reads the tensors among them, and is to be awaited. */
export function comparer(record: ParityRecord, file: TensorFile) {
  const comparisons: Comparison[] = [];
  const waiting: (() => Promise<void>)[] = [];
  const used = new Set<string>();
  const adaptive = file.keys.some((key) => key.startsWith("expAvg."));
  const tolerance = Number(record.tolerance ?? 1e-4);
  const errorOf = (
    own: ArrayLike<number>,
    key: string,
    row: number | undefined,
    asFeatures: boolean,
  ) => {
    const numbers = rowOf(file, key, row);
    const recorded = asFeatures ? unitRows(numbers, file.shape(key).at(-1)!) : numbers;
    return adaptive && key.startsWith("param.")
      ? distance(own, recorded)
      : relativeError(own, recorded, leastMagnitude(file, key));
  };
  const compare: Compare = (what, own, key, row, asFeatures = false) => {
    if (!file.keys.includes(key)) return;
    used.add(key);
    const comparison = { what, error: Infinity, tolerance };
    comparisons.push(comparison);
    if (!isTensor(own)) {
      comparison.error = errorOf(own, key, row, asFeatures);
      return;
    }
    const kept = keep(clone(own));
    waiting.push(async () => {
      comparison.error = errorOf(await read(kept), key, row, asFeatures);
      kept.dispose();
    });
  };
  const settle = async () => void await Promise.all(waiting.splice(0).map((wait) => wait()));
  return { compare, comparisons, used, settle };
}

function isTensor(own: ArrayLike<number> | Tensor): own is Tensor {
  return "dispose" in own;
}

/** Rows brought to unit length: some records have features as they are, some as they are used. */
function unitRows(numbers: Float32Array, width: number): Float32Array {
  const lengths = Array.from(
    { length: numbers.length / width },
    (_, row) => Math.hypot(...numbers.subarray(row * width, (row + 1) * width)),
  );
  return numbers.map((x, i) => x / lengths[Math.floor(i / width)]!);
}

/**
 * ‖a − b‖/‖b‖: how the records' own checks measure parameters. Adam moves a number whose gradient is all but 0 by its
 * rate to either side, as rounding has it, so that the largest difference says nothing.
 */
function distance(own: ArrayLike<number>, recorded: Float32Array): number {
  if (own.length !== recorded.length) return Infinity;
  const length = (at: (i: number) => number) =>
    Math.sqrt(recorded.reduce((sum, _, i) => sum + at(i) ** 2, 0));
  const error = length((i) => own[i]! - recorded[i]!) / (length((i) => recorded[i]!) || 1);
  return Number.isFinite(error) ? error : Infinity;
}

/**
 * What a loss or a gradient is measured by where it all but vanishes: a loss by 0.1, as the records' own checks do, and a
 * gradient by a hundredth of the largest of its run.
 */
function leastMagnitude(file: TensorFile, key: string): number {
  if (/^loss/.test(key)) return 0.1;
  if (!/^(grad|momentum)/.test(key)) return 0;
  return file.readFloats(key).data.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / 100;
}

/** The numbers of one row, or all. */
export function rowOf(file: TensorFile, key: string, row?: number): Float32Array {
  const { shape, data } = file.readFloats(key);
  if (row === undefined) return data;
  const size = data.length / shape[0]!;
  return data.subarray(row * size, (row + 1) * size);
}
