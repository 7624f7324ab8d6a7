/**
 * The header of a safetensors file (github.com/huggingface/safetensors: eight bytes of length, JSON, data), checked
 * before anything is allocated for what it describes: names, types, shapes and places must account for every byte.
 */

import { type Budget, budget, extent } from "../bounds.ts";
import { UserError } from "../errors.ts";
import { shown } from "../shape.ts";
import { repeatedKey } from "./repeated_key.ts";

/** The element types that are read, with their bytes, in the order in which the reference writes them. */
export const itemBytes = {
  I64: 8,
  F64: 8,
  F32: 4,
  I32: 4,
  BF16: 2,
  F16: 2,
  U8: 1,
  BOOL: 1,
} as const satisfies Record<DType, number>;

/** An element type of a safetensors file. */
export type DType = "I64" | "F64" | "F32" | "I32" | "BF16" | "F16" | "U8" | "BOOL";

/** Where a tensor lies, from the start of the file, and what it is. */
export interface Entry {
  dtype: DType;
  shape: number[];
  offset: number;
  bytes: number;
}

/** What a header says. */
export interface Header {
  entries: Map<string, Entry>;
  metadata: Map<string, string>;
}

/** Bytes of a header at most. The reference allows 100 MB; those of the largest CLIPs have a tenth of a megabyte. */
const LONGEST_HEADER = 16 * 2 ** 20;

/**
 * The length of the header that starts a file of `fileBytes` bytes.
 *
 * @throws {UserError} if the file is too short for it.
 */
export function headerLength(start: Uint8Array, fileBytes: number, name: string): number {
  if (fileBytes < 8) {
    throw new UserError(
      `${name} has only ${fileBytes} bytes and is no safetensors file; fetch it again.`,
    );
  }
  const length = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
  if (length > LONGEST_HEADER) {
    throw new UserError(
      `${name} announces a header of ${length} bytes (at most ${LONGEST_HEADER} are allowed), so it is damaged or ` +
        `no safetensors file; check what it is.`,
    );
  }
  if (length > fileBytes - 8) {
    throw new UserError(
      `${name} ends after ${fileBytes} bytes, inside its header of ${length}: it is truncated; fetch it again.`,
    );
  }
  return length;
}

/**
 * Reads the JSON of a header whose data take `dataBytes` bytes.
 *
 * @throws {UserError} naming the first thing that is wrong.
 */
export function parseHeader(json: Uint8Array, dataBytes: number, name: string): Header {
  const fail = (what: string): never => {
    throw new UserError(`${name}: ${what}; the file is damaged, fetch or convert it again.`);
  };
  const left = budget(8 + json.length + dataBytes, name);
  const fields = parseObject(json, fail);
  const metadata = new Map<string, string>();
  const entries = new Map<string, Entry>();
  for (const [key, value] of fields) {
    if (key === "__metadata__") {
      for (
        const [k, v] of isObject(value) ? Object.entries(value) : fail("its metadata is no object")
      ) {
        if (typeof v !== "string") fail(`metadata ${JSON.stringify(k)} is no string`);
        metadata.set(k, v as string);
      }
    } else {
      const place = { key, where: name, dataStart: 8 + json.length, left };
      entries.set(key, parseEntry(value, place, (what) => fail(`${key} ${what}`)));
    }
  }
  checkPlaces(entries, 8 + json.length, dataBytes, name, fail);
  return { entries, metadata };
}

type Fail = (what: string) => never;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseObject(json: Uint8Array, fail: Fail): [string, unknown][] {
  let text = "";
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
    value = JSON.parse(text);
  } catch {
    fail("its header is not valid JSON");
  }
  if (!isObject(value)) return fail("its header is no JSON object");
  const twice = repeatedKey(text);
  if (twice !== undefined) fail(`its header has the key ${JSON.stringify(twice)} twice`);
  return Object.entries(value);
}

function parseEntry(
  value: unknown,
  { key, where, dataStart, left }: { key: string; where: string; dataStart: number; left: Budget },
  fail: Fail,
): Entry {
  if (!isObject(value)) return fail("is described by no object");
  const { dtype, shape, data_offsets: place } = value;
  if (typeof dtype === "string" && /^F[48]_/.test(dtype)) {
    throw new UserError(
      `${where}: ${key} is stored in ${dtype.slice(0, 20)}, floats of ${
        dtype[1]
      } bits, which are not read: save the weights in half precision (F16 or BF16).`,
    );
  }
  if (typeof dtype !== "string" || !Object.hasOwn(itemBytes, dtype)) {
    return fail(
      `has type ${shown(dtype)}, not one of ${Object.keys(itemBytes).join(", ")}`,
    );
  }
  if (!isSizes(shape)) return fail(`has shape ${shown(shape)}, not a list of sizes`);
  if (!isSizes(place) || place.length !== 2 || place[1]! < place[0]!) {
    return fail(`lies at ${shown(place)}, which is no range of bytes`);
  }
  const bytes = shape.reduce((product, size) => product * size, itemBytes[dtype as DType]);
  if (bytes !== place[1]! - place[0]!) {
    return fail(
      `has shape [${shape}] of ${dtype}, ${bytes} bytes, but a place of ${
        place[1]! - place[0]!
      } bytes`,
    );
  }
  left.take(4 * extent(shape), "the shapes of its tensors");
  return { dtype: dtype as DType, shape, offset: dataStart + place[0]!, bytes };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** One after the other from the first byte of data to the last: no gap, no overlap. */
function checkPlaces(
  entries: Map<string, Entry>,
  dataStart: number,
  dataBytes: number,
  name: string,
  fail: Fail,
): void {
  let end = dataStart;
  for (
    const [key, { offset, bytes }] of [...entries].sort(([, a], [, b]) =>
      a.offset - b.offset || a.bytes - b.bytes
    )
  ) {
    if (offset !== end) {
      fail(
        `${key} starts at byte ${offset}, ${offset < end ? "inside" : "after a gap behind"} the ` +
          `tensor before it, which ends at ${end}`,
      );
    }
    end = offset + bytes;
  }
  const fileBytes = dataStart + dataBytes;
  if (end > fileBytes) {
    throw new UserError(
      `${name} ends after ${fileBytes} bytes of ${end}: it is truncated; fetch it again.`,
    );
  }
  if (end < fileBytes) fail(`${fileBytes - end} bytes follow the last tensor`);
}
