/**
 * The reliability diagram (Guo et al. 2017, figure 1): how often a classifier is right where it is so sure.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import type { ReliabilityBin } from "../../engine/examine.ts";
import { frame, labelled } from "./frame.ts";

/**
 * A bar for each interval of confidence up to the share that is right, the gap to the mean confidence, and below it how
 * many images there are. On the diagonal the two are equal.
 *
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { examine } from "@plumbline/plumbline";
 * import { reliabilityDiagram } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const found = examine(new Float32Array([9, 0, 9, 0]), ["cat", "dog"], [0, 1]);
 * assert.match(reliabilityDiagram("CoOp on pets", found.reliability, 49.9), /49\.9/);
 * ```
 */
export function reliabilityDiagram(
  title: string,
  bins: readonly ReliabilityBin[],
  calibrationError: number,
): string {
  const filled = bins.flatMap(({ from, to, n, confidence, accuracy }) =>
    confidence === null || accuracy === null ? [] : [{
      ...{ from: 100 * from, to: 100 * to, middle: 50 * (from + to) },
      ...{ n: String(n), confidence: 100 * confidence, accuracy: 100 * accuracy },
    }]
  );
  const line = [{ x: 0, y: 0 }, { x: 100, y: 100 }];
  const axis = { grid: true, ticks: 5 };
  return frame(
    title,
    `Bars: the share that is right; dots: the mean confidence; numbers: images. ` +
      `Expected calibration error ${calibrationError.toFixed(1)} %`,
    new Map(),
    {
      height: 400,
      width: 480,
      ...{ marginLeft: 48, marginBottom: 40 },
      x: { ...axis, domain: [0, 100], ...labelled("confidence, %") },
      y: { ...axis, domain: [0, 106], ...labelled("accuracy, %") },
      marks: [
        Plot.rect(filled, {
          ...{ x1: "from", x2: "to", y1: 0, y2: "accuracy" },
          ...{ fill: "#0072b2", fillOpacity: 0.5, stroke: "#0072b2" },
        }),
        Plot.line(line, { x: "x", y: "y", stroke: "#666", strokeDasharray: "4 4" }),
        Plot.dot(filled, { x: "middle", y: "confidence", fill: "#d55e00", r: 3 }),
        Plot.text(filled, { x: "middle", y: 103, text: "n", fontSize: 10 }),
      ],
    },
  );
}
