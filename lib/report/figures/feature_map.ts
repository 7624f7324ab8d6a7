/**
 * The map of image and text features before and after training, side by side.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { frame, rim, shortened } from "./frame.ts";

/** A feature on the map. */
export interface FeatureMapRow {
  /** Which of the two panels. */
  when: "before" | "after";
  /** A picture's is a dot, a class name's a star. */
  kind: "image" | "text";
  /** Shown at its star, where there is room. */
  className: string;
  /** The class's place among the classes: its colour. */
  label: number;
  /** The place on the map from left to right. */
  x: number;
  /** The place on the map from bottom to top. */
  y: number;
}

/** More classes leave no room for their names. */
const MOST_NAMES = 24;

/** Okabe and Ito's colours and Tol's, told apart by eyes of all kinds; more classes than these take hues in turn. */
const colours = [
  ...["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"],
  ...["#332288", "#117733", "#882255", "#999933", "#44aa99", "#aa4499"],
];

/**
 * Two maps with the same axes: a dot for every picture, a star for every class name, a colour for every class.
 *
 * @param note how the map was made, below the title
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { featureMap } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const at = { className: "wren", label: 0, x: 0, y: 1 };
 * const svg = featureMap("CoOp on birds", "PCA", [
 *   { ...at, when: "before", kind: "image" },
 *   { ...at, when: "after", kind: "text" },
 * ]);
 * assert.match(svg, /wren/);
 * ```
 */
export function featureMap(title: string, note: string, rows: readonly FeatureMapRow[]): string {
  const classes = new Set(rows.map(({ label }) => label)).size;
  const points = rows.map((row) => ({
    ...row,
    panel: `${row.when} training`,
    name: shortened(row.className),
    colour: colourOf(row.label, classes),
  }));
  const [images, texts] = ["image", "text"].map((kind) =>
    points.filter((point) => point.kind === kind)
  );
  const place = { fx: "panel", x: "x", y: "y" };
  return frame(title, `Dots: pictures; stars: class names. ${note}`, new Map(), {
    height: 440,
    ...{ marginLeft: 12, marginRight: 12, marginTop: 28, marginBottom: 12 },
    x: { axis: null, inset: 40 },
    y: { axis: null, inset: 16 },
    fx: { domain: ["before training", "after training"], label: null, axis: "top", padding: 0.04 },
    color: { type: "identity" },
    marks: [
      Plot.frame({ strokeOpacity: 0.3 }),
      Plot.dot(images, { ...place, fill: "colour", fillOpacity: 0.55, r: 2.5 }),
      Plot.dot(texts, {
        ...{ ...place, symbol: "star", r: 7 },
        ...{ fill: "colour", stroke: "#fff", strokeWidth: 1 },
      }),
      Plot.text(classes > MOST_NAMES ? [] : texts, {
        ...{ ...place, text: "name", dy: -12, fontSize: 10 },
        ...rim,
      }),
    ],
  });
}

function colourOf(label: number, classes: number): string {
  if (classes <= colours.length) return colours[label % colours.length]!;
  // The golden angle: neighbours among the labels are far apart among the hues.
  return `hsl(${Math.round(label * 137.5) % 360} 65% 45%)`;
}
