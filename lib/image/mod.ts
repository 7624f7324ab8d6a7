/**
 * Images: decoding, Pillow's bicubic resize, CLIP's evaluation view, the training augmentation, and reading ahead.
 *
 * @module
 */

export {
  applyCrop,
  type Crop,
  cropOf,
  drawCrop,
  DRAWS_PER_VIEW,
  drawView,
  type Uniform,
  type ViewDraws,
} from "./augment.ts";
export { decodeImage, MAX_PIXELS } from "./decode.ts";
export { inMemory } from "./in_memory.ts";
export { loadImages, type LoadOptions, startWorkers, type Workers } from "./loader.ts";
export {
  centerView,
  CLIP_MEAN,
  CLIP_PIXELS,
  CLIP_STD,
  normalise,
  type PixelFormat,
  preprocess,
  type RGBOrder,
  stack,
  type ViewOptions,
} from "./preprocess.ts";
export { type Box, channelsOf, type Mode, type Raster, toRGB } from "./raster.ts";
export { type ImageJob, readImage } from "./read.ts";
export { encodePng } from "./encode.ts";
export { type Filter, type Pillow, resize, type ResizeOptions } from "./resize.ts";
