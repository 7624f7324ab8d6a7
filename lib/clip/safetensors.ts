/**
 * Reads safetensors files, one tensor at a time, so that a checkpoint of gigabytes is never held whole. Nothing in such
 * a file can run; PyTorch's files are read by `lib/torch`, which runs nothing either.
 */

import { isAbsent, UserError } from "../errors.ts";
import { refusePickle } from "./pickle.ts";
import {
  type DType,
  type Entry,
  type Header,
  headerLength,
  parseHeader,
} from "./safetensors_header.ts";

export type { DType } from "./safetensors_header.ts";

/** Elements as they are stored; half precision (F16, BF16) is widened, which is exact, BOOL is 0 or 1. */
export type Elements = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** A stored tensor: its sizes and its elements, the last dimension varying fastest. */
export interface StoredTensor<Data extends Elements = Elements> {
  /** Sizes, outermost first. */
  shape: number[];
  /** Elements, the last dimension varying fastest. */
  data: Data;
}

/** The tensors of a safetensors file. Its header has been checked; each `read` fetches one tensor. */
export interface TensorFile {
  /** What to call it in a message: its path. */
  readonly name: string;
  /** The tensors' names, in the header's order. */
  readonly keys: readonly string[];
  /** The strings stored beside the tensors. */
  readonly metadata: ReadonlyMap<string, string>;
  /** A tensor's sizes; throws a `UserError` if there is none of that name, as all of these do. */
  shape(key: string): number[];
  /** A tensor's element type. */
  dtype(key: string): DType;
  /** A tensor as it is stored. */
  read(key: string): StoredTensor;
  /** A tensor of any type as single-precision numbers. */
  readFloats(key: string): StoredTensor<Float32Array>;
}

/**
 * Opens the safetensors file at `path` and checks its header. No handle stays open.
 *
 * @throws {UserError} if it is missing, a pickle, truncated, oversized or contradicts itself.
 */
// deno-lint-ignore require-await -- so that every failure is a rejection
export async function readSafetensors(path: string): Promise<TensorFile> {
  return open(path, fileBytes(path), (offset, length) => readRange(path, offset, length));
}

/**
 * The same for a file's bytes already in memory.
 *
 * @example
 * ```ts
 * import { parseSafetensors } from "@plumbline/plumbline/clip";
 * import assert from "node:assert/strict";
 * const header = '{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
 * const bytes = new Uint8Array(8 + header.length + 8);
 * new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
 * bytes.set(new TextEncoder().encode(header), 8);
 * const file = parseSafetensors(bytes, "two zeros");
 * assert.deepEqual(file.shape("x"), [2]);
 * assert.deepEqual(file.readFloats("x").data, new Float32Array(2));
 * ```
 *
 * @param name What to call it in a message.
 * @throws {UserError} as {@linkcode readSafetensors}.
 */
export function parseSafetensors(bytes: Uint8Array, name: string): TensorFile {
  return open(name, bytes.length, (offset, length) => bytes.slice(offset, offset + length));
}

type Range = (offset: number, length: number) => Uint8Array<ArrayBuffer>;

function open(name: string, size: number, range: Range): TensorFile {
  const start = range(0, Math.min(size, 9));
  refusePickle(name, start);
  const length = headerLength(start, size, name);
  const header = parseHeader(range(8, length), size - 8 - length, name);
  const read = (key: string): StoredTensor => {
    const { dtype, shape, offset, bytes } = entry(header, key, name);
    return { shape: [...shape], data: elements[dtype](range(offset, bytes).buffer) };
  };
  return {
    name,
    keys: [...header.entries.keys()],
    metadata: header.metadata,
    shape: (key) => [...entry(header, key, name).shape],
    dtype: (key) => entry(header, key, name).dtype,
    read,
    readFloats(key) {
      const { shape, data } = read(key);
      if (data instanceof Float32Array) return { shape, data };
      return { shape, data: Float32Array.from(data as ArrayLike<number | bigint>, Number) };
    },
  };
}

function entry(header: Header, key: string, name: string): Entry {
  const found = header.entries.get(key);
  if (!found) throw new UserError(`${name} has no tensor ${key}; check that it is the right file.`);
  return found;
}

/** How the stored bytes become elements. Every machine that runs this is little-endian, as the format is. */
const elements: Record<DType, (buffer: ArrayBuffer) => Elements> = {
  F64: (buffer) => new Float64Array(buffer),
  I64: (buffer) => new BigInt64Array(buffer),
  F32: (buffer) => new Float32Array(buffer),
  I32: (buffer) => new Int32Array(buffer),
  F16: (buffer) => new Float32Array(new Float16Array(buffer)),
  BF16: widenBfloat,
  U8: (buffer) => new Uint8Array(buffer),
  BOOL: (buffer) => new Uint8Array(buffer),
};

/** A bfloat16 is the upper half of a float32. */
function widenBfloat(buffer: ArrayBuffer): Float32Array {
  const halves = new Uint16Array(buffer);
  const whole = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) whole[i] = halves[i]! << 16;
  return new Float32Array(whole.buffer);
}

function fileBytes(path: string): number {
  try {
    const info = Deno.statSync(path);
    if (info.isFile) return info.size;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    const name = path.length > 1000 ? `${path.slice(0, 1000)}…` : path; // an index may name anything
    throw new UserError(`There is no file ${name}; check the path.`);
  }
  throw new UserError(`${path} is no file; name a safetensors file.`);
}

function readRange(path: string, offset: number, length: number): Uint8Array<ArrayBuffer> {
  using file = Deno.openSync(path);
  file.seekSync(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const got = file.readSync(bytes.subarray(filled));
    if (got === null) {
      throw new UserError(`${path} became shorter while it was read; fetch it again.`);
    }
    filled += got;
  }
  return bytes;
}
