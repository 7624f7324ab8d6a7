/**
 * Reads MATLAB's level 5 MAT-files, in which Stanford Cars and Oxford Flowers keep their labels (MathWorks, "MAT-File Format"):
 * numbers, text, cells and structures, compressed or not.
 *
 * @module
 */

import { inflateSync } from "node:zlib";
import { type Budget, budget, PER_BYTE } from "../bounds.ts";
import { UserError } from "../errors.ts";

/** A MATLAB array, its elements in MATLAB's (column-major) order; text is one string, a list of cells or structures is an array. */
export type MatlabValue = string | number[] | MatlabValue[] | MatlabStructure;

/** One MATLAB structure: its fields by name. */
export interface MatlabStructure {
  [field: string]: MatlabValue;
}

/**
 * The variables of a MAT-file by name.
 *
 * @param where the file's name, for messages
 * @throws {UserError} if the bytes are no MAT-file of level 5, or hold a kind of array that this does not read
 */
export function readMatlab(bytes: Uint8Array, where: string): Record<string, MatlabValue> {
  try {
    const mark = String.fromCharCode(...bytes.subarray(126, 128));
    if (mark !== "IM" && mark !== "MI") throw new RangeError("no level 5 header");
    const variables: [name: string, value: MatlabValue][] = [];
    const left = budget(bytes.length, where);
    for (const element of elements(bytes.subarray(128), mark === "IM")) {
      const matrix = element.type === COMPRESSED
        ? [...elements(inflated(element.data, left), mark === "IM")][0]
        : element;
      const { name, value } = readArray(matrix, left);
      variables.push([name, value]);
    }
    return Object.fromEntries(variables);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof UserError) throw error;
    throw new UserError(
      `${where} is not a MATLAB file that can be read (${error.message}): fetch it again.`,
    );
  }
}

/** One tagged element of the file. */
interface Element {
  type: number;
  data: Uint8Array;
  little: boolean;
}

const COMPRESSED = 15;

/** Reads numbers of each of the file's types: bytes of each, and the DataView method. */
const numbers: Record<
  number,
  [size: number, read: (v: DataView, at: number, l: boolean) => number]
> = {
  1: [1, (v, at) => v.getInt8(at)],
  2: [1, (v, at) => v.getUint8(at)],
  3: [2, (v, at, l) => v.getInt16(at, l)],
  4: [2, (v, at, l) => v.getUint16(at, l)],
  5: [4, (v, at, l) => v.getInt32(at, l)],
  6: [4, (v, at, l) => v.getUint32(at, l)],
  7: [4, (v, at, l) => v.getFloat32(at, l)],
  9: [8, (v, at, l) => v.getFloat64(at, l)],
  12: [8, (v, at, l) => Number(v.getBigInt64(at, l))],
  13: [8, (v, at, l) => Number(v.getBigUint64(at, l))],
};

function* elements(bytes: Uint8Array, little: boolean): Generator<Element> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length;) {
    const tag = view.getUint32(at, little);
    const small = tag >>> 16; // a tag whose upper half is a length holds its data in its second word
    const type = small ? tag & 0xffff : tag;
    const length = small || view.getUint32(at + 4, little);
    const start = at + (small ? 4 : 8);
    if (start + length > bytes.length) throw new RangeError("it ends in the middle of an array");
    yield { type, data: bytes.subarray(start, start + length), little };
    const padded = type === COMPRESSED ? length : Math.ceil(length / 8) * 8;
    at = small ? at + 8 : start + padded;
  }
}

/** What a compressed element holds; each of its bytes may become a number of eight. */
function inflated(data: Uint8Array, left: Budget): Uint8Array {
  const most = 2 ** 20 + (PER_BYTE / 8) * data.length;
  const bytes = inflateSync(data, { maxOutputLength: most });
  left.take(bytes.length, "what its arrays unpack to");
  return bytes;
}

function readArray(
  matrix: Element | undefined,
  left: Budget,
): { name: string; value: MatlabValue } {
  if (matrix?.type !== 14) throw new RangeError("an array is expected");
  const parts = [...elements(matrix.data, matrix.little)];
  if (parts.length === 0) return { name: "", value: [] };
  const [flags, shape, nameBytes, ...rest] = parts as [Element, Element, Element, ...Element[]];
  const name = text(nameBytes);
  const kind = flags.data[matrix.little ? 0 : 3];
  const count = readNumbers(shape).reduce((a, b) => a * b, 1);
  if (kind === 1) return { name, value: rest.map((part) => readArray(part, left).value) };
  if (kind === 2) return { name, value: structures(count, rest, left) };
  if (kind === 4) return { name, value: text(rest[0]!) };
  if (kind! >= 6 && kind! <= 15) return { name, value: readNumbers(rest[0]!) };
  throw new RangeError(`its array "${name}" is of kind ${kind}`);
}

/** `count` structures: the length of a field's name, the names, then each structure's fields in turn. */
function structures(count: number, parts: Element[], left: Budget) {
  const [length, names, ...values] = parts as [Element, Element, ...Element[]];
  const width = readNumbers(length)[0]!;
  if (!Number.isInteger(width) || width < 1) {
    throw new RangeError("a structure's names are damaged");
  }
  const fields = Array.from(
    { length: names.data.length / width },
    (_, i) => text({ ...names, data: names.data.subarray(i * width, (i + 1) * width) }),
  );
  if (values.length !== count * fields.length) throw new RangeError("a structure lacks fields");
  left.take(64 * count, "its structures");
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(
      fields.map((field, j) => [field, readArray(values[i * fields.length + j], left).value]),
    ));
}

function readNumbers({ type, data, little }: Element): number[] {
  if (!(type in numbers)) throw new RangeError(`its numbers are of type ${type}`);
  const [size, read] = numbers[type]!;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length / size }, (_, i) => read(view, i * size, little));
}

function text(element: Element): string {
  const encoding = element.type === 16 ? "utf-8" : element.type === 17 ? "utf-16le" : undefined;
  const read = encoding
    ? new TextDecoder(encoding).decode(element.data)
    : readNumbers(element).map((code) => String.fromCodePoint(code)).join("");
  return read.split("\0")[0]!;
}
