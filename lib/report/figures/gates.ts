/**
 * γ, how much of the regulariser's gradient each layer's prompts take, from the first step of training to the last.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { frame, labelled, marginFor } from "./frame.ts";

/** The mean γ of one prompt tensor at one step of one training. */
export interface GateRow {
  /** The layer that the prompt is in: `text 1`, `image 3`. */
  layer: string;
  /** Seed of all random draws. */
  seed: number;
  /** The step, from 0. */
  step: number;
  /** The mean γ, from 0 (shut) to 1 (open). */
  gate: number;
}

const ink = "#d55e00";

/**
 * A line for every layer: an arrow for each seed from γ at the first step (the open ring) to γ at the last.
 *
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { gateArrows } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const svg = gateArrows("γ", [1, 2].map((step) => ({
 *   ...{ layer: "text 1", seed: 1, step, gate: 0.5 },
 * })));
 * assert.match(svg, /text 1/);
 * ```
 */
export function gateArrows(title: string, rows: readonly GateRow[]): string {
  const layers = [...new Set(rows.map(({ layer }) => layer))];
  const seeds = [...new Set(rows.map(({ seed }) => seed))];
  const ways = [
    ...Map.groupBy(rows, ({ layer, seed }) => JSON.stringify([layer, seed])).values(),
  ].map((own) => {
    const byStep = own.toSorted((a, b) => a.step - b.step);
    const [first, last] = [byStep[0]!, byStep[byStep.length - 1]!];
    return { ...first, from: first.gate, to: last.gate };
  });
  const moved = Math.max(0, ...ways.map(({ from, to }) => Math.abs(to - from)));
  const place = { fy: "layer", y: "seed" };
  return frame(
    title,
    `Mean γ of each layer's prompts, a line for each seed; ring: first step, dot: last; ` +
      `the largest change is ${moved.toPrecision(2)}`,
    new Map(),
    {
      height: 60 + layers.length * Math.max(24, 10 * seeds.length + 8),
      marginLeft: marginFor(layers),
      marginRight: 24,
      marginTop: 8,
      marginBottom: 40,
      x: {
        domain: [0, 1],
        grid: true,
        ...labelled("γ (0: the regulariser's gradient is dropped, 1: it is taken whole)"),
      },
      y: { domain: seeds, axis: null, padding: 0.5 },
      fy: { domain: layers, label: null, axis: "left", padding: 0.1, tickSize: 0 },
      marks: [
        Plot.frame({ strokeOpacity: 0.15 }),
        Plot.ruleY(ways, { ...place, x1: "from", x2: "to", stroke: ink, strokeWidth: 2 }),
        Plot.dot(ways, { ...place, x: "from", stroke: ink, fill: "#fff", r: 4 }),
        Plot.dot(ways, { ...place, x: "to", fill: ink, r: 2.5 }),
      ],
    },
  );
}
