/**
 * Reads tar archives as a stream: POSIX ustar with pax headers, and GNU's long names (POSIX.1-2017, pax; GNU tar manual, "Basic Tar
 * Format").
 *
 * @module
 */

import { type ArchiveEntry, BadArchive, entryName } from "../archive_entry.ts";

const BLOCK = 512;

/** No header of a real archive is longer; its length is memory to be allocated. */
const LONGEST_HEADER = 2 ** 20;

/**
 * The entries of a tar archive, in order.
 *
 * @throws {BadArchive} where it is damaged or cut short
 */
export async function* tarEntries(stream: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveEntry> {
  const source = byteSource(stream);
  let longName: string | undefined;
  let pax: { path?: string; size?: number } = {};
  for (
    let header = await source.take(BLOCK);
    header.some((byte) => byte !== 0);
    header = await source.take(BLOCK)
  ) {
    checkSum(header);
    const type = String.fromCharCode(header[156] || 48);
    const size = pax.size ?? numberField(header.subarray(124, 136));
    if (type === "x" || type === "g" || type === "L" || type === "K") {
      if (size > LONGEST_HEADER) throw new BadArchive(`has a header of ${size} bytes`);
      const text = await source.take(size);
      await source.skip(padding(size));
      if (type === "L") longName = entryName(untilZero(text));
      if (type === "x") pax = paxFields(text);
      continue;
    }
    const name = pax.path ?? longName ?? ustarName(header);
    [longName, pax] = [undefined, {}];
    const folder = type === "5" || (type === "0" && name.endsWith("/"));
    const kind = folder ? "folder" : type === "0" || type === "7" ? "file" : "other";
    const held = kind === "file" ? size : 0;
    let left = held;
    yield {
      name,
      kind,
      size: held,
      async *content() {
        while (left > 0) {
          const chunk = await source.some(left);
          left -= chunk.length;
          yield chunk;
        }
      },
    };
    // Links and folders may state a length that has no data behind it only if it is 0; whatever is stated is there.
    await source.skip((kind === "file" ? left : size) + padding(size));
  }
}

function checkSum(header: Uint8Array): void {
  const stated = numberField(header.subarray(148, 156));
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (sum !== stated) throw new BadArchive("is damaged: a header's checksum is wrong");
}

function ustarName(header: Uint8Array): string {
  const name = untilZero(header.subarray(0, 100));
  // Only POSIX's own magic ("ustar\0") has a prefix there; GNU's old one keeps times in its place.
  const prefixed = header[257] === 117 && header[262] === 0;
  const prefix = prefixed ? untilZero(header.subarray(345, 500)) : new Uint8Array();
  return entryName(prefix.length > 0 ? Uint8Array.from([...prefix, 47, ...name]) : name);
}

/** An octal number, or GNU's base 256 for large ones. */
function numberField(field: Uint8Array): number {
  if (field[0]! & 0x80) {
    const value = field.subarray(1).reduce((total, byte) => total * 256 + byte, field[0]! & 0x7f);
    if (!Number.isSafeInteger(value)) {
      throw new BadArchive("is damaged: it states an impossible length");
    }
    return value;
  }
  const text = new TextDecoder().decode(untilZero(field)).trim();
  if (!/^[0-7]*$/.test(text)) throw new BadArchive("is damaged: a number in a header is not octal");
  return text === "" ? 0 : parseInt(text, 8);
}

/** Records of the form "length key=value\n". */
function paxFields(bytes: Uint8Array): { path?: string; size?: number } {
  const fields: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at);
    // Twenty digits are more than any length has; a longer field is not looked at.
    const length = wholeNumber(
      new TextDecoder().decode(bytes.subarray(at, Math.min(space, at + 20))),
    );
    if (space < 0 || length < 5 || at + length > bytes.length) {
      throw new BadArchive("is damaged: a pax header is malformed");
    }
    const [key, ...value] = entryName(bytes.subarray(space + 1, at + length - 1)).split("=");
    if (key === "path") fields.path = value.join("=");
    if (key === "size") fields.size = wholeNumber(value.join("="));
    at += length;
  }
  return fields;
}

/** A length in decimal digits and nothing else: no sign, no exponent, no blank. */
function wholeNumber(text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) {
    throw new BadArchive("is damaged: it states an impossible length");
  }
  return value;
}

function untilZero(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

function padding(size: number): number {
  return (BLOCK - size % BLOCK) % BLOCK;
}

/** Takes bytes off a stream in pieces of any length. */
function byteSource(stream: AsyncIterable<Uint8Array>) {
  const chunks = stream[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array();
  /** Between 1 and `most` bytes. */
  async function some(most: number): Promise<Uint8Array> {
    while (held.length === 0) {
      const { value, done } = await chunks.next();
      if (done) throw new BadArchive("is cut short");
      held = value;
    }
    const taken = held.subarray(0, most);
    held = held.subarray(taken.length);
    return taken;
  }
  return {
    some,
    /** Exactly `length` bytes. */
    async take(length: number): Promise<Uint8Array> {
      const taken = new Uint8Array(length);
      for (let at = 0; at < length;) {
        const chunk = await some(length - at);
        taken.set(chunk, at);
        at += chunk.length;
      }
      return taken;
    },
    async skip(length: number): Promise<void> {
      for (let left = length; left > 0;) left -= (await some(left)).length;
    },
  };
}
