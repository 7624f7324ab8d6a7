/** Writes safetensors files, for checkpoints and for the weights that this project trains itself. */

import { UserError } from "../errors.ts";
import { checkOptions, fields, flag } from "../options_given.ts";
import type { Elements, StoredTensor } from "./safetensors.ts";
import { type DType, itemBytes } from "./safetensors_header.ts";

/** What {@linkcode writeSafetensors} stores besides the tensors. */
export interface WriteOptions {
  /** Strings to keep beside the tensors. */
  metadata?: Record<string, string>;
  /** Store single-precision tensors in half precision (F16), rounded to nearest. Default false. */
  half?: boolean;
}

/**
 * Writes tensors to `path`, under a temporary name first: a reader finds the old file or the whole new one. The same
 * tensors give the same bytes.
 *
 * @example
 * ```ts
 * import { readSafetensors, writeSafetensors } from "@plumbline/plumbline/clip";
 * import assert from "node:assert/strict";
 * const path = `${await Deno.makeTempDir()}/prompt.safetensors`;
 * await writeSafetensors(path, { context: { shape: [1, 2], data: Float32Array.of(0.5, -1) } });
 * assert.deepEqual((await readSafetensors(path)).readFloats("context").data, Float32Array.of(0.5, -1));
 * ```
 *
 * @throws {UserError} if a tensor's elements do not fill its shape, or do not fit into half precision.
 */
export async function writeSafetensors(
  path: string,
  tensors: Record<string, StoredTensor>,
  options: WriteOptions = {},
): Promise<void> {
  const pieces = piecesOf(tensors, options);
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    using file = await Deno.open(temporary, { write: true, createNew: true });
    for (const bytes of pieces) {
      for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
    }
    await file.sync();
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** The bytes of that file, where there is no disk to write it to; fails as {@linkcode writeSafetensors} does. */
export function safetensorsBytes(
  tensors: Record<string, StoredTensor>,
  options: WriteOptions = {},
): Uint8Array<ArrayBuffer> {
  const pieces = piecesOf(tensors, options);
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  pieces.reduce((at, piece) => (bytes.set(piece, at), at + piece.length), 0);
  return bytes;
}

/** The header, then each tensor. */
function piecesOf(
  tensors: Record<string, StoredTensor>,
  options: WriteOptions,
): Uint8Array[] {
  checkOptions("writeSafetensors", options, { metadata: fields, half: flag });
  const { metadata, half = false } = options;
  // The reference's order: widest elements first, so that every tensor is aligned to its own width.
  const order = Object.keys(itemBytes);
  const parts = Object.entries(tensors)
    .map(([key, tensor]) => ({ key, shape: tensor.shape, ...store(key, tensor, half) }))
    .sort((a, b) => order.indexOf(a.dtype) - order.indexOf(b.dtype) || (a.key < b.key ? -1 : 1));
  return [header(parts, metadata), ...parts.map((part) => part.bytes)];
}

interface Part {
  key: string;
  shape: number[];
  dtype: DType;
  bytes: Uint8Array;
}

function header(parts: Part[], metadata: Record<string, string> | undefined): Uint8Array {
  let end = 0;
  const fields: [string, unknown][] = parts.map(({ key, shape, dtype, bytes }) => {
    const place = [end, end += bytes.length];
    return [key, { dtype, shape, data_offsets: place }];
  });
  if (metadata) fields.unshift(["__metadata__", metadata]);
  // Object.fromEntries defines properties, so a key named __proto__ is a key like any other.
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(fields)));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, 8);
  return bytes;
}

function store(
  key: string,
  { shape, data }: StoredTensor,
  half: boolean,
): Pick<Part, "dtype" | "bytes"> {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new UserError(
      `${key} has shape [${shape}] but ${data.length} elements; give it the shape of its data.`,
    );
  }
  const stored = half && data instanceof Float32Array ? halve(key, data) : data;
  const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  return { dtype: stored instanceof Float16Array ? "F16" : dtypeOf(stored), bytes };
}

function halve(key: string, data: Float32Array): Float16Array {
  const halved = new Float16Array(data);
  const lost = halved.findIndex((value, i) => Number.isFinite(data[i]) && !Number.isFinite(value));
  if (lost < 0) return halved;
  throw new UserError(
    `${key} has the value ${
      data[lost]
    } at ${lost}, beyond half precision's 65504; write it without half.`,
  );
}

function dtypeOf(data: Elements): DType {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Float64Array) return "F64";
  if (data instanceof Int32Array) return "I32";
  return data instanceof BigInt64Array ? "I64" : "U8";
}
