/**
 * Pictures with what was predicted for each: its class, and bars of the likeliest classes.
 *
 * @module
 */

import { escape } from "he";
import { figureWidth, page, shortened } from "./frame.ts";

/** A picture and its predictions. */
export interface PredictedPicture {
  /** The bytes of a PNG or JPEG file. */
  picture: Uint8Array;
  /** The class that it shows. */
  className: string;
  /** The likeliest first; the first few are drawn. */
  predictions: readonly { className: string; probability: number }[];
}

const columns = 4;
const side = 92;
const gap = 16;
const tile = { width: (figureWidth - gap) / columns, height: 218 };
const bars = { shown: 3, height: 9, pitch: 29 };
const [right, wrong, other] = ["#009e73", "#d55e00", "#7f7f7f"];

/**
 * Pictures in rows of four. The bar of the picture's own class is green; another that comes first is orange.
 *
 * @returns an SVG text, 820 pixels wide, with the pictures inside
 *
 * @example
 * ```ts
 * import { predictedPictures } from "@plumbline/plumbline/figures";
 * import { encodePng } from "@plumbline/plumbline/image";
 * import assert from "node:assert/strict";
 * const svg = predictedPictures("What CLIP sees", [{
 *   picture: await encodePng(new Uint8Array(48), 4, 4),
 *   className: "cat",
 *   predictions: [{ className: "dog", probability: 0.7 }, { className: "cat", probability: 0.3 }],
 * }]);
 * assert.match(svg, />dog 70 %</);
 * ```
 */
export function predictedPictures(title: string, pictures: readonly PredictedPicture[]): string {
  const note =
    "Above each picture its class; below, the likeliest classes: green where it is that class, " +
    "orange where another comes first";
  return page(title, note, new Map(), (y) => ({
    svg: pictures.map((picture, i) => drawn(picture, i, y)).join("\n"),
    height: tile.height * Math.ceil(pictures.length / columns),
  }));
}

function drawn(
  { picture, className, predictions }: PredictedPicture,
  i: number,
  top: number,
): string {
  const x = gap + (i % columns) * tile.width;
  const y = top + Math.floor(i / columns) * tile.height;
  const full = tile.width - gap;
  const lines = predictions.slice(0, bars.shown).map((prediction, rank) => {
    const own = prediction.className === className;
    const color = own ? right : rank === 0 ? wrong : other;
    const at = y + side + 38 + rank * bars.pitch;
    const percent = `${(100 * prediction.probability).toFixed(0)} %`;
    const width = (full * prediction.probability).toFixed(1);
    return `<text x="${x}" y="${at}">${escape(shortened(prediction.className))} ${percent}</text>` +
      `<rect x="${x}" y="${at + 4}" width="${width}" height="${bars.height}" fill="${color}"/>`;
  });
  return `<text x="${x}" y="${y + 12}" font-weight="600">${escape(shortened(className))}</text>` +
    `<image x="${x}" y="${y + 18}" width="${side}" height="${side}" ` +
    `style="image-rendering:pixelated" href="${dataAddress(picture)}"/>` +
    lines.join("");
}

/** A PNG or JPEG file as an address that holds it. */
export function dataAddress(picture: Uint8Array): string {
  const kind = picture[0] === 0xff ? "image/jpeg" : "image/png";
  return `data:${kind};base64,${picture.toBase64()}`;
}
