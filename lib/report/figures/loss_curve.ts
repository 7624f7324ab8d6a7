/**
 * A loss over the steps of one training, and where it was looked at, accuracy below it.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { frame, labelled } from "./frame.ts";

/** A point of the curve: a mean over the steps since the last. */
export interface LossPoint {
  /** How many steps were done. */
  step: number;
  /** The training loss. */
  loss: number;
  /** Accuracy by data set, in percent, where it was looked at. */
  accuracy?: Record<string, number>;
}

/**
 * The loss, dots for the steps between two points and a line for a running mean of `window` points; and the mean accuracy over the
 * data sets.
 *
 * @returns an SVG text, 820 pixels wide
 */
export function lossCurve(title: string, points: readonly LossPoint[], window = 10): string {
  const ink = "#0072b2";
  const looks = points.filter(({ accuracy }) => accuracy !== undefined).map(
    ({ step, accuracy }) => {
      const values = Object.values(accuracy!);
      return { step, accuracy: values.reduce((a, b) => a + b, 0) / values.length };
    },
  );
  const top = Math.max(...points.map(({ loss }) => loss));
  const label = ({ accuracy }: { accuracy: number }) => `${accuracy.toFixed(0)} %`;
  return frame(
    title,
    "Dots are means over a few steps, the line their running mean" +
      (looks.length > 0 ? "; above, mean zero-shot accuracy on validation images" : ""),
    new Map(),
    {
      height: 340,
      marginLeft: 48,
      marginTop: 34,
      marginBottom: 40,
      x: labelled("step"),
      y: {
        grid: true,
        nice: true,
        ...labelled("contrastive loss, nats"),
      },
      marks: [
        Plot.dot(points, { x: "step", y: "loss", r: 1.5, fill: ink, fillOpacity: 0.4 }),
        Plot.line(
          points,
          Plot.windowY({ k: Math.min(window, points.length) }, {
            x: "step",
            y: "loss",
            stroke: ink,
            strokeWidth: 2,
          }),
        ),
        Plot.ruleX(looks, { x: "step", strokeOpacity: 0.2 }),
        Plot.text(looks, { x: "step", y: () => top, text: label, dy: -12, fontSize: 11 }),
      ],
    },
  );
}
