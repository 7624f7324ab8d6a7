/**
 * Differences with their intervals around 0: which are more than chance.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { signed, type Summary } from "../../results/mod.ts";
import { facets, panelOptions } from "./facets.ts";
import { frame, labelled, marginFor, rim, shortened } from "./frame.ts";

/** One difference. */
export interface DifferenceRow {
  /** What the panel is called: `new classes`. */
  panel: string;
  /** What differs: `the start`, `the projection`. */
  label: string;
  /** The difference, over its pairs. */
  difference: Summary;
}

const sides = { above: "#0072b2", below: "#d55e00", neither: "#7f7f7f" };

/**
 * A line for every label, a panel for every measure; blue where the whole interval is above 0, orange where it is below,
 * grey and hollow where it has 0 in it, or where there is none.
 *
 * @param note what is paired, below the title
 * @param unit of the differences: `percentage points`
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { summarize } from "@plumbline/plumbline";
 * import { differenceDots } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const difference = summarize([1, 2, 3, 2]);
 * const svg = differenceDots("Gain", "over seeds", "points", [
 *   { panel: "base", label: "the start", difference },
 * ]);
 * assert.match(svg, /\+2\.0/);
 * ```
 */
export function differenceDots(
  title: string,
  note: string,
  unit: string,
  rows: readonly DifferenceRow[],
): string {
  const labels = [...new Set(rows.map(({ label }) => label))];
  const dots = rows.map(({ panel, label, difference: { mean, interval } }) => {
    const [low, high] = interval ?? [NaN, NaN];
    const side = low > 0 ? "above" : high < 0 ? "below" : "neither";
    return { panel, label, mean, low, high, color: sides[side], sure: side !== "neither" };
  });
  const { fx, fy, titles } = facets(dots);
  const intervals = dots.filter(({ low }) => Number.isFinite(low));
  const place = { fx, fy, y: "label" };
  const lines = Math.ceil(new Set(dots.map(({ panel }) => panel)).size / 3);
  return frame(title, note, new Map(), {
    ...panelOptions,
    height: 48 + lines * (50 + 32 * labels.length),
    marginLeft: marginFor(labels),
    marginRight: 30,
    marginTop: 26,
    x: { nice: true, ticks: 5, ...labelled(unit) },
    y: { domain: labels, label: null, tickFormat: shortened, tickSize: 0 },
    fy: { ...panelOptions.fy, padding: 0.3 },
    marks: [
      titles,
      Plot.gridX({ ticks: 5 }),
      Plot.ruleX([0], { strokeOpacity: 0.7 }),
      Plot.ruleY(intervals, { ...place, x1: "low", x2: "high", stroke: "color", strokeWidth: 2 }),
      Plot.dot(dots, {
        ...place,
        x: "mean",
        stroke: "color",
        strokeWidth: 1.5,
        fill: ({ sure, color }: { sure: boolean; color: string }) => sure ? color : "#fff",
        r: 4,
      }),
      Plot.text(dots, {
        ...place,
        x: "mean",
        text: ({ mean }: { mean: number }) => signed(mean),
        dy: -12,
        fontSize: 11,
        ...rim,
      }),
    ],
  });
}
