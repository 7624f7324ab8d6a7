/**
 * What methods cost against what they give: which are worth their price.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { apart, type NamePlace, type Spot } from "./apart.ts";
import { figureWidth, frame, labelled, rim, shortened } from "./frame.ts";
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
  const across = extent(trained.map(({ x }) => Math.log(x)), 0.3);
  const up = extent(dots.map(({ accuracy }) => accuracy), 1.5);
  const pixels = {
    x: along(across, margin.left, figureWidth - margin.right),
    y: along(up, height - margin.bottom, margin.top),
  };
  const spots = trained.map(({ x, accuracy, text }) => ({
    x: pixels.x.at(Math.log(x)),
    y: pixels.y.at(accuracy),
    text,
  }));
  const names: Named[] = apart(spots, margin.left, figureWidth)
    .map((place, i) => ({ ...place, ...spots[i]! }));
  const note =
    "seconds of training a run, on one machine; the line goes through what nothing beats in both";
  const place = { x: "x", y: "accuracy" };
  return frame(title, note, new Map(), {
    height,
    marginLeft: margin.left,
    marginRight: margin.right,
    marginTop: margin.top,
    marginBottom: margin.bottom,
    grid: true,
    x: { type: "log", domain: across.map(Math.exp), tickFormat: "~g", ...labelled("training, s") },
    y: { domain: up, ...labelled(measure) },
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
      Plot.link(names.filter(({ dy }) => dy !== 0), {
        x1: ({ x }: Named) => Math.exp(pixels.x.of(x)),
        y1: ({ y }: Named) => pixels.y.of(y),
        x2: ({ x, dx }: Named) => Math.exp(pixels.x.of(x + dx)),
        y2: ({ y, dy }: Named) => pixels.y.of(y + dy),
        stroke: "#bbb",
      }),
      ...names.map(({ dx, dy, textAnchor, text }, i) =>
        Plot.text([trained[i]], {
          ...place,
          text: [text],
          dx,
          dy,
          textAnchor,
          fontSize: 11,
          ...rim,
        })
      ),
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

type Named = Spot & NamePlace;

const height = 460;
const margin = { left: 56, right: 110, top: 20, bottom: 44 };

/** From the least to the most of these values, and so much more on either side. */
function extent(values: readonly number[], more: number): [number, number] {
  if (values.length === 0) return [0, 1];
  return [Math.min(...values) - more, Math.max(...values) + more];
}

/** Pixels along an axis from `start` to `end`, of values and back. */
function along([low, high]: [number, number], start: number, end: number) {
  const each = (end - start) / (high - low);
  return {
    at: (value: number) => start + (value - low) * each,
    of: (pixel: number) => low + (pixel - start) / each,
  };
}
