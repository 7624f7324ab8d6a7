/**
 * Packed tensor files, the form of the records that the repository holds: gzipped safetensors in which numbers lie by
 * significance. A packed tensor `KEY` is held as bytes, most significant first: `KEY` [bytes, numbers] has its exact
 * rows, and `KEY~` [2, numbers] rows rounded to 16-bit integers of one scale each. `truth/packed.py` writes them.
 *
 * @module
 */
import { budget, extent, readWhole } from "../bounds.ts";
import { type DType, parseSafetensors, type StoredTensor, type TensorFile } from "../clip/mod.ts";
import { UserError } from "../errors.ts";

/** What the metadata say of a packed tensor. */
interface Packed {
  dtype: DType;
  shape: number[];
  /** In how many rows its numbers were taken. */
  rows: number;
  /** How many of the first are exact. */
  exact: number;
  /** Of each other row: what its integers count. They count from the first row where that is exact. */
  scales: number[];
}

const sizes: Partial<Record<DType, number>> = { F32: 4, F64: 8, I64: 8, I32: 4, U8: 1 };

/**
 * Opens a packed file.
 *
 * @throws {UserError} when it is no gzip, unpacks to more than its bytes are worth, or contradicts itself
 */
export async function readPacked(path: string): Promise<TensorFile> {
  const file = parseSafetensors(await unzipped(path), path);
  const packed = parse(file);
  const read = (key: string): StoredTensor =>
    Object.hasOwn(packed, key) ? unpack(file, key, packed[key]!) : file.read(key);
  return {
    ...file,
    keys: [...new Set(file.keys.map((key) => key.replace(/~$/, "")))],
    shape: (key) => Object.hasOwn(packed, key) ? [...packed[key]!.shape] : file.shape(key),
    dtype: (key) => Object.hasOwn(packed, key) ? packed[key]!.dtype : file.dtype(key),
    read,
    readFloats(key) {
      const { shape, data } = read(key);
      if (data instanceof Float32Array) return { shape, data };
      return { shape, data: Float32Array.from(data as ArrayLike<number | bigint>, Number) };
    },
  };
}

async function unzipped(path: string): Promise<Uint8Array> {
  const bytes = await readWhole(path);
  const left = budget(bytes.length, path);
  const chunks: Uint8Array[] = [];
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    for await (const chunk of stream) {
      left.take(2 * chunk.length, "its tensors"); // in pieces, and whole
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path} is no whole gzip file: fetch it again.`);
  }
  const whole = new Uint8Array(chunks.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function parse(file: TensorFile): Record<string, Packed> {
  const fail = (): never => {
    throw new UserError(`${file.name} says of its packed tensors what can't be: fetch it again.`);
  };
  let packed: Record<string, Packed>;
  try {
    packed = JSON.parse(file.metadata.get("packed") ?? "{}");
  } catch {
    return fail();
  }
  for (const [key, about] of Object.entries(packed ?? {})) {
    const { dtype, shape, rows, exact, scales } = about ?? {};
    if (!Array.isArray(shape) || !Array.isArray(scales) || !scales.every(Number.isFinite)) fail();
    if (!sizes[dtype] || !(rows >= 1 && exact >= 0) || rows !== exact + scales.length) fail();
    const row = extent(shape) / rows;
    const held = (name: string, bytes: number, rows: number) =>
      rows === 0
        ? !file.keys.includes(name)
        : file.keys.includes(name) && file.dtype(name) === "U8" &&
          file.shape(name).join() === `${bytes},${rows * row}`;
    if (!held(key, sizes[dtype]!, exact) || !held(`${key}~`, 2, scales.length)) fail();
    if (scales.length > 0 && dtype !== "F32") fail();
  }
  return packed;
}

function unpack(file: TensorFile, key: string, { dtype, shape, rows, exact, scales }: Packed) {
  const size = sizes[dtype]!;
  const row = extent(shape) / rows;
  const bytes = new Uint8Array(size * row * rows);
  if (exact > 0) weave(file.read(key).data as Uint8Array, size, bytes);
  if (scales.length > 0) {
    const steps = new Int16Array(row * scales.length);
    weave(file.read(`${key}~`).data as Uint8Array, 2, new Uint8Array(steps.buffer));
    const first = new Float32Array(bytes.buffer, 0, row);
    const rounded = new Float32Array(bytes.buffer, exact * row * size);
    steps.forEach((step, i) => {
      const from = exact > 0 ? first[i % row] : 0;
      rounded[i] = step * scales[Math.floor(i / row)]! + from!;
    });
  }
  return { shape: [...shape], data: elements[dtype]!(bytes.buffer) };
}

/** Bytes by significance, the most significant first, to little-endian numbers. */
function weave(planes: Uint8Array, size: number, into: Uint8Array): void {
  const count = planes.length / size;
  for (let plane = 0; plane < size; plane++) {
    for (let i = 0; i < count; i++) into[i * size + size - 1 - plane] = planes[plane * count + i]!;
  }
}

const elements: Partial<Record<DType, (buffer: ArrayBuffer) => StoredTensor["data"]>> = {
  F32: (buffer) => new Float32Array(buffer),
  F64: (buffer) => new Float64Array(buffer),
  I64: (buffer) => new BigInt64Array(buffer),
  I32: (buffer) => new Int32Array(buffer),
  U8: (buffer) => new Uint8Array(buffer),
};
