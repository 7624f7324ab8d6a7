/**
 * Unpacks chosen entries of a zip archive that may not fit into memory (a Python wheel). After APPNOTE.TXT: the central
 * directory at the end names the entries; nothing before it is believed without it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { PassThrough, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";
import { ALLOWANCE } from "../bounds.ts";
import { UserError } from "../errors.ts";

/** Bytes that may come out for each that went in; TensorFlow's library comes to five. */
const RATIO = 20;

interface Entry {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  /** Where its local header begins. */
  offset: number;
}

/**
 * Writes the entries of `archive` that are `wanted` under `folder`, by their own paths. Entries that point out of the
 * folder, that hold more than they declare, or whose checksum is wrong are refused.
 *
 * @returns the size in bytes of every file written, by its path
 * @throws {UserError} when the archive is damaged or not a zip
 */
export async function unzip(
  archive: string,
  folder: string,
  wanted: (path: string) => boolean,
): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  const file = await open(archive);
  try {
    const most = ALLOWANCE + RATIO * (await file.stat()).size;
    let bytes = 0;
    for (const entry of await directory(file, archive)) {
      if (entry.name.endsWith("/") || !wanted(entry.name)) continue;
      bytes += entry.size;
      if (bytes > most) throw broken(archive, `it unpacks to more than ${most} bytes`);
      if (!/^[\w+.-][^\\:\0]*$/.test(entry.name) || entry.name.split("/").includes("..")) {
        throw broken(archive, `it holds a file named ${JSON.stringify(entry.name)}`);
      }
      await extract(file, archive, entry, `${folder}/${entry.name}`);
      sizes[entry.name] = entry.size;
    }
  } finally {
    await file.close();
  }
  return sizes;
}

async function directory(file: FileHandle, archive: string): Promise<Entry[]> {
  const { size } = await file.stat();
  const tail = await read(file, archive, Math.max(0, size - 65557), Math.min(size, 65557));
  const end = tail.lastIndexOf(Buffer.from("PK\x05\x06"));
  if (end < 0 || end + 22 > tail.length) throw broken(archive, "it has no table of contents");
  const [count, length, start] = [
    tail.readUInt16LE(end + 10),
    tail.readUInt32LE(end + 12),
    tail.readUInt32LE(end + 16),
  ];
  if (start + length > size) throw broken(archive, "it is larger than 4 GiB or cut short");
  const table = await read(file, archive, start, length);
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count;) {
    if (at + 46 > length || table.readUInt32LE(at) !== 0x02014b50) {
      throw broken(archive, "its table of contents is damaged");
    }
    const nameLength = table.readUInt16LE(at + 28);
    entries.push({
      method: table.readUInt16LE(at + 10),
      crc: table.readUInt32LE(at + 16),
      packed: table.readUInt32LE(at + 20),
      size: table.readUInt32LE(at + 24),
      offset: table.readUInt32LE(at + 42),
      name: table.toString("utf8", at + 46, at + 46 + nameLength),
    });
    at += 46 + nameLength + table.readUInt16LE(at + 30) + table.readUInt16LE(at + 32);
  }
  return entries;
}

async function extract(file: FileHandle, archive: string, entry: Entry, to: string): Promise<void> {
  const header = await read(file, archive, entry.offset, 30);
  if (header.readUInt32LE(0) !== 0x04034b50) throw broken(archive, `${entry.name} is not there`);
  if (entry.method !== 0 && entry.method !== 8) {
    throw broken(archive, `${entry.name} is packed by method ${entry.method}`);
  }
  const fail = (error: unknown) => {
    const ours = error instanceof UserError || error instanceof Deno.errors.NotCapable;
    if (ours || codeOf(error) === "ENOSPC") throw error;
    throw broken(archive, `${entry.name} can't be unpacked (${(error as Error).message})`);
  };
  await mkdir(dirname(to), { recursive: true }).catch(fail);
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  let [size, crc] = [0, 0];
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      crc = crc32(chunk, crc);
      done(size > entry.size ? broken(archive, `${entry.name} is too large`) : null, chunk);
    },
  });
  const packed = entry.packed === 0
    ? new PassThrough().end()
    : createReadStream(archive, { start, end: start + entry.packed - 1, highWaterMark: 1 << 20 });
  const plain = entry.method === 8 ? createInflateRaw({ chunkSize: 1 << 20 }) : new PassThrough();
  await pipeline(packed, plain, counted, createWriteStream(to)).catch(fail);
  if (size !== entry.size || crc !== entry.crc) {
    throw broken(archive, `${entry.name} has a wrong checksum`);
  }
}

async function read(file: FileHandle, archive: string, position: number, length: number) {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw broken(archive, "it is cut short");
  return buffer;
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

function broken(archive: string, why: string): UserError {
  return new UserError(`${archive} is not a whole zip archive: ${why}. Fetch it again.`);
}
