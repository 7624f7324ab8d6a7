/**
 * The confusion matrix: which classes are taken for which.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { figureWidth, frame, labelled, marginFor, shortened } from "./frame.ts";

/** More classes leave no room for their names. */
const MOST_NAMES = 60;

/** More numbers leave none for themselves. */
const MOST_NUMBERS = 25;

/**
 * A square for each true class (row) and predicted class (column), the darker the larger its share of the row.
 *
 * @param counts images of the row's class that are taken for the column's
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * assert.match(confusionMatrix("CoOp on pets", ["cat", "dog"], [[9, 1], [3, 7]]), /cat/);
 * ```
 */
export function confusionMatrix(
  title: string,
  classNames: readonly string[],
  counts: readonly (readonly number[])[],
): string {
  const names = classNames.map(shortened);
  const cells = counts.flatMap((row, truth) => {
    const n = Math.max(1, row.reduce((a, b) => a + b, 0));
    return row.map((count, predicted) => ({ truth, predicted, count, share: count / n }));
  });
  const margin = names.length > MOST_NAMES ? 40 : Math.min(230, marginFor(names));
  const side = figureWidth - margin - 20;
  const axis = {
    ...names.length > MOST_NAMES && { ticks: [] },
    tickFormat: (i: number) => names[i],
    tickSize: 0,
  };
  return frame(title, "Rows are the true classes, columns the predicted ones; images", new Map(), {
    height: Math.min(side, 40 + 34 * names.length) + margin,
    ...{ marginLeft: margin, marginBottom: margin },
    x: { ...labelled("predicted"), ...axis, tickRotate: -60, type: "band" },
    y: { ...labelled("true"), ...axis, type: "band" },
    color: { type: "linear", domain: [0, 1], range: ["#fff", "#08519c"] },
    marks: [
      Plot.cell(cells, { x: "predicted", y: "truth", fill: "share", inset: 0.5 }),
      ...names.length > MOST_NUMBERS ? [] : [
        Plot.text(cells.filter(({ count }) => count > 0), {
          ...{ x: "predicted", y: "truth", text: ({ count }: { count: number }) => String(count) },
          fill: ({ share }: { share: number }) => share > 0.5 ? "#fff" : "#222",
        }),
      ],
    ],
  });
}
