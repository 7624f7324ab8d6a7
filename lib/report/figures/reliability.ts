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
 * import { examine, reliabilityDiagram } from "@plumbline/plumbline";
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
  const filled = bins.filter(({ n }) => n > 0);
  const line = [{ x: 0, y: 0 }, { x: 1, y: 1 }];
  const percent = { percent: true, domain: [0, 1], grid: true } as const;
  return frame(
    title,
    `Bars: the share that is right; dots: the mean confidence; numbers: images. ` +
      `Expected calibration error ${calibrationError.toFixed(1)} %`,
    new Map(),
    {
      height: 400,
      width: 480,
      marginLeft: 48,
      x: { ...percent, ...labelled("confidence, %") },
      y: { ...percent, domain: [0, 1.06], ticks: 5, ...labelled("accuracy, %") },
      marks: [
        Plot.rect(filled, {
          ...{ x1: "from", x2: "to", y1: 0, y2: "accuracy" },
          ...{ fill: "#0072b2", fillOpacity: 0.5, stroke: "#0072b2" },
        }),
        Plot.line(line, { x: "x", y: "y", stroke: "#666", strokeDasharray: "4 4" }),
        Plot.dot(filled, {
          x: ({ from, to }: ReliabilityBin) => (from + to) / 2,
          ...{ y: "confidence", fill: "#d55e00", r: 3 },
        }),
        Plot.text(filled, {
          x: ({ from, to }: ReliabilityBin) => (from + to) / 2,
          ...{ y: 1.03, text: ({ n }: ReliabilityBin) => String(n), fontSize: 10 },
        }),
      ],
    },
  );
}
