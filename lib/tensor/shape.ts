/**
 * Differentiable ops that move entries without changing them.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { isTracked, record, recordFrozen, type Tensor } from "./tape.ts";
import { hasProgram, program } from "./programs.ts";

/** Axes permuted: axis i of the result is axis `order[i]` of x. Keep to rank 4: rank 5 is slow in wasm. */
export function transpose(x: Tensor, order: number[]): Tensor {
  const inverse = order.map((_, i) => order.indexOf(i));
  return record(tf.transpose(x, order), [x, (d) => transpose(d, inverse)]);
}

/** Tensors joined along an axis. */
export function concat(parts: Tensor[], axis: number): Tensor {
  let at = 0;
  const edges = parts.map((x) => {
    const from = at;
    at += x.shape[axis]!;
    return [x, (d: Tensor) => slice(d, axis, from, x.shape[axis]!)] as const;
  });
  return record(tf.concat(parts, axis), ...edges);
}

/** `size` entries of x from `from` on along an axis. */
export function slice(x: Tensor, axis: number, from: number, size: number): Tensor {
  const begin = x.shape.map((_, i) => i === axis ? from : 0);
  const sizes = x.shape.map((n, i) => i === axis ? size : n);
  const after = x.shape[axis]! - from - size;
  return record(tf.slice(x, begin, sizes), [x, (d) => pad(d, axis, from, after)]);
}

/** x with zeros before and after along an axis: the adjoint of `slice`. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  if (before === 0 && after === 0) return x;
  const widths = x.shape.map((_, i): [number, number] => i === axis ? [before, after] : [0, 0]);
  return record(tf.pad(x, widths), [x, (d) => slice(d, axis, before, x.shape[axis]!)]);
}

/** Which rows of a table are taken, prepared once; and, for the gradient, where each row of the table went. */
export interface RowIndex {
  /** int32 [taken]: rows of the table. */
  rows: Tensor;
  /** [taken, 1], 0 where a row of zeros stands instead, else 1. Absent where none does. */
  present?: Tensor | undefined;
  /** The same for the backward pass: int32 [total · most], and where a table row went to fewer places. */
  places: Tensor;
  /** 1 where `places` names one, 0 where a table row went to fewer. Absent where all went to as many. */
  placed?: Tensor | undefined;
  /** Rows in the table. */
  total: number;
  /** The most places one table row went to. */
  most: number;
}

/**
 * Prepares a choice out of `total` rows; −1 stands for a row of zeros, and a row may be taken more than once. It
 * outlives `tidy`, until it is disposed of.
 */
export function rowIndex(rows: number[], total: number): RowIndex {
  const taken = Array.from({ length: total }, (): number[] => []);
  rows.forEach((row, place) => row >= 0 && taken[row]!.push(place));
  const most = taken.reduce((n, places) => Math.max(n, places.length), 1);
  const places = taken.flatMap((p) => [...p, ...Array<number>(most - p.length).fill(-1)]);
  const [forth, present] = indexOrZero(rows);
  const [back, placed] = indexOrZero(places);
  return { rows: forth, present, places: back, placed, total, most };
}

function indexOrZero(rows: number[]): [index: Tensor, present?: Tensor] {
  const index: Tensor = tf.tensor(rows.map((row) => Math.max(row, 0)), undefined, "int32");
  tf.keep(index);
  if (!rows.includes(-1)) return [index];
  const present = rows.map((row) => row < 0 ? 0 : 1);
  const column: Tensor = tf.tensor(present, [rows.length, 1], "float32");
  return [index, tf.keep(column)];
}

/** The chosen rows of x. [total, width] → [taken, width] */
export function takeRows(x: Tensor, index: RowIndex): Tensor {
  const y = gather(x, index.rows, index.present);
  return recordFrozen([y], [x], ([d]) => [returnRows(d, index)])[0];
}

/** The adjoint of `takeRows`: each table row gets the sum over its places. Gathers too, as wasm can't scatter. */
function returnRows(x: Tensor, index: RowIndex): Tensor {
  const y = tf.tidy((): Tensor => {
    const placed = gather(x, index.places, index.placed);
    if (index.most === 1) return placed;
    return tf.sum(tf.reshape(placed, [index.total, index.most, x.shape[1]!]), 1);
  });
  return recordFrozen([y], [x], ([d]) => [takeRows(d, index)])[0];
}

/** The rows of x in parts: so many each, then the others. */
export function cut<N extends number[]>(
  x: Tensor,
  ...counts: N
): [...{ [K in keyof N]: Tensor }, Tensor] {
  const [rows, width] = x.shape as [number, number];
  let at = 0;
  const part = (count: number): Tensor => tf.slice(x, [(at += count) - count, 0], [count, width]);
  const parts = counts.map(part);
  const all = [...parts, part(rows - at)];
  recordFrozen(all, [x], (cotangents) => [concat(cotangents, 0)]);
  return all as [...{ [K in keyof N]: Tensor }, Tensor];
}

/** How packed rows lie in slots, some of which are padding. */
export interface Packing {
  /** int32 [slots]: the row in each slot, any row in padding. */
  rows: Tensor;
  /** [slots, 1], 0 where a slot is padding. Absent where none is. */
  filled?: Tensor | undefined;
  /** int32 [rows]: the slot of each row. */
  slots: Tensor;
}

/** Prepares it from the row in each slot, −1 in padding; each row has one slot. It outlives `tidy`. */
export function packing(rowOfSlot: number[]): Packing {
  const slotOfRow: number[] = [];
  rowOfSlot.forEach((row, slot) => row >= 0 && (slotOfRow[row] = slot));
  const [rows, filled] = indexOrZero(rowOfSlot);
  return { rows, filled, slots: indexOrZero(slotOfRow)[0] };
}

/**
 * Packed rows in their slots. Padding holds anything, which spares a product, so what is made of it must have no effect:
 * its cotangent has to be 0. [rows, width] → [slots, width]
 */
export function unpack(x: Tensor, how: Packing): Tensor {
  return recordFrozen([gather(x, how.rows)], [x], ([d]) => [pack(d, how)])[0];
}

/** The rows in their slots again as packed rows. [slots, width] → [rows, width] */
export function pack(x: Tensor, how: Packing): Tensor {
  return recordFrozen([gather(x, how.slots)], [x], ([d]) => [spread(d, how)])[0];
}

/** Packed rows in their slots, padding 0: the adjoint of `pack`. */
function spread(x: Tensor, how: Packing): Tensor {
  return recordFrozen([gather(x, how.rows, how.filled)], [x], ([d]) => [pack(d, how)])[0];
}

function gather(x: Tensor, rows: Tensor, present?: Tensor): Tensor {
  if (present && hasProgram("Gathered")) {
    return program("Gathered", { x, rows, present }, {}, [rows.size, x.shape[1]!]);
  }
  return tf.tidy(() => {
    const y: Tensor = tf.gather(x, rows);
    return present ? tf.mul(y, present) : y;
  });
}

/** Some entries of x along its first axis. For frozen data: no gradient goes through it. */
export function pick(x: Tensor, places: number[]): Tensor {
  if (isTracked(x)) throw new Error("pick is for frozen tensors: take rows by takeRows");
  return tf.tidy(() => tf.gather(x, tf.tensor(places, undefined, "int32")));
}
