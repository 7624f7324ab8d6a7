/**
 * How pictures become pixels, by open_clip's `preprocess_cfg` and transformers' `preprocessor_config.json`.
 *
 * @module
 */
import { CLIP_PIXELS, type PixelFormat } from "../../image/mod.ts";
import type { Fields } from "./fields.ts";

/** PIL's numbers of its filters, as transformers writes them. */
const filters = new Map<number, PixelFormat["filter"]>([[2, "bilinear"], [3, "bicubic"]]);

/** open_clip's `preprocess_cfg`, whose defaults are OpenAI's. */
export function openClipPixels(config: Fields): PixelFormat {
  config.only(["mean", "std", "interpolation", "resize_mode", "size", "mode", "fill_color"]);
  const filter = config.text("interpolation") ?? "bicubic";
  const fit = config.text("resize_mode") ?? "shortest";
  if (filter !== "bicubic" && filter !== "bilinear") {
    return config.fail(`interpolation ${filter} is not computed, bicubic and bilinear are`);
  }
  if (fit !== "shortest" && fit !== "squash") {
    return config.fail(`resize_mode ${fit} is not computed, shortest and squash are`);
  }
  return {
    mean: config.numbers("mean", 3) ?? CLIP_PIXELS.mean,
    std: deviations(config, "std") ?? CLIP_PIXELS.std,
    filter,
    fit: fit === "squash" ? "squash" : "crop",
  };
}

/** transformers' `preprocessor_config.json`. */
export function transformersPixels(config: Fields): PixelFormat {
  const resample = config.number("resample") ?? 3;
  const filter = filters.get(resample);
  if (!filter) return config.fail(`resample ${resample} is not computed, 2 and 3 are`);
  for (const key of ["do_resize", "do_rescale", "do_normalize"]) {
    if (config.flag(key) === false) config.fail(`${key} false is not computed`);
  }
  const size = config.raw("size");
  // A shortest edge is followed by a crop of the centre; both edges are a squash.
  const isCropped = config.flag("do_center_crop") ??
    (typeof size === "number" ||
      (size as { shortest_edge?: unknown })?.shortest_edge !== undefined);
  return {
    mean: config.numbers("image_mean", 3) ?? CLIP_PIXELS.mean,
    std: deviations(config, "image_std") ?? CLIP_PIXELS.std,
    filter,
    fit: isCropped ? "crop" : "squash",
  };
}

function deviations(config: Fields, key: string): number[] | undefined {
  const found = config.numbers(key, 3);
  return found?.every((n) => n > 0) !== false ? found : config.fail(`${key} is not above 0`);
}
