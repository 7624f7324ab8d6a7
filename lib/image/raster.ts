/**
 * A decoded image in memory, and Pillow's conversion of its four kinds to RGB (`Image.convert("RGB")`).
 * Grey images are held as RGB with three equal channels: every step below treats channels alike, so nothing changes.
 *
 * @module
 */

/**
 * What the samples of a {@link Raster} mean, by Pillow's names. `P` is a palette or one-bit image whose colours are
 * looked up already: its samples are those of `RGB`, but Pillow resizes it by nearest neighbour. `RGBA` is not
 * premultiplied; `CMYK` is 0 for no ink.
 */
export type Mode = "RGB" | "RGBA" | "CMYK" | "P";

/** An 8-bit image. */
export interface Raster {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** What the samples mean. */
  mode: Mode;
  /** [height, width, channels]: 4 channels for `RGBA` and `CMYK`, 3 otherwise. */
  data: Uint8Array | Uint8ClampedArray;
}

/** A rectangle in whole pixels. */
export interface Box {
  /** The first column, from 0. */
  left: number;
  /** The first row, from 0. */
  top: number;
  /** How many columns. */
  width: number;
  /** How many rows. */
  height: number;
}

/** Samples per pixel of a {@link Raster} in this mode. */
export function channelsOf(mode: Mode): 3 | 4 {
  return mode === "RGBA" || mode === "CMYK" ? 4 : 3;
}

/**
 * The image in RGB as Pillow converts it: alpha is dropped, not composed; CMYK inks multiply, with no colour profile.
 *
 * @example
 * ```ts
 * import { toRGB } from "@plumbline/plumbline/image";
 * import assert from "node:assert/strict";
 * const faint = { width: 1, height: 1, mode: "RGBA" as const, data: new Uint8Array([9, 8, 7, 1]) };
 * assert.deepEqual([...toRGB(faint).data], [9, 8, 7]);
 * ```
 */
export function toRGB(raster: Raster): Raster {
  const { width, height, mode, data } = raster;
  if (mode === "RGB") return raster;
  if (mode === "P") return { ...raster, mode: "RGB" };
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const paper = 255 - data[from + 3]!;
    for (let c = 0; c < 3; c++) {
      rgb[to + c] = mode === "RGBA" ? data[from + c]! : paper - product(data[from + c]!, paper);
    }
  }
  return { width, height, mode: "RGB", data: rgb };
}

/** `RGBA` with colours multiplied by alpha, as Pillow's `RGBa`: the form in which it resizes. */
export function premultiplied(data: Raster["data"]): Uint8Array {
  const out = new Uint8Array(data);
  for (let i = 0; i < out.length; i += 4) {
    const alpha = out[i + 3]!;
    for (let c = i; c < i + 3; c++) out[c] = product(out[c]!, alpha);
  }
  return out;
}

/** Undoes {@link premultiplied} in place; colours that a resize left above their alpha saturate. */
export function unpremultiply(data: Uint8Array): void {
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3];
    if (alpha === 0 || alpha === 255) continue;
    for (let c = i; c < i + 3; c++) data[c] = Math.min(255, Math.trunc(255 * data[c]! / alpha!));
  }
}

/** a·b/255 for bytes, rounded to nearest. */
function product(a: number, b: number): number {
  const t = a * b + 128;
  return ((t >> 8) + t) >> 8;
}
