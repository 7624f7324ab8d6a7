/**
 * One image file to one view for the encoders: what the calling thread and the workers both do.
 *
 * @module
 */

import { applyCrop, cropOf, type ViewDraws } from "./augment.ts";
import { decodeImage } from "./decode.ts";
import { normalise, type PixelFormat, preprocess } from "./preprocess.ts";
import type { Raster } from "./raster.ts";

/** An image to read. */
export interface ImageJob {
  /** The file. */
  path: string;
  /** What makes the training view; the evaluation view is made without them. */
  draws?: ViewDraws | undefined;
  /** What the model reads; CLIP's where absent. */
  format?: PixelFormat;
}

/**
 * Decodes, crops, resizes and normalises an image: float32 [size, size, 3].
 *
 * @throws {UserError} naming the file, as {@link decodeImage} does.
 */
export async function readImage(
  job: ImageJob,
  size: number,
): Promise<Float32Array> {
  return viewOf(await decodeImage(job.path), job, size);
}

/** The view that a job is about of a picture that is decoded. */
export function viewOf(
  raster: Raster,
  { draws, format }: Omit<ImageJob, "path">,
  size: number,
): Float32Array {
  if (!draws) return preprocess(raster, size, { format });
  const crop = cropOf(draws, raster.width, raster.height);
  return normalise(applyCrop(raster, crop, size, format?.filter), format);
}

/** `work`, of which at most `lanes` calls run at once; the others wait their turn, in order. */
export function inLanes<A, B>(lanes: number, work: (a: A) => Promise<B>): (a: A) => Promise<B> {
  const tails: Promise<unknown>[] = Array.from({ length: lanes }, () => Promise.resolve());
  let calls = 0;
  return (a) => {
    const lane = calls++ % lanes;
    const result = tails[lane]!.then(() => work(a));
    tails[lane] = result.catch(() => {});
    return result;
  };
}
