/**
 * What all figures share: Observable Plot run without a browser (linkedom is its document), and a frame with a title and
 * a legend around what it draws. The result is one SVG text on white paper, readable wherever it is shown.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { DOMParser } from "linkedom";
import { escape } from "he";
import type { Ink } from "./palette.ts";

/** Width of a figure, in pixels: fits a page of 900. */
export const figureWidth = 820;

const titleHeight = 46;
const legendHeight = 20;

/**
 * Draws a plot and frames it.
 *
 * @param note what bars and lines mean, below the title
 * @param inks the methods of the legend; with none, no legend
 */
export function frame(
  title: string,
  note: string,
  inks: ReadonlyMap<string, Ink>,
  options: Plot.PlotOptions,
): string {
  return page(title, note, inks, (y) => draw({ style: { fontSize: "12px" }, ...options }, y));
}

/** A part of a figure and its height in pixels. */
export interface Drawn {
  svg: string;
  height: number;
}

/**
 * The page that every figure is on: a title, a note, a legend, and at the height `y` whatever is drawn.
 */
export function page(
  title: string,
  note: string,
  inks: ReadonlyMap<string, Ink>,
  drawAt: (y: number) => Drawn,
): string {
  const legend = legendEntries(inks);
  const legendTotal = legend.length === 0 ? 0 : legendHeight * (legend[legend.length - 1]!.row + 1);
  const body = drawAt(titleHeight + legendTotal);
  const height = titleHeight + legendTotal + body.height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${figureWidth}" height="${height}" ` +
    `viewBox="0 0 ${figureWidth} ${height}" role="img" fill="currentColor" ` +
    `style="background:#fff;color:#222;max-width:100%;height:auto" ` +
    `font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escape(title)}</title>`,
    `<text x="8" y="18" font-size="15" font-weight="600">${escape(title)}</text>`,
    `<text x="8" y="36" fill-opacity="0.75">${escape(note)}</text>`,
    ...(legend.length === 0 ? [] : [draw(legendPlot(legend, legendTotal), titleHeight).svg]),
    body.svg,
    "</svg>\n",
  ].join("\n");
}

/** The label of an axis: in its middle, without an arrow. */
export function labelled(label: string) {
  return { label, labelAnchor: "center", labelArrow: "none" } as const;
}

/** A rim of paper around numbers, so that lines do not cross them. */
export const rim = { stroke: "#fff", strokeWidth: 4, fill: "#222" } as const;

/** Pixels that labels take at the side of a plot. */
export function marginFor(labels: readonly string[]): number {
  return 20 + letterWidth * Math.max(0, ...labels.map((label) => shortened(label).length));
}

/** A label that leaves the plot some room. */
export function shortened(label: string): string {
  return label.length <= 30 ? label : `${label.slice(0, 29)}…`;
}

/** Mean width of a letter, in pixels at font size 12. */
const letterWidth = 6.6;

/** Runs Plot; the svg lies at the place `x`, `y` of the one around it. */
export function draw(options: Plot.PlotOptions, y = 0, x = 0): Drawn {
  const document = new DOMParser().parseFromString("<html></html>", "text/html");
  // linkedom's document is a browser's in all that Plot asks of it, whatever the types say.
  const plot = Plot.plot({ width: figureWidth, ...options, document: document as never });
  if (x > 0) plot.setAttribute("x", String(x));
  plot.setAttribute("y", String(y));
  return { svg: rounded(plot.outerHTML), height: Number(plot.getAttribute("height")) };
}

/** Numbers in tags to two decimals: half the size, and steady snapshots. */
export function rounded(svg: string): string {
  return svg.replace(
    /<[^>]*>/g,
    (tag) => tag.replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
  );
}

interface LegendEntry extends Ink {
  text: string;
  x: number;
  row: number;
}

function legendEntries(inks: ReadonlyMap<string, Ink>): LegendEntry[] {
  let [x, row] = [14, 0];
  return [...inks].map(([label, ink]) => {
    const text = shortened(label);
    const width = 34 + letterWidth * text.length;
    if (x > 14 && x + width > figureWidth) [x, row] = [14, row + 1];
    const entry = { ...ink, text, x, row };
    x += width;
    return entry;
  });
}

function legendPlot(entries: LegendEntry[], height: number): Plot.PlotOptions {
  const y = ({ row }: LegendEntry) => (row + 0.5) * legendHeight;
  const common = { x: "x", y };
  return {
    height,
    margin: 0,
    style: { fontSize: "12px" },
    axis: null,
    x: { type: "identity" },
    y: { type: "identity" },
    color: { type: "identity" },
    marks: [
      Plot.dot(entries, { ...common, symbol: "symbol", fill: "color", stroke: "color", r: 4 }),
      Plot.text(entries, { ...common, text: "text", dx: 10, textAnchor: "start" }),
    ],
  };
}
