/**
 * Reads zip archives by their central directory: stored and deflated entries, zip64 (PKWARE APPNOTE 6.3.10). Each entry is held to
 * the length and the checksum stated for it.
 *
 * @module
 */

import { builtin } from "./builtin.ts";
import { type ArchiveEntry, BadArchive, entryName } from "./archive_entry.ts";

/** No real archive's list of entries is longer; it is memory to be allocated. */
const LONGEST_DIRECTORY = 2 ** 30;

/** An entry that may lie in the archive as it is. */
export interface ZipEntry extends ArchiveEntry {
  /** CRC-32 of its content, as the archive states it. */
  crc: number;
  /** Where its bytes begin in the archive; undefined where they are compressed. */
  start(): Promise<number | undefined>;
}

/**
 * The entries of a zip archive, in the order of its directory.
 *
 * @throws {BadArchive} where it is damaged, cut short, encrypted or compressed in another way
 */
export async function* zipEntries(file: Deno.FsFile): AsyncGenerator<ZipEntry> {
  const { offset, length, count } = await findDirectory(file);
  if (length > LONGEST_DIRECTORY) throw new BadArchive(`has a directory of ${length} bytes`);
  const directory = await readAt(file, offset, length);
  const view = new DataView(directory.buffer);
  for (let at = 0, i = 0; i < count; i++) {
    if (at + 46 > length || view.getUint32(at, true) !== 0x02014b50) {
      throw new BadArchive("is damaged: its directory is");
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const end = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (end > length) throw new BadArchive("is damaged: its directory is");
    const name = entryName(directory.subarray(at + 46, at + 46 + nameLength));
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const wide = zip64(extra, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    const [size, packed, start] = wide as [number, number, number];
    const method = view.getUint16(at + 10, true);
    const stated = { name, size, packed, start, method, sum: view.getUint32(at + 16, true) };
    if (view.getUint16(at + 8, true) & 1) throw new BadArchive(`has an encrypted entry, "${name}"`);
    const mode = view.getUint8(at + 5) === 3 ? view.getUint16(at + 40, true) & 0xf000 : 0;
    const kind = name.endsWith("/") ? "folder" : mode === 0 || mode === 0x8000 ? "file" : "other";
    yield {
      ...{ name, kind, size, crc: stated.sum },
      content: () => content(file, stated),
      start: async () => method === 0 ? await contentStart(file, stated) : undefined,
    };
    at = end;
  }
}

interface Stated {
  name: string;
  size: number;
  packed: number;
  start: number;
  method: number;
  sum: number;
}

async function* content(file: Deno.FsFile, entry: Stated): AsyncGenerator<Uint8Array> {
  const from = await contentStart(file, entry);
  const packed = ReadableStream.from(pieces(file, from, entry.packed));
  if (entry.method !== 0 && entry.method !== 8) {
    throw new BadArchive(`packs "${entry.name}" by method ${entry.method}, not by deflate`);
  }
  const unpacked = entry.method === 8
    ? packed.pipeThrough(new DecompressionStream("deflate-raw"))
    : packed;
  let [size, sum] = [0, 0];
  try {
    for await (const chunk of unpacked) {
      size += chunk.length;
      if (size > entry.size) throw new BadArchive(`states a wrong length for "${entry.name}"`);
      sum = builtin("node:zlib").crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof TypeError) throw new BadArchive(`is damaged at "${entry.name}"`);
    throw error;
  }
  if (size !== entry.size) throw new BadArchive(`states a wrong length for "${entry.name}"`);
  if (sum !== entry.sum) {
    throw new BadArchive(`is damaged at "${entry.name}": its checksum is wrong`);
  }
}

/** Where an entry's bytes begin, behind its own header; they end within the file. */
async function contentStart(file: Deno.FsFile, entry: Stated): Promise<number> {
  const view = new DataView((await readAt(file, entry.start, 30)).buffer);
  if (view.getUint32(0, true) !== 0x04034b50) throw new BadArchive(`is damaged at "${entry.name}"`);
  const from = entry.start + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (entry.method === 0 && entry.packed !== entry.size) {
    throw new BadArchive(`states a wrong length for "${entry.name}"`);
  }
  if (from + entry.packed > (await file.stat()).size) throw new BadArchive("is cut short");
  return from;
}

/** Where the directory lies, from the record at the end of the file. */
async function findDirectory(file: Deno.FsFile) {
  const { size } = await file.stat();
  const tailStart = Math.max(0, size - 65557); // the record and the longest comment
  const tail = await readAt(file, tailStart, size - tailStart);
  const view = new DataView(tail.buffer);
  let at = tail.length - 22;
  while (at >= 0 && view.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw new BadArchive("is cut short: the end of the zip file is missing");
  const found = {
    count: view.getUint16(at + 10, true),
    length: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  const locator = at - 20;
  if (locator >= 0 && view.getUint32(locator, true) === 0x07064b50) {
    const record = new DataView((await readAt(file, wideNumber(view, locator + 8), 56)).buffer);
    if (record.getUint32(0, true) !== 0x06064b50) {
      throw new BadArchive("is damaged: its directory is");
    }
    found.count = wideNumber(record, 32);
    found.length = wideNumber(record, 40);
    found.offset = wideNumber(record, 48);
  }
  return found;
}

/** The values, those at their 32-bit limit replaced by what the zip64 field holds for them. */
function zip64(extra: Uint8Array, values: number[]): number[] {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    return values.map((value) => {
      if (value !== 0xffffffff) return value;
      if (next + 8 > extra.length) throw new BadArchive("is damaged: its directory is");
      next += 8;
      return wideNumber(view, next - 8);
    });
  }
  return values;
}

function wideNumber(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) {
    throw new BadArchive("is damaged: it states an impossible length");
  }
  return value;
}

async function* pieces(
  file: Deno.FsFile,
  from: number,
  length: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < length; at += 65536) {
    yield await readAt(file, from + at, Math.min(65536, length - at));
  }
}

async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (offset + length > (await file.stat()).size) throw new BadArchive("is cut short");
  const bytes = new Uint8Array(length);
  await file.seek(offset, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) throw new BadArchive("is cut short");
    at += read;
  }
  return bytes;
}
