/**
 * Pillow's `Image.resize` with bicubic or bilinear sampling, bit for bit (its Resample.c): cubic convolution with a = −0.5
 * (Keys 1981) or a triangle, widened when shrinking so that it anti-aliases; weights in 22-bit fixed point; along rows first, rounded
 * to 8 bits, then along columns. RGBA is resized premultiplied, a palette image by nearest neighbour, as Pillow does.
 *
 * @module
 */

import { checkOptions, fields, type Kinds, oneOf } from "../options_given.ts";
import { type Box, channelsOf, premultiplied, type Raster, unpremultiply } from "./raster.ts";
import { type Filter, HALF, PRECISION, type Taps, taps } from "./taps.ts";

export type { Filter } from "./taps.ts";

/**
 * The release whose order of passes is kept. Pillow 12 and all before it resize along rows first. Pillow 13 resizes
 * along columns first when the height shrinks by more than twice the pixels that the width does (its pull request 9549),
 * which moves single samples, in noise by up to 22 of 255.
 */
export type Pillow = 12 | 13;

/** Which part of the image to read and which part of the result to make: everything by default, by Pillow 12. */
export interface ResizeOptions {
  /** As `image.crop(source).resize(…)`: pixels outside do not show. (Pillow's `resize(box=…)` lets them.) */
  source?: Box;
  /** As `image.resize(…).crop(keep)`, without computing what is cut off. */
  keep?: Box;
  /** Whose order of passes is kept. */
  pillow?: Pillow | undefined;
  /** The filter that samples are weighted by. Default `bicubic`. */
  filter?: Filter | undefined;
}

const kinds: Kinds<ResizeOptions> = {
  source: fields,
  keep: fields,
  pillow: oneOf([12, 13]),
  filter: oneOf(["bicubic", "bilinear"]),
};

/**
 * The image, or its part `source`, resized to `width` × `height` pixels.
 *
 * @throws {RangeError} when a part is empty or leaves its image.
 * @example
 * ```ts
 * import { resize } from "@plumbline/plumbline/image";
 * import assert from "node:assert/strict";
 * const step = { width: 2, height: 1, mode: "RGB" as const, data: new Uint8Array([0, 0, 0, 200, 200, 200]) };
 * const wide = resize(step, 4, 1);
 * assert.deepEqual([...wide.data].filter((_, i) => i % 3 === 0), [0, 41, 159, 218]);
 * ```
 */
export function resize(
  raster: Raster,
  width: number,
  height: number,
  options: ResizeOptions = {},
): Raster {
  checkOptions("resize", options, kinds);
  const { source = all(raster), keep = all({ width, height }), pillow = 12, filter = "bicubic" } =
    options;
  check(source, raster);
  check(keep, { width, height });
  const size = { width: keep.width, height: keep.height, mode: raster.mode };
  const same = width === source.width && height === source.height;
  if (same || raster.mode === "P") {
    return { ...size, data: nearest(raster, width, height, source, keep) };
  }
  const channels = channelsOf(raster.mode);
  const alpha = raster.mode === "RGBA";
  const data = alpha ? premultiplied(raster.data) : raster.data;
  const columns = taps(source.width, width, keep.left, keep.width, filter);
  const rows = taps(source.height, height, keep.top, keep.height, filter);
  const pitch = raster.width * channels;
  const start = (source.top + rows.start) * pitch + (source.left + columns.start) * channels;
  // The first pass makes only what the second reads.
  const shrinksDown = height < source.height && source.height - height > 2 * (source.width - width);
  let out: Uint8ClampedArray;
  if (pillow === 13 && shrinksDown) {
    const narrow = vertical(data, start, pitch, columns.used * channels, rows);
    out = horizontal(narrow, 0, columns.used * channels, keep.height, channels, columns);
  } else {
    const low = horizontal(data, start, pitch, rows.used, channels, columns);
    out = vertical(low, 0, keep.width * channels, keep.width * channels, rows);
  }
  const bytes = new Uint8Array(out.buffer);
  if (alpha) unpremultiply(bytes);
  return { ...size, data: bytes };
}

/** Resizes along rows: `height` of them, starting at `start` and lying `pitch` samples apart. */
function horizontal(
  data: Raster["data"],
  start: number,
  pitch: number,
  height: number,
  channels: number,
  { first, count, weights, stride }: Taps,
): Uint8ClampedArray {
  const width = first.length;
  const out = new Uint8ClampedArray(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = start + y * pitch;
    for (let x = 0; x < width; x++) {
      let at = row + first[x]! * channels;
      const end = x * stride + count[x]!;
      let r = HALF, g = HALF, b = HALF, a = HALF;
      for (let k = x * stride; k < end; k++, at += channels) {
        const weight = weights[k]!;
        r = (r + Math.imul(data[at]!, weight)) | 0;
        g = (g + Math.imul(data[at + 1]!, weight)) | 0;
        b = (b + Math.imul(data[at + 2]!, weight)) | 0;
        if (channels === 4) a = (a + Math.imul(data[at + 3]!, weight)) | 0;
      }
      out[to++] = r >> PRECISION;
      out[to++] = g >> PRECISION;
      out[to++] = b >> PRECISION;
      if (channels === 4) out[to++] = a >> PRECISION;
    }
  }
  return out;
}

/** Resizes along columns: `width` samples of each row, the rows starting at `start` and lying `pitch` samples apart. */
function vertical(
  data: Raster["data"],
  start: number,
  pitch: number,
  width: number,
  { first, count, weights, stride }: Taps,
): Uint8ClampedArray {
  const out = new Uint8ClampedArray(first.length * width);
  const sums = new Int32Array(width);
  for (let y = 0; y < first.length; y++) {
    sums.fill(HALF);
    for (let k = 0; k < count[y]!; k++) {
      const weight = weights[y * stride + k]!;
      const row = start + (first[y]! + k) * pitch;
      for (let x = 0; x < width; x++) sums[x]! += Math.imul(data[row + x]!, weight);
    }
    for (let x = 0; x < width; x++) out[y * width + x] = sums[x]! >> PRECISION;
  }
  return out;
}

/** Nearest neighbour as Pillow steps through it (adding up, not multiplying); a plain copy when sizes agree. */
function nearest(
  raster: Raster,
  width: number,
  height: number,
  source: Box,
  keep: Box,
): Uint8Array {
  const channels = channelsOf(raster.mode);
  const columns = positions(source.width, width, keep.left, keep.width);
  const rows = positions(source.height, height, keep.top, keep.height);
  const out = new Uint8Array(keep.width * keep.height * channels);
  let to = 0;
  for (const y of rows) {
    for (const x of columns) {
      const at = ((source.top + y) * raster.width + source.left + x) * channels;
      for (let c = 0; c < channels; c++) out[to++] = raster.data[at + c]!;
    }
  }
  return out;
}

function positions(inSize: number, outSize: number, from: number, length: number): number[] {
  const scale = inSize / outSize;
  const found: number[] = [];
  for (let i = 0, at = scale * 0.5; i < from + length; i++, at += scale) found.push(Math.trunc(at));
  return found.slice(from);
}

function all({ width, height }: { width: number; height: number }): Box {
  return { left: 0, top: 0, width, height };
}

function check(box: Box, within: { width: number; height: number }): void {
  const { left, top, width, height } = box;
  if (
    ![left, top, width, height].every(Number.isInteger) || left < 0 || top < 0 || width < 1 ||
    height < 1 || left + width > within.width || top + height > within.height
  ) {
    throw new RangeError(
      `the box ${width}×${height} at (${left}, ${top}) does not lie in ${within.width}×${within.height} pixels`,
    );
  }
}
