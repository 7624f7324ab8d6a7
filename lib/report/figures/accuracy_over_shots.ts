/**
 * Accuracy over the number of training images per class, a panel for every data set: the form of the few-shot figures of
 * CoOp and ProGrad.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import type { FewShotRow } from "../tables/few_shot.ts";
import { facets, panelBorder, panelOptions } from "./facets.ts";
import { frame, labelled } from "./frame.ts";
import { inksOf } from "./palette.ts";

/**
 * A line for every method, on a logarithmic axis of shots; vertical lines are 95 % intervals. What was not trained (0
 * shots) is a dashed level.
 *
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { accuracyOverShots } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const point = { dataset: "EuroSAT", label: "CoOp", method: "coop" };
 * const svg = accuracyOverShots("Few-shot", [
 *   { ...point, shots: 1, accuracy: { n: 1, mean: 52 } },
 *   { ...point, shots: 2, accuracy: { n: 1, mean: 60 } },
 * ]);
 * assert.ok(svg.startsWith("<svg"));
 * ```
 */
export function accuracyOverShots(title: string, rows: readonly FewShotRow[]): string {
  const inks = inksOf(rows);
  const points = rows.flatMap(({ dataset, label, shots, accuracy }) =>
    accuracy === undefined ? [] : [{
      panel: dataset,
      label,
      shots,
      mean: accuracy.mean,
      low: accuracy.interval?.[0] ?? NaN,
      high: accuracy.interval?.[1] ?? NaN,
      ...inks.get(label),
    }]
  );
  const trained = points.filter(({ shots }) => shots > 0);
  const { fx, fy, titles, height } = facets(points);
  const shots = [...new Set(trained.map((point) => point.shots))].sort((a, b) => a - b);
  const place = { fx, fy, x: "shots" };
  const intervals = trained.filter(({ low }) => Number.isFinite(low));
  const seeded = intervals.length > 0
    ? "mean over seeds; vertical lines are 95 % intervals (Student's t)"
    : "one seed, so no intervals";
  const levels = trained.length < points.length ? "; dashed: without training" : "";
  return frame(title, `Top-1 accuracy in percent, ${seeded}${levels}`, inks, {
    height,
    marginLeft: 48,
    ...panelOptions,
    x: {
      type: "log",
      base: 2,
      domain: [(shots[0] ?? 1) / 1.2, (shots.at(-1) ?? 1) * 1.2],
      ticks: shots,
      tickFormat: String,
      ...labelled("training images per class"),
    },
    y: {
      domain: padded(points),
      grid: true,
      ticks: 5,
      ...labelled("accuracy, %"),
    },
    marks: [
      titles,
      panelBorder(),
      Plot.ruleY(points.filter(({ shots }) => shots === 0), {
        fx,
        fy,
        y: "mean",
        stroke: "color",
        strokeDasharray: "5,3",
        strokeWidth: 1.5,
      }),
      Plot.ruleX(intervals, {
        ...place,
        y1: "low",
        y2: "high",
        stroke: "color",
        strokeOpacity: 0.7,
      }),
      Plot.line(trained, { ...place, y: "mean", z: "label", stroke: "color", sort: "shots" }),
      Plot.dot(trained, {
        ...place,
        y: "mean",
        symbol: "symbol",
        fill: "color",
        stroke: "color",
        r: 2.5,
      }),
    ],
  });
}

/** The span of all means and intervals, with a margin. */
function padded(points: readonly { mean: number; low: number; high: number }[]): [number, number] {
  const ends = points.flatMap(({ mean, low, high }) => [mean, low, high]).filter(Number.isFinite);
  if (ends.length === 0) return [0, 100];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const margin = Math.max(1, 0.06 * (high - low));
  return [Math.max(0, low - margin), Math.min(100, high + margin)];
}
