/**
 * Pictures under the heat maps of several methods.
 *
 * @module
 */

import { escape } from "he";
import { type Drawn, figureWidth, page } from "./frame.ts";
import { sha256 } from "../../sha256.ts";
import { dataAddress } from "./predictions.ts";

/** A picture's map under one method. */
export interface HeatRow {
  /** The bytes of a PNG or JPEG file. */
  picture: Uint8Array;
  /** The class, as the data set names it. */
  className: string;
  /** What it was taken for; absent where nothing was asked. */
  predicted?: string;
  /** The probability of that. */
  probability?: number;
  /** Whose map: a column. */
  label: string;
  /** Row by row from the top left, side × side. */
  heat: readonly number[];
  /** Pixels of a side. */
  side: number;
}

/** A page's own colours, which its dark form has brighter; these elsewhere, on white. */
const right = "var(--good, #007a5a)";
const wrong = "var(--bad, #b34500)";

/**
 * Pictures in rows, methods in columns: each picture under the method's map (from nothing to dark red, by the map's own
 * maximum), with what the method takes it for.
 *
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { heatSheet } from "@plumbline/plumbline/figures";
 * import { encodePng } from "@plumbline/plumbline/image";
 * import assert from "node:assert/strict";
 * const picture = await encodePng(new Uint8Array(48), 4, 4);
 * const row = { picture, className: "cat", label: "CLIP" };
 * const svg = heatSheet("Maps", "relevance", [{ ...row, heat: [0, 0.2, 0.3, 0.5], side: 2 }]);
 * assert.match(svg, /CLIP/);
 * ```
 */
export function heatSheet(title: string, note: string, rows: readonly HeatRow[]): string {
  const labels = [...new Set(rows.map(({ label }) => label))];
  const pictures = [...Map.groupBy(rows, ({ picture }) => nameOf(title, picture))];
  const columns = labels.length + 1;
  const cell = Math.min(170, (figureWidth - 16) / columns);
  const size = cell - 14;
  const rowHeight = size + 30;
  const body = (y: number): Drawn => ({
    svg: [
      ...labels.map((label, i) => text(label, 8 + (i + 1) * cell, y + 16, { weight: 600, size })),
      ...pictures.flatMap(([name, own], r) => {
        const top = y + 26 + r * rowHeight;
        return [
          image(own[0]!, name, 8, top, size),
          text(own[0]!.className, 8, top + size + 15, { weight: 600, size }),
          ...own.map((row) => {
            const across = (labels.indexOf(row.label) + 1) * cell;
            return [
              `<use href="#${name}" x="${fixed(across)}"/>`,
              overlay(row, 8 + across, top, size),
              ...row.predicted === undefined
                ? []
                : [verdict(row, 8 + across, top + size + 15, size)],
            ].join("\n");
          }),
        ];
      }),
    ].join("\n"),
    height: 30 + rowHeight * pictures.length,
  });
  return page(title, note, new Map(), body);
}

/** By what it shows, and in which figure: pages hold several. */
function nameOf(title: string, picture: Uint8Array): string {
  return `p${sha256(title, picture).slice(0, 16)}`;
}

/** The picture itself, once: its other places refer to it by its name. */
function image(
  { picture, className }: HeatRow,
  name: string,
  x: number,
  y: number,
  size: number,
): string {
  return `<image id="${name}" href="${dataAddress(picture)}" x="${fixed(x)}" y="${fixed(y)}" ` +
    `width="${fixed(size)}" height="${fixed(size)}" preserveAspectRatio="xMidYMid slice">` +
    `<title>${escape(className)}</title></image>`;
}

/** The map's patches, more opaque the higher, over a veil that quietens the picture's own colours. */
function overlay({ heat, side }: HeatRow, x: number, y: number, size: number): string {
  const most = Math.max(...heat) || 1;
  const patches = heat.flatMap((value, i) => {
    const opacity = fixed(0.75 * value / most);
    const at = `x="${i % side}" y="${Math.floor(i / side)}"`;
    return opacity === "0" ? [] : [`<rect ${at} width="1" height="1" fill-opacity="${opacity}"/>`];
  });
  return `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(size)}" height="${fixed(size)}" ` +
    `fill="#fff" fill-opacity="0.35"/><g fill="#b2002c" transform="translate(${fixed(x)} ${
      fixed(y)
    }) scale(${fixed(size / side)})">${patches.join("")}</g>`;
}

function verdict(
  { className, predicted, probability }: HeatRow,
  x: number,
  y: number,
  size: number,
): string {
  const good = predicted === className;
  const sure = probability === undefined ? "" : ` ${(100 * probability).toFixed(0)} %`;
  return text(`${good ? "✓" : "✗"} ${predicted}${sure}`, x, y, {
    color: good ? right : wrong,
    size,
  });
}

/** A line of text, cut where it is wider than the picture. */
function text(
  content: string,
  x: number,
  y: number,
  { weight = 400, color, size }: { weight?: number; color?: string; size: number },
): string {
  const most = Math.floor(size / (weight === 400 ? 6.4 : 7));
  const shown = content.length <= most ? content : `${content.slice(0, most - 1)}…`;
  return `<text x="${fixed(x)}" y="${fixed(y)}"${
    weight === 400 ? "" : ` font-weight="${weight}"`
  }` +
    `${color === undefined ? "" : ` style="fill:${color}"`}><title>${escape(content)}</title>` +
    `${escape(shown)}</text>`;
}

function fixed(value: number): string {
  return String(Number(value.toFixed(2)));
}
