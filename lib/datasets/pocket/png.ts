/**
 * A picture as a PNG file: 8-bit RGB, no filter, one chunk of data (PNG specification, third edition, §5 and §11).
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";
import { SIDE } from "./canvas.ts";

/** The PNG file of a picture of {@link SIDE} × {@link SIDE} pixels. */
export function png(pixels: Uint8Array): Uint8Array {
  const rows = new Uint8Array(SIDE * (1 + SIDE * 3)); // each row begins with its filter: 0
  for (let y = 0; y < SIDE; y++) {
    rows.set(pixels.subarray(y * SIDE * 3, (y + 1) * SIDE * 3), y * (1 + SIDE * 3) + 1);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, SIDE);
  view.setUint32(4, SIDE);
  header.set([8, 2, 0, 0, 0], 8); // bits, RGB, deflate, filters, not interlaced
  return new Uint8Array(Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 1 })),
    chunk("IEND", new Uint8Array(0)),
  ]));
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}
