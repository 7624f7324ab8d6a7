/// <reference lib="dom" />
/**
 * Lines over steps, named at their ends.
 *
 * @module
 */
import { shape } from "./dom.ts";

/** A line. */
export interface Line {
  name: string;
  /** A colour, or a custom property of the page's style. */
  color: string;
  points: readonly (readonly [x: number, y: number])[];
  /** Drawn as dots where it jumps from step to step. */
  dots?: boolean;
}

/** What is drawn. */
export interface Chart {
  /** What it is, for who does not see it. */
  label: string;
  lines: readonly Line[];
  x: readonly [least: number, most: number];
  y: readonly [least: number, most: number];
  /** Values with a rule across. */
  ticks: readonly number[];
  /** How a value of y is written. */
  text?: (y: number) => string;
}

const [width, height] = [560, 220];
const [left, right, top, bottom] = [60, 92, 14, 30];

/** The chart as SVG. */
export function chart({ label, lines, x, y, ticks, text = written }: Chart): SVGElement {
  const across = (value: number) =>
    left + (width - left - right) * (value - x[0]) / Math.max(1e-9, x[1] - x[0]);
  const up = (value: number) =>
    top + (height - top - bottom) * (1 - (clamped(value, y) - y[0]) / Math.max(1e-9, y[1] - y[0]));
  const rules = ticks.map((tick) =>
    shape(
      "g",
      { class: tick === 0 ? "rule zero" : "rule" },
      shape("line", { x1: left, x2: width - right, y1: up(tick), y2: up(tick) }),
      shape("text", { x: left - 6, y: up(tick) + 4, "text-anchor": "end" }, text(tick)),
    )
  );
  const steps = shape(
    "g",
    { class: "rule" },
    shape("text", { x: left, y: height - 8 }, String(x[0])),
    shape("text", { x: width - right, y: height - 8, "text-anchor": "end" }, `step ${x[1]}`),
  );
  const ends = apart(lines.map(({ points }) => up(points.at(-1)?.[1] ?? y[0]) + 4));
  const drawn = lines.flatMap(({ name, color, points, dots }, i) => {
    if (points.length === 0) return [];
    const mark = shape("path", {
      d: dots ? dotted(points, across, up) : lined(points, across, up),
      class: dots ? "dots" : "line",
      stroke: color,
    });
    return [mark, shape("text", { x: across(points.at(-1)![0]) + 8, y: ends[i]! }, name)];
  });
  const view = { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label };
  return shape("svg", view, ...rules, steps, ...drawn);
}

function written(value: number): string {
  return String(value).replace("-", "−");
}

function clamped(value: number, [least, most]: readonly [number, number]): number {
  return Math.min(most, Math.max(least, value));
}

type Scale = (value: number) => number;

function lined(points: Line["points"], across: Scale, up: Scale): string {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${across(x).toFixed(1)},${up(y).toFixed(1)}`)
    .join("");
}

function dotted(points: Line["points"], across: Scale, up: Scale): string {
  return points.map(([x, y]) => `M${across(x).toFixed(1)},${up(y).toFixed(1)}h0`).join("");
}

/** Names that would lie on one another, moved apart. */
function apart(places: number[]): number[] {
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
  const moved = [...places];
  for (let i = 1; i < order.length; i++) {
    moved[order[i]!] = Math.max(moved[order[i]!]!, moved[order[i - 1]!]! + 19);
  }
  return moved;
}
