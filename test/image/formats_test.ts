/**
 * Pictures as others' CLIPs read them, by the configs beside their weights, against open_clip's and transformers' own transforms
 * (made by test/fixtures/image/make_formats.py on Pillow 12).
 */

import assert from "node:assert/strict";
import { parseFields } from "../../lib/clip/configs/fields.ts";
import { openClipPixels, transformersPixels } from "../../lib/clip/configs/pixels.ts";
import {
  CLIP_PIXELS,
  decodeImage,
  type PixelFormat,
  preprocess,
  type Raster,
} from "../../lib/image/mod.ts";
import configs from "../fixtures/image/formats.json" with { type: "json" };
import { fixtures, records } from "./records.ts";

const readers = { open_clip: openClipPixels, transformers: transformersPixels };
const truth = records(`${fixtures}formats.safetensors`);

/** The picture with its rows as columns. */
function upright({ width, height, mode, data }: Raster): Raster {
  const channels = data.length / (width * height);
  const turned = data.map((_, i) => {
    const [pixel, channel] = [Math.trunc(i / channels), i % channels];
    const [y, x] = [Math.trunc(pixel / height), pixel % height];
    return data[(x * width + y) * channels + channel]!;
  });
  return { width: height, height: width, mode, data: turned };
}

async function picture(name: string): Promise<Raster> {
  const [file, turned] = name.split(" ");
  const raster = await decodeImage(fixtures + file);
  return turned ? upright(raster) : raster;
}

for (const [maker, read] of Object.entries(readers)) {
  for (const [config, fields] of Object.entries(configs[maker as keyof typeof readers])) {
    Deno.test(`pictures are read as ${maker} reads them by its config ${config}`, async () => {
      const format: PixelFormat = read(parseFields(JSON.stringify(fields), config));
      const pictures = [...truth].filter(([name]) => name.startsWith(`${maker}/${config}/`));
      assert.equal(pictures.length, 4);
      for (const [name, { shape: [size], data }] of pictures) {
        const raster = await picture(name.split("/")[2]!);
        const worst = (by: PixelFormat) =>
          preprocess(raster, size!, { format: by }).reduce(
            (most, v, i) => Math.max(most, Math.abs(v - data[i]!)),
            0,
          );
        // A sample that is one of 255 off would be off by 0.004 or more.
        assert.ok(worst(format) <= 1e-6, `${name} differs by ${worst(format)}`);
        // Each part of the format shows in every picture.
        assert.ok(worst({ ...format, mean: CLIP_PIXELS.mean }) > 0.01, name);
        assert.ok(worst({ ...format, std: CLIP_PIXELS.std }) > 0.01, name);
        const other = format.filter === "bicubic" ? "bilinear" : "bicubic";
        assert.ok(worst({ ...format, filter: other }) > 0.01, name);
        const fit = format.fit === "squash" ? "crop" : "squash";
        assert.ok(worst({ ...format, fit }) > 0.01, name);
      }
    });
  }
}
