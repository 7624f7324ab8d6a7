/**
 * Accuracy over the number of training images per class, a panel for every data set: the form of the few-shot figures of
 * CoOp and ProGrad.
 *
 * @module
 */

import type { FewShotRow } from "../tables/few_shot.ts";
import { labelled } from "./frame.ts";
import { linePanels, type LinePoint, seedsNote } from "./line_panels.ts";
import { inksOf } from "./palette.ts";

/**
 * A line for every method, on a logarithmic axis of shots, each panel on its own axis of accuracy; few seeds are points,
 * more have a 95 % interval. What was not trained (0 shots) is a dashed level.
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
  const points = rows.flatMap(({ dataset, label, shots, accuracy, seeds }): LinePoint[] =>
    accuracy === undefined ? [] : [{
      ...{ panel: dataset, label, mean: accuracy.mean, interval: accuracy.interval, seeds },
      ...shots > 0 && { x: shots },
      ...inks.get(label),
    }]
  );
  const shots = [...new Set(points.flatMap(({ x }) => x ?? []))].sort((a, b) => a - b);
  return linePanels(title, seedsNote(points), inks, {
    type: "log",
    base: 2,
    domain: [(shots[0] ?? 1) / 1.2, (shots.at(-1) ?? 1) * 1.2],
    ticks: shots,
    tickFormat: String,
    ...labelled("training images per class"),
  }, points);
}
