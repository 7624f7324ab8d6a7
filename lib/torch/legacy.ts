/**
 * The files of torch.save before PyTorch 1.6, which it still writes when told to: four pickles (a mark, the protocol, the
 * machine, the value), the names of the storages, then each storage's count and elements.
 */

import { type Fail, PickledStorage } from "./globals.ts";
import { storageOf } from "./archive.ts";
import { unpickle } from "./pickle.ts";
import { Cursor, type Source } from "./source.ts";
import { damaged, itemBytes, type Storage } from "./tensor.ts";

/** torch.serialization.MAGIC_NUMBER. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

/** Whether a file starts as these do: protocol 2 to 4, and the mark as a number of ten bytes. */
export function isLegacy(start: Uint8Array): boolean {
  const at = start[2] === 0x95 ? 11 : 2; // behind a frame's length
  return start[0] === 0x80 && start[at] === 0x8a && start[at + 1] === 10;
}

/**
 * The value that the file holds.
 *
 * @throws {UserError} when it is damaged or holds more than data
 */
export function readLegacy(source: Source): unknown {
  const fail = damaged(source.name);
  const cursor = new Cursor(source, 0, source.size);
  const none = { persistent: () => fail("it names a storage before its value") };
  if (unpickle(cursor, none) !== MAGIC) fail("it does not begin as torch's files do");
  if (unpickle(cursor, none) !== 1001) fail("its version is not torch's 1001");
  const machine = unpickle(cursor, none);
  if (machine instanceof Map && machine.get("little_endian") === false) {
    fail("its numbers are big-endian; save it again on a little-endian machine");
  }
  const storages = new Map<string, PickledStorage>();
  const starts = new Map<string, number>();
  const value = unpickle(cursor, {
    persistent(id) {
      const made = new PickledStorage(storage(source, starts, id, fail));
      const { key, dtype, count } = made.storage;
      const known = storages.get(key) ?? made;
      if (known.storage.dtype !== dtype || known.storage.count !== count) {
        fail(`its storage ${key.slice(0, 80)} is of two kinds`);
      }
      storages.set(key, known);
      return known;
    },
  });
  const keys = unpickle(cursor, none);
  if (!Array.isArray(keys)) return fail("it has no list of its storages");
  for (const key of keys) {
    const { dtype, count } = storages.get(key)?.storage ??
      fail("it lists a storage that nothing names");
    const stated = cursor.view(8).getBigInt64(0, true);
    if (stated !== BigInt(count)) fail(`its storage ${key} has ${stated} elements, not ${count}`);
    starts.set(key, cursor.at);
    cursor.at += count * itemBytes[dtype];
    if (cursor.at > cursor.end) fail("it is cut short; fetch it again");
  }
  return value;
}

/** A storage whose place is known only when the pickles are behind. */
function storage(
  source: Source,
  starts: ReadonlyMap<string, number>,
  id: unknown,
  fail: Fail,
): Storage {
  const stated = storageOf(id, fail);
  if (Array.isArray(id) && id[5] != null) fail("a storage in it is a view of another");
  return {
    ...stated,
    range(offset, length) {
      const start = starts.get(stated.key) ??
        fail(`its storage ${stated.key.slice(0, 80)} is missing`);
      return source.range(start + offset, length);
    },
  };
}
