/** The zip archives of torch.save and torch.jit.save: a pickle, and beside it a file for each storage. */

import { builtin } from "../builtin.ts";
import { BadArchive } from "../archive_entry.ts";
import { UserError } from "../errors.ts";
import { zipEntries, type ZipEntry } from "../zip.ts";
import { type Fail, PickledStorage } from "./globals.ts";
import { LONGEST, unpickle } from "./pickle.ts";
import { Cursor, type Source } from "./source.ts";
import { damaged, itemBytes, type Storage, type TorchDType } from "./tensor.ts";

/** Where a file of the archive lies. */
interface Place {
  start: number;
  size: number;
  crc: number;
}

/**
 * The value that the archive holds.
 *
 * @throws {UserError} when it is damaged, no torch file, or holds more than data
 */
export async function readArchive(source: Source): Promise<unknown> {
  const fail = damaged(source.name);
  const places = await findPlaces(source, fail);
  const pickle = [...places.keys()].find((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickle === undefined) return fail("it is a zip archive without torch's data.pkl");
  const folder = pickle.slice(0, -"data.pkl".length);
  refuseBigEndian(source, places.get(`${folder}byteorder`), fail);
  const made = new Map<string, PickledStorage>();
  const { start, size } = places.get(pickle)!;
  if (size > LONGEST) fail(`its pickle is longer than ${LONGEST} bytes`);
  checkSum(source, places.get(pickle)!, "data.pkl");
  return unpickle(new Cursor(source, start, start + size), {
    persistent(id) {
      const { dtype, key, count } = storageOf(id, fail);
      const place = places.get(`${folder}data/${key}`) ??
        fail(`its storage ${JSON.stringify(key.slice(0, 80))} is missing`);
      if (place.size !== count * itemBytes[dtype]) {
        fail(`its storage ${key} has ${place.size} bytes, not those of ${count} elements`);
      }
      const known = made.get(`${dtype}/${key}`);
      if (known) return known;
      const storage = new PickledStorage(placed({ source, place, dtype, key, count }));
      made.set(`${dtype}/${key}`, storage);
      return storage;
    },
  });
}

/** The storage that a persistent identifier names. */
export function storageOf(
  id: unknown,
  fail: Fail,
): { dtype: TorchDType; key: string; count: number } {
  if (!Array.isArray(id) || id[0] !== "storage") return fail("it names something but a storage");
  const [, type, key, , count] = id;
  const dtype = (type as { dtype?: TorchDType } | null)?.dtype;
  if (dtype === undefined) {
    return fail("a storage in it has a type of elements that is not read");
  }
  if (typeof key !== "string" || !Number.isSafeInteger(count) || count < 0) {
    return fail("a storage in it has no name or size");
  }
  return { dtype, key, count };
}

async function findPlaces(source: Source, fail: Fail): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  let left = source.size;
  using file = await Deno.open(source.name);
  try {
    for await (const entry of zipEntries(file)) {
      if (entry.kind !== "file" || !needed(entry)) continue;
      if (places.has(entry.name)) fail(`it holds ${JSON.stringify(entry.name.slice(0, 80))} twice`);
      const start = await entry.start() ??
        fail(`it packs "${entry.name.slice(0, 80)}", which torch.save stores as it is`);
      left -= entry.size;
      if (left < 0) fail("files in it lie in one another");
      places.set(entry.name, { start, size: entry.size, crc: entry.crc });
    }
  } catch (error) {
    if (error instanceof BadArchive) throw new UserError(`${source.name} ${error.message}.`);
    throw error;
  }
  return places;
}

function needed({ name }: ZipEntry): boolean {
  return /^[^/]*\/(data\.pkl|byteorder|data\/[^/]+)$/.test(name);
}

function refuseBigEndian(source: Source, place: Place | undefined, fail: Fail): void {
  if (place?.size !== 3) return;
  if (new TextDecoder().decode(source.range(place.start, 3)) === "big") {
    fail("its numbers are big-endian; save it again on a little-endian machine");
  }
}

/** Bytes whose checksum is taken at a time. */
const CHUNK = 1 << 22;

function checkSum(source: Source, place: Place, what: string): void {
  let sum = 0;
  for (let at = 0; at < place.size; at += CHUNK) {
    sum = builtin("node:zlib").crc32(
      source.range(place.start + at, Math.min(CHUNK, place.size - at)),
      sum,
    );
  }
  if (sum !== place.crc) {
    damaged(source.name)(`the checksum of its ${what} is wrong; fetch it again`);
  }
}

function placed(
  { source, place, dtype, key, count }: {
    source: Source;
    place: Place;
    dtype: TorchDType;
    key: string;
    count: number;
  },
): Storage {
  let whole = false;
  return {
    ...{ dtype, key, count },
    range(offset, length) {
      if (!whole) checkSum(source, place, `storage ${key}`);
      whole = true;
      return source.range(place.start + offset, length);
    },
  };
}
