/**
 * Wholes and what they are made of: shares of an update, parts of a cost.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { frame, labelled, marginFor, shortened } from "./frame.ts";
import type { Ink } from "./palette.ts";

/** A part of a bar. */
export interface PartRow {
  /** Which bar. */
  label: string;
  /** Which part of it; parts are stacked in the order of their first rows. */
  part: string;
  /** What was measured. */
  value: number;
}

/** Okabe and Ito's, for parts that are no methods. */
const colors = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7f7f7f"];

/**
 * A bar for every label. Parts below 0 go to the left. What is wide enough is labelled.
 *
 * @param unit the axis: `share of the displacement`, `GFLOP`
 * @param format how values are written
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { stackedBars } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const svg = stackedBars("Cost of a step", "counted", "GFLOP", [
 *   { label: "CoOp", part: "forward", value: 2 },
 *   { label: "CoOp", part: "backward", value: 4 },
 * ]);
 * assert.match(svg, /backward/);
 * ```
 */
export function stackedBars(
  title: string,
  note: string,
  unit: string,
  rows: readonly PartRow[],
  format: (value: number) => string = (value) => value.toPrecision(3),
): string {
  const labels = [...new Set(rows.map(({ label }) => label))];
  const parts = [...new Set(rows.map(({ part }) => part))];
  const inks = new Map<string, Ink>(
    parts.map((part, i) => [part, { color: colors[i % colors.length]!, symbol: "square" }]),
  );
  const bars = rows.filter(({ value }) => Number.isFinite(value)).map((row) => ({
    ...row,
    ...inks.get(row.part),
  }));
  const total = (sign: number) =>
    Math.max(
      0,
      ...labels.map((label) =>
        bars.filter((bar) => bar.label === label).reduce(
          (sum, { value }) => sum + Math.max(0, sign * value),
          0,
        )
      ),
    );
  const [low, high] = [-total(-1), total(1)];
  const order = (a: PartRow, b: PartRow) => parts.indexOf(a.part) - parts.indexOf(b.part);
  const stack = { x: "value", y: "label", order };
  return frame(title, note, inks, {
    height: 64 + 34 * labels.length,
    marginLeft: marginFor(labels),
    marginRight: 30,
    marginTop: 10,
    marginBottom: 40,
    x: {
      domain: [low, high || 1],
      nice: true,
      grid: true,
      ...labelled(unit),
    },
    y: { domain: labels, label: null, tickFormat: shortened, tickSize: 0, padding: 0.2 },
    color: { type: "identity" },
    marks: [
      Plot.barX(bars, Plot.stackX({ ...stack, fill: "color", insetRight: 0.5 })),
      Plot.text(
        bars,
        Plot.stackX({
          ...stack,
          text: ({ value }: PartRow) => Math.abs(value) > 0.07 * (high - low) ? format(value) : "",
          fill: "#fff",
          stroke: "#222",
          strokeWidth: 2.5,
        }),
      ),
      Plot.ruleX([0]),
    ],
  });
}
