/**
 * Bars of base accuracy, new accuracy and their harmonic mean, with intervals: the form of ProMetaR's Figure 1.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import type { BaseToNewRow } from "../tables/base_to_new.ts";
import { measured, measures } from "./measured.ts";
import { seedMarks, seedPoints, seedsSaid } from "./seed_marks.ts";
import { frame, labelled, marginFor, shortened } from "./frame.ts";
import { methodInks } from "./palette.ts";

const ticks = [0, 20, 40, 60, 80, 100];

/**
 * One panel for every data set and measure, one bar for every method; a line across its end is the 95 % interval, or
 * points are the seeds where there are few.
 *
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { accuracyBars } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const row = { dataset: "EuroSAT", label: "CoOp", method: "coop" };
 * const svg = accuracyBars("Base-to-new", [{ ...row, base: { n: 1, mean: 92 } }]);
 * assert.match(svg, />92\.0<\/text>/);
 * ```
 */
export function accuracyBars(title: string, rows: readonly BaseToNewRow[]): string {
  const inks = methodInks(rows);
  const bars = measured(rows).map((bar) => ({ ...bar, dataset: shortened(bar.dataset) }));
  const labels = [...new Set(bars.map(({ label }) => label))];
  const datasets = [...new Set(bars.map(({ dataset }) => dataset))];
  const intervals = bars.filter(({ low }) => Number.isFinite(low));
  const place = { fx: "measure", fy: "dataset", y: "label" };
  const seeds = seedMarks(bars);
  return frame(title, `Top-1 accuracy in percent, ${seedsSaid(bars)}`, new Map(), {
    height: 70 + datasets.length * (18 + 22 * labels.length),
    marginLeft: marginFor(labels),
    marginRight: datasets.length > 1 ? marginFor(datasets) : 20,
    marginTop: 34,
    marginBottom: 38,
    x: {
      domain: [0, 122],
      ...labelled("accuracy, %"),
      ticks,
    },
    y: { domain: labels, label: null, tickFormat: shortened, tickSize: 0 },
    fx: { domain: measures.map(({ title }) => title), label: null, padding: 0.08 },
    fy: { domain: datasets, label: null, padding: 0.12, ...datasets.length < 2 && { axis: null } },
    marks: [
      Plot.gridX({ ticks }),
      Plot.barX(bars, {
        ...place,
        x: "mean",
        fill: ({ label }: { label: string }) => inks.get(label)?.color,
        insetTop: 2,
        insetBottom: 2,
      }),
      Plot.ruleY(intervals, { ...place, x1: "low", x2: "high", strokeWidth: 1.5 }),
      Plot.dot(seeds, { ...place, x: "seed", fill: "currentColor", r: 1.8 }),
      Plot.text(bars, {
        ...place,
        x: ({ mean, high, seeds }: typeof bars[0]) =>
          Math.max(mean, high || 0, ...seedPoints({ seeds })),
        text: ({ mean }: { mean: number }) => mean.toFixed(1),
        textAnchor: "start",
        dx: 4,
      }),
      Plot.ruleX([0]),
    ],
    color: { type: "identity" },
  });
}
