/**
 * The training view of CoOp, ProGrad and ProMetaR, as Dassl makes it with torchvision: RandomResizedCrop (area 0.08–1,
 * aspect 3/4–4/3, bicubic), then RandomHorizontalFlip. Draws are arguments: every image takes the same number of
 * uniforms whatever its size, so that they can be drawn before it is read, and one image never shifts another's draws.
 *
 * @module
 */

import { roundHalfEven } from "./preprocess.ts";
import { type Box, type Raster, toRGB } from "./raster.ts";
import { type Filter, resize } from "./resize.ts";

/** A source of uniforms in [0, 1). */
export interface Uniform {
  /** The next uniform. */
  random(): number;
}

/** {@link DRAWS_PER_VIEW} uniforms in [0, 1): area and aspect of ten attempts, top, left, flip. */
export type ViewDraws = readonly number[];

/** A training view: the rectangle that is cut out, and whether it is then mirrored. */
export interface Crop extends Box {
  /** Whether the cut-out is mirrored left to right. */
  flip: boolean;
}

const ATTEMPTS = 10;

/** How many uniforms a training view takes. */
export const DRAWS_PER_VIEW: number = 2 * ATTEMPTS + 3;

/**
 * Draws what one training view needs.
 *
 * @param smallest the least share of the area that it shows, from the papers' 0.08 to 1
 */
export function drawView(random: Uniform, smallest: number = SMALLEST): ViewDraws {
  const draws = Array.from({ length: DRAWS_PER_VIEW }, () => random.random());
  if (smallest === SMALLEST) return draws;
  // cropOf takes an area's uniform to [SMALLEST, 1): one from the upper part gives an area from `smallest` on.
  const least = (smallest - SMALLEST) / (1 - SMALLEST);
  return draws.map((u, i) => i < 2 * ATTEMPTS && i % 2 === 0 ? between(least, 1, u) : u);
}

/**
 * The crop that `draws` make in an image of `width` × `height`: the first of ten attempts that fits, else the largest
 * centred rectangle of an allowed aspect (torchvision, RandomResizedCrop.get_params).
 */
export function cropOf(draws: ViewDraws, width: number, height: number): Crop {
  const [top, left, mirrored] = draws.slice(2 * ATTEMPTS) as [number, number, number];
  const flip = mirrored < 0.5;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = width * height * between(SMALLEST, 1, draws[2 * attempt]!);
    const aspect = Math.exp(
      between(Math.log(NARROWEST), Math.log(WIDEST), draws[2 * attempt + 1]!),
    );
    const w = roundHalfEven(Math.sqrt(area * aspect));
    const h = roundHalfEven(Math.sqrt(area / aspect));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    return {
      left: Math.floor(left * (width - w + 1)),
      top: Math.floor(top * (height - h + 1)),
      width: w,
      height: h,
      flip,
    };
  }
  const shape = width / height;
  const w = shape > WIDEST ? roundHalfEven(height * WIDEST) : width;
  const h = shape < NARROWEST ? roundHalfEven(width / NARROWEST) : height;
  return { left: (width - w) >> 1, top: (height - h) >> 1, width: w, height: h, flip };
}

/**
 * {@link drawView} and {@link cropOf} in one, for an image whose size is known.
 *
 * @example
 * ```ts
 * import { drawCrop } from "@plumbline/plumbline/image";
 * import assert from "node:assert/strict";
 * const crop = drawCrop({ random: () => 0.5 }, 100, 80);
 * assert.deepEqual(crop, { left: 17, top: 7, width: 66, height: 66, flip: false });
 * ```
 */
export function drawCrop(random: Uniform, width: number, height: number): Crop {
  return cropOf(drawView(random), width, height);
}

/** The training view: `crop` cut out, resized to `size` × `size` and mirrored if asked; 8-bit RGB. */
export function applyCrop(raster: Raster, crop: Crop, size: number, filter?: Filter): Raster {
  const { flip, ...source } = crop;
  const view = resize(toRGB(raster), size, size, { source, filter });
  if (flip) mirror(view);
  return view;
}

const SMALLEST = 0.08;
const NARROWEST = 3 / 4;
const WIDEST = 4 / 3;

function between(low: number, high: number, u: number): number {
  return low + (high - low) * u;
}

/** Mirrors an RGB image left to right in place. */
function mirror({ width, height, data }: Raster): void {
  for (let y = 0; y < height; y++) {
    for (let a = y * width * 3, b = a + (width - 1) * 3; a < b; a += 3, b -= 3) {
      for (let c = 0; c < 3; c++) [data[a + c], data[b + c]] = [data[b + c]!, data[a + c]!];
    }
  }
}
