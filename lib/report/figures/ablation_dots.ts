/**
 * Variants of a method beside each other: base accuracy, new accuracy and their harmonic mean, as dots with intervals or
 * seeds, because what separates variants is less than what a bar from 0 shows.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import type { BaseToNewRow } from "../tables/base_to_new.ts";
import { measured, measures } from "./measured.ts";
import { seedMarks, seedsSaid } from "./seed_marks.ts";
import { frame, labelled, marginFor, rim, shortened } from "./frame.ts";
import { type Ink, methodInks } from "./palette.ts";

/**
 * One line for every row in its method's colour, a panel for each measure; the first row's means are dashed levels to
 * compare with.
 *
 * @param rows of one data set, or of the average; the first is what the others are variants of
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { ablationDots } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const row = { dataset: "average", method: "prometar" };
 * const svg = ablationDots("ProMetaR's parts", [
 *   { ...row, label: "ProMetaR", base: { n: 1, mean: 84 } },
 *   { ...row, label: "without meta-learning", base: { n: 1, mean: 83 } },
 * ]);
 * assert.match(svg, /without meta-learning/);
 * ```
 */
export function ablationDots(title: string, rows: readonly BaseToNewRow[]): string {
  const labels = [...new Set(rows.map(({ label }) => label))];
  const inks = methodInks(rows);
  const dots = measured(rows).map((dot) => ({ ...dot, ...inks.get(dot.label) as Ink }));
  const seeds = seedMarks(dots);
  const levels = dots.filter(({ label }) => label === labels[0]);
  const intervals = dots.filter(({ low }) => Number.isFinite(low));
  const place = { fx: "measure", y: "label" };
  return frame(
    title,
    `Top-1 accuracy in percent, ${seedsSaid(dots)}; dashed: the first line's`,
    new Map(),
    {
      height: 90 + 30 * labels.length,
      marginLeft: marginFor(labels),
      marginRight: 34,
      marginTop: 34,
      marginBottom: 40,
      x: {
        nice: true,
        ticks: 5,
        ...labelled("accuracy, %"),
      },
      y: { domain: labels, label: null, tickFormat: shortened, tickSize: 0 },
      fx: { domain: measures.map(({ title }) => title), label: null, padding: 0.16 },
      color: { type: "identity" },
      marks: [
        Plot.gridX({ ticks: 5 }),
        Plot.ruleX(levels, {
          fx: "measure",
          x: "mean",
          strokeDasharray: "4,3",
          strokeOpacity: 0.6,
        }),
        Plot.ruleY(intervals, {
          ...place,
          x1: "low",
          x2: "high",
          stroke: "color",
          strokeWidth: 1.5,
        }),
        Plot.dot(seeds, { ...place, x: "seed", fill: "color", fillOpacity: 0.45, r: 1.8 }),
        Plot.dot(dots, {
          ...place,
          x: "mean",
          symbol: "symbol",
          fill: "color",
          stroke: "color",
          r: 3.5,
        }),
        Plot.text(dots, {
          ...place,
          x: "mean",
          text: ({ mean }: { mean: number }) => mean.toFixed(1),
          dy: -12,
          fontSize: 11,
          ...rim,
        }),
      ],
    },
  );
}
