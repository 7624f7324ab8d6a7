/**
 * What methods cost against what they give: which are worth their price.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { frame, labelled, rim, shortened } from "./frame.ts";
import { inksOf } from "./palette.ts";

/** One method: what it took, and what it gave. */
export interface PricedRow {
  /** What tells it from others. */
  label: string;
  /** Short name of the method. */
  method: string;
  /** Of the training of a run, mean. 0 where nothing is trained. */
  seconds: number;
  /** Mean accuracy in percent. */
  accuracy: number;
}

/** Those that no other beats in both: from the cheapest on, each that gives more than all before it. */
export function worthwhile<T extends { seconds: number; accuracy: number }>(
  rows: readonly T[],
): T[] {
  const sorted = rows.toSorted((a, b) => a.seconds - b.seconds || b.accuracy - a.accuracy);
  let most = -Infinity;
  return sorted.filter(({ accuracy }) => accuracy > most && ((most = accuracy), true));
}

/** Seconds that are drawn as this where they are fewer: a logarithm has no 0. */
const least = 0.01;

/**
 * A dot for every method, seconds of training across and accuracy up; the line goes through those that no other beats in
 * both. What is not trained is a dashed level.
 *
 * @param measure what is up: `16-shot accuracy, %`
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { costAgainstAccuracy } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const svg = costAgainstAccuracy("The field", "accuracy, %", [
 *   { label: "CLIP", method: "zero-shot", seconds: 0, accuracy: 50 },
 *   { label: "CoOp", method: "coop", seconds: 60, accuracy: 70 },
 * ]);
 * assert.match(svg, /CoOp/);
 * ```
 */
export function costAgainstAccuracy(
  title: string,
  measure: string,
  rows: readonly PricedRow[],
): string {
  const inks = inksOf(rows);
  const dots = rows.map((row) => ({
    ...row,
    ...inks.get(row.label)!,
    text: shortened(row.label),
    x: Math.max(least, row.seconds),
  }));
  const trained = dots.filter(({ seconds }) => seconds > 0);
  const levels = dots.filter(({ seconds }) => !(seconds > 0));
  const note =
    "seconds of training a run, on one machine; the line goes through what nothing beats in both";
  const place = { x: "x", y: "accuracy" };
  return frame(title, note, new Map(), {
    height: 460,
    marginLeft: 56,
    marginRight: 110,
    marginBottom: 44,
    grid: true,
    x: { type: "log", nice: true, tickFormat: "~g", ...labelled("training, s") },
    y: { nice: true, ...labelled(measure) },
    color: { type: "identity" },
    marks: [
      Plot.ruleY(levels, { y: "accuracy", stroke: "color", strokeDasharray: "5,4" }),
      Plot.text(levels, {
        y: "accuracy",
        frameAnchor: "left",
        dx: 6,
        dy: -7,
        textAnchor: "start",
        text: "text",
        ...rim,
      }),
      Plot.line(worthwhile(trained), {
        ...place,
        curve: "step-after",
        stroke: "#7f7f7f",
        strokeWidth: 1.5,
      }),
      Plot.text(trained, {
        ...place,
        text: "text",
        dx: 8,
        textAnchor: "start",
        fontSize: 11,
        ...rim,
      }),
      Plot.dot(trained, {
        ...place,
        symbol: "symbol",
        stroke: "color",
        fill: "color",
        r: 4.5,
      }),
    ],
  });
}
