/**
 * Pixels to a PNG file's bytes.
 *
 * @module
 */

import { loadSharp } from "./sharp.ts";

/**
 * The bytes of an RGB picture as a PNG file.
 *
 * @param pixels `width` × `height` × 3 values of 8 bits, row by row
 * @throws {UserError} where Deno may not load the encoder's addon
 *
 * @example
 * ```ts
 * import { decodeImage, encodePng } from "@plumbline/plumbline/image";
 * import assert from "node:assert/strict";
 * const red = new Uint8Array([255, 0, 0, 255, 0, 0]);
 * const { width, height, data } = await decodeImage(await encodePng(red, 2, 1));
 * assert.deepEqual([width, height, ...data], [2, 1, 255, 0, 0, 255, 0, 0]);
 * ```
 */
export async function encodePng(
  pixels: Uint8Array,
  width: number,
  height: number,
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  return await sharp(pixels, { raw: { width, height, channels: 3 } }).png().toBuffer();
}
