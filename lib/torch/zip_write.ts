/** Writes a zip archive of stored files, each beginning at a multiple of 64 bytes, as torch.save's do (APPNOTE 6.3.10). */

import { builtin } from "../builtin.ts";
import { UserError } from "../errors.ts";

/** Where files begin: torch maps tensors from there. */
const ALIGNMENT = 64;

/** Without zip64. */
const LONGEST = 2 ** 32 - 1;

/** The archive's bytes, with the files in this order and no date. */
export function zipArchive(files: [name: string, content: Uint8Array][]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let at = 0;
  const add = (...bytes: Uint8Array[]) => {
    for (const part of bytes) {
      parts.push(part);
      at += part.length;
    }
  };
  const directory = files.map(([name, content]) => {
    const entry = {
      name: new TextEncoder().encode(name),
      start: at,
      content,
      sum: builtin("node:zlib").crc32(content),
    };
    const before = at + 30 + entry.name.length + 4;
    const padding = new Uint8Array(4 + (-before & (ALIGNMENT - 1)));
    padding.set([0x46, 0x42]); // the field that torch pads with: "FB"
    new DataView(padding.buffer).setUint16(2, padding.length - 4, true);
    add(record(0x04034b50, "", entry, padding.length), entry.name, padding, content);
    return entry;
  });
  const start = at;
  for (const entry of directory) add(record(0x02014b50, "directory", entry, 0), entry.name);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, files.length, true);
  end.setUint16(10, files.length, true);
  end.setUint32(12, at - start, true);
  end.setUint32(16, start, true);
  add(new Uint8Array(end.buffer));
  if (at > LONGEST || files.length > 65_535) {
    throw new UserError("the tensors take more than 4 GiB, or are more than 65535: write fewer.");
  }
  const whole = new Uint8Array(at);
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

interface Entry {
  name: Uint8Array;
  start: number;
  content: Uint8Array;
  sum: number;
}

/** A file's header, in front of it or, with two fields more, in the directory. */
function record(mark: number, kind: "" | "directory", entry: Entry, extra: number): Uint8Array {
  const long = kind === "directory";
  const view = new DataView(new ArrayBuffer(long ? 46 : 30));
  view.setUint32(0, mark, true);
  const at = long ? 6 : 4;
  if (long) view.setUint16(4, 20, true);
  view.setUint16(at, 20, true); // version 2.0
  view.setUint16(at + 8, 0x21, true); // the first of January 1980
  view.setUint32(at + 10, entry.sum, true);
  view.setUint32(at + 14, entry.content.length, true);
  view.setUint32(at + 18, entry.content.length, true);
  view.setUint16(at + 22, entry.name.length, true);
  view.setUint16(at + 24, extra, true);
  if (long) view.setUint32(42, entry.start, true);
  return new Uint8Array(view.buffer);
}
