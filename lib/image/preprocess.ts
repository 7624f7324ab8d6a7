/**
 * CLIP's evaluation view of an image: shorter side to the target, centre crop, RGB, normalised; in torchvision's
 * arithmetic. The models read NHWC, so a view is [size, size, 3].
 *
 * @module
 */

import { checkOptions, fields, type Kinds, oneOf } from "../options_given.ts";
import { type Raster, toRGB } from "./raster.ts";
import { type Filter, type Pillow, resize } from "./resize.ts";

/** Mean of CLIP's training images per channel, of samples in 0–1 (OpenAI, clip.py). */
export const CLIP_MEAN: readonly number[] = [0.48145466, 0.4578275, 0.40821073];

/** Standard deviation of CLIP's training images per channel, of samples in 0–1. */
export const CLIP_STD: readonly number[] = [0.26862954, 0.26130258, 0.27577711];

/**
 * When the image becomes RGB: `dassl` before resizing, as CoOp, ProGrad and ProMetaR load images; `clip` after it, as
 * OpenAI's own transform. They differ for images with alpha or a palette and for CMYK.
 */
export type RGBOrder = "dassl" | "clip";

/** What a model reads pictures as. */
export interface PixelFormat {
  /** The mean that is subtracted from samples in 0–1, by channel. */
  mean: readonly number[];
  /** The standard deviation that the difference is divided by, by channel. */
  std: readonly number[];
  /** How pictures are resized. */
  filter: Filter;
  /** `crop`: the shorter side to the model's size, then the centre. `squash`: both sides, whatever the picture's shape. */
  fit: "crop" | "squash";
}

/** OpenAI's. */
export const CLIP_PIXELS: PixelFormat = {
  mean: CLIP_MEAN,
  std: CLIP_STD,
  filter: "bicubic",
  fit: "crop",
};

/** How {@link preprocess} makes a view: Dassl's order and Pillow 12 by default. */
export interface ViewOptions {
  /** When the image becomes RGB. */
  order?: RGBOrder;
  /** Whose order of passes the resize keeps. */
  pillow?: Pillow;
  /** What the model reads; CLIP's by default. */
  format?: PixelFormat | undefined;
}

const kinds: Kinds<ViewOptions> = {
  order: oneOf(["dassl", "clip"]),
  pillow: oneOf([12, 13]),
  format: fields,
};

/** The shorter side resized to `size`, then the centre: 8-bit RGB of `size` × `size`. */
export function centerView(
  raster: Raster,
  size: number,
  options: ViewOptions = {},
): Raster {
  checkOptions("centerView", options, kinds);
  const { order = "dassl", pillow, format: { filter, fit } = CLIP_PIXELS } = options;
  const image = order === "dassl" ? toRGB(raster) : raster;
  if (fit === "squash") return toRGB(resize(image, size, size, { pillow, filter }));
  const { width, height } = image;
  // torchvision truncates the longer side and rounds the crop's offset half to even.
  const [w, h] = width <= height
    ? [size, Math.trunc(size * height / width)]
    : [Math.trunc(size * width / height), size];
  const left = roundHalfEven((w - size) / 2);
  const top = roundHalfEven((h - size) / 2);
  const keep = { left, top, width: size, height: size };
  return toRGB(resize(image, w, h, { keep, pillow, filter }));
}

/**
 * The evaluation view of an image as the encoders take it: float32 [size, size, 3], normalised.
 *
 * @example
 * ```ts
 * import { preprocess } from "@plumbline/plumbline/image";
 * import assert from "node:assert/strict";
 * const white = { width: 40, height: 30, mode: "RGB" as const, data: new Uint8Array(3600).fill(255) };
 * const view = preprocess(white, 16);
 * assert.equal(view.length, 16 * 16 * 3);
 * assert.ok(Math.abs(view[0]! - (1 - 0.48145466) / 0.26862954) < 1e-6);
 * ```
 */
export function preprocess(raster: Raster, size: number, options?: ViewOptions): Float32Array {
  return normalise(centerView(raster, size, options), options?.format);
}

/** An RGB image as float32 [height, width, 3]: samples / 255, less the mean, over the deviation; CLIP's by default. */
export function normalise(raster: Raster, format: PixelFormat = CLIP_PIXELS): Float32Array {
  const { data } = toRGB(raster);
  const normalised = tableOf(format);
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    out[i] = normalised[data[i]!]!;
    out[i + 1] = normalised[256 + data[i + 1]!]!;
    out[i + 2] = normalised[512 + data[i + 2]!]!;
  }
  return out;
}

/**
 * Views of one size as a batch: [images, size, size, 3] in one array.
 *
 * @throws {RangeError} when the views differ in length.
 */
export function stack(images: readonly Float32Array[]): Float32Array {
  const length = images[0]?.length ?? 0;
  const batch = new Float32Array(images.length * length);
  images.forEach((image, i) => {
    if (image.length !== length) {
      throw new RangeError(`image ${i} has ${image.length} numbers where image 0 has ${length}`);
    }
    batch.set(image, i * length);
  });
  return batch;
}

/** Python's `round`: halves go to the even neighbour. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/** The 256 values of each channel, with float32 rounding after each operation as in PyTorch. */
function tableOf(format: PixelFormat): Float32Array {
  const key = JSON.stringify([format.mean, format.std]);
  const known = tables.get(key);
  if (known) return known;
  const table = new Float32Array(3 * 256);
  for (let c = 0; c < 3; c++) {
    const mean = Math.fround(format.mean[c]!), std = Math.fround(format.std[c]!);
    for (let v = 0; v < 256; v++) {
      table[c * 256 + v] = Math.fround(Math.fround(v / 255) - mean) / std;
    }
  }
  tables.set(key, table);
  return table;
}

const tables = new Map<string, Float32Array>();
