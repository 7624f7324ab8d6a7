/**
 * Lines over a number, a panel with an axis of its own for every data set or measure: what lies at 30 % and what lies at 90 %
 * is seen equally well.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { draw, figureWidth, labelled, page, shortened } from "./frame.ts";
import type { Ink } from "./palette.ts";
import { drawnInterval, seedMarks, seedsSaid } from "./seed_marks.ts";

/** One point of a line. */
export interface LinePoint extends Partial<Ink> {
  /** What the panel is called. */
  panel: string;
  /** The line that it is on. */
  label: string;
  /** Where it lies; undefined for a level, which is drawn dashed through the panel. */
  x?: number;
  /** What was measured, the mean over seeds. */
  mean: number;
  /** The ends of its 95 % interval. */
  interval?: readonly [number, number] | undefined;
  /** Of single seeds: drawn where there are too few for an interval that says anything. */
  seeds?: readonly number[] | undefined;
}

const panelHeight = 200;

/** The panels in the order of their first points, three in a row. */
export function linePanels(
  title: string,
  note: string,
  inks: ReadonlyMap<string, Ink>,
  x: Plot.ScaleOptions,
  points: readonly LinePoint[],
): string {
  const panels = [...Map.groupBy(points, ({ panel }) => panel)];
  const columns = Math.max(1, Math.min(3, panels.length));
  const width = Math.floor(figureWidth / columns);
  return page(title, note, inks, (top) => ({
    svg: panels.map(([panel, own], i) => {
      const [column, row] = [i % columns, Math.floor(i / columns)];
      return draw(plotOf(panel, own, x, width), top + row * panelHeight, column * width).svg;
    }).join("\n"),
    height: panelHeight * Math.ceil(panels.length / columns),
  }));
}

function plotOf(
  panel: string,
  points: readonly LinePoint[],
  x: Plot.ScaleOptions,
  width: number,
): Plot.PlotOptions {
  const onLines = points.filter(({ x }) => x !== undefined).sort((a, b) => a.x! - b.x!);
  const seeds = seedMarks(onLines);
  const intervals = onLines.flatMap((point) => {
    const [low, high] = drawnInterval(point);
    return Number.isFinite(low) ? [{ ...point, low, high }] : [];
  });
  const ends = [
    ...points.map(({ mean }) => mean),
    ...seeds.map(({ seed }) => seed),
    ...intervals.flatMap(({ low, high }) => [low, high]),
  ].filter(Number.isFinite);
  const [low, high] = ends.length === 0 ? [0, 100] : [Math.min(...ends), Math.max(...ends)];
  const margin = Math.max(1, 0.08 * (high - low));
  return {
    width,
    height: panelHeight,
    marginTop: 30,
    marginBottom: 38,
    marginLeft: 44,
    marginRight: 12,
    style: { fontSize: "12px" },
    color: { type: "identity" },
    x,
    y: {
      domain: [Math.max(0, low - margin), Math.min(100, high + margin)],
      grid: true,
      ticks: 4,
      ...labelled("accuracy, %"),
    },
    marks: [
      Plot.text([shortened(panel)], {
        frameAnchor: "top-left",
        lineAnchor: "bottom",
        dy: -8,
        fontWeight: 600,
      }),
      Plot.frame({ strokeOpacity: 0.25 }),
      Plot.ruleY(points.filter((point) => point.x === undefined), {
        y: "mean",
        stroke: "color",
        strokeDasharray: "5,3",
        strokeWidth: 1.5,
      }),
      Plot.ruleX(intervals, { x: "x", y1: "low", y2: "high", stroke: "color", strokeOpacity: 0.7 }),
      Plot.dot(seeds, { x: "x", y: "seed", fill: "color", fillOpacity: 0.45, r: 1.6 }),
      Plot.line(onLines, { x: "x", y: "mean", z: "label", stroke: "color" }),
      Plot.dot(onLines, {
        x: "x",
        y: "mean",
        symbol: "symbol",
        fill: "color",
        stroke: "color",
        r: 2.5,
      }),
    ],
  };
}

/** What points and lines mean, below a title. */
export function seedsNote(points: readonly LinePoint[]): string {
  const levels = points.some(({ x }) => x === undefined) ? "; dashed: without training" : "";
  return `Top-1 accuracy in percent, ${seedsSaid(points)}${levels}`;
}
