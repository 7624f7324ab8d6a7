/**
 * Accuracy on each target of what was trained on one source: cross-dataset transfer and domain generalisation.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import type { TransferRow } from "../tables/transfer.ts";
import { drawnInterval, seedMarks, seedsSaid } from "./seed_marks.ts";
import { frame, labelled, marginFor, shortened } from "./frame.ts";
import { type Ink, inksOf } from "./palette.ts";

/**
 * A line for every target, on it a dot for every method, with its 95 % interval, or its seeds where they are few. Methods
 * stand below each other in the order of the legend, so that equal ones are all seen.
 *
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { transferDots } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const row = { target: "EuroSAT", label: "CoOp", method: "coop" };
 * const svg = transferDots("From ImageNet", [{ ...row, accuracy: { n: 1, mean: 46 } }]);
 * assert.match(svg, /EuroSAT/);
 * ```
 */
export function transferDots(title: string, rows: readonly TransferRow[]): string {
  const inks = inksOf(rows);
  const labels = [...inks.keys()];
  const targets = [...new Set(rows.map(({ target }) => target))];
  const dots = rows.flatMap(({ target, label, accuracy, seeds }) => {
    if (accuracy === undefined) return [];
    const spread = { interval: accuracy.interval, seeds };
    const [low, high] = drawnInterval(spread);
    const place = { target: shortened(target), label, mean: accuracy.mean };
    return [{ ...place, ...spread, low, high, ...inks.get(label) as Ink }];
  });
  const seeds = seedMarks(dots);
  const intervals = dots.filter(({ low }) => Number.isFinite(low));
  const place = { fy: "target", y: "label" };
  return frame(title, `Top-1 accuracy in percent, ${seedsSaid(dots)}`, inks, {
    height: 60 + targets.length * (16 + 10 * Math.max(2, labels.length)),
    marginLeft: marginFor(targets),
    marginRight: 24,
    marginTop: 10,
    marginBottom: 40,
    x: {
      domain: span([...dots, ...seeds.map(({ seed }) => ({ mean: seed, low: NaN, high: NaN }))]),
      grid: true,
      ...labelled("accuracy, %"),
    },
    y: { domain: labels, axis: null, padding: 0.9 },
    fy: {
      domain: targets.map(shortened),
      label: null,
      axis: "left",
      padding: 0.25,
      tickSize: 0,
    },
    color: { type: "identity" },
    marks: [
      Plot.frame({ strokeOpacity: 0.15 }),
      Plot.ruleY(intervals, { ...place, x1: "low", x2: "high", stroke: "color", strokeWidth: 1.5 }),
      Plot.dot(seeds, { ...place, x: "seed", fill: "color", fillOpacity: 0.45, r: 1.6 }),
      Plot.dot(dots, {
        ...place,
        x: "mean",
        symbol: "symbol",
        stroke: "color",
        fill: "color",
        r: 3.5,
      }),
    ],
  });
}

/** From below the lowest to above the highest, within 0 and 100. */
export function span(
  ends: readonly { mean: number; low: number; high: number }[],
): [number, number] {
  const values = ends.flatMap(({ mean, low, high }) => [mean, low, high]).filter(Number.isFinite);
  if (values.length === 0) return [0, 100];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max(1, 0.05 * (high - low));
  return [Math.max(0, low - margin), Math.min(100, high + margin)];
}
