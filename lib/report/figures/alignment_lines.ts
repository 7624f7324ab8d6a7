/**
 * Gradients of virtual tasks over training: how well the query's agrees with the support's and with the regulariser's.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { facets, panelBorder, panelOptions } from "./facets.ts";
import { frame, labelled } from "./frame.ts";
import { inksOf } from "./palette.ts";

/** One step of one training. */
export interface AlignmentRow {
  /** Which quantity: `query and support`. */
  panel: string;
  /** The label of the training. */
  label: string;
  /** Short name of the method. */
  method: string;
  /** Seed of all random draws. */
  seed: number;
  /** The step, from 1, over the whole training. */
  step: number;
  /** The value of the quantity. */
  value: number;
}

/**
 * For every method its running median over the steps of all seeds, in a band from the lower to the upper quartile; a
 * panel for each quantity.
 *
 * @param unit the vertical axis: `cosine`
 * @param window steps that a running median is over; by default a tenth of the training
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { alignmentLines } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const rows = [1, 2, 3].map((step) => ({
 *   ...{ panel: "query and support", label: "IVLP", method: "ivlp" },
 *   ...{ seed: 1, step, value: 1 / step },
 * }));
 * assert.match(alignmentLines("Alignment", "cosine", rows), /query and support/);
 * ```
 */
export function alignmentLines(
  title: string,
  unit: string,
  rows: readonly AlignmentRow[],
  window?: number,
): string {
  const inks = inksOf(rows);
  const last = Math.max(1, ...rows.map(({ step }) => step));
  const k = window ?? Math.max(1, Math.round(last / 10));
  const groups = Map.groupBy(rows, ({ panel, label }) => JSON.stringify([panel, label]));
  const lines = [...groups.values()].flatMap((own) => {
    const [{ panel, label }] = own as [AlignmentRow];
    return running(own, k).map((at) => ({ panel, label, ...at, ...inks.get(label) }));
  });
  const ends = [
    ...Map.groupBy(lines, ({ panel, label }) => JSON.stringify([panel, label])).values(),
  ].map((line) => line[line.length - 1]);
  const { fx, fy, titles } = facets(lines);
  const panels = new Set(lines.map(({ panel }) => panel)).size;
  const place = { fx, fy, x: "step" };
  return frame(
    title,
    `Lines: running medians over ${k} ${
      k === 1 ? "step" : "steps"
    } of all trainings; bands: quartiles`,
    inks,
    {
      height: 60 + 210 * Math.ceil(panels / 3),
      marginLeft: 52,
      ...panelOptions,
      x: { ticks: 4, ...labelled("step") },
      y: {
        grid: true,
        ticks: 5,
        nice: true,
        ...labelled(unit),
      },
      insetLeft: 4,
      insetRight: 8,
      marks: [
        titles,
        panelBorder(),
        Plot.ruleY([0], { strokeOpacity: 0.6 }),
        Plot.areaY(lines, {
          ...place,
          y1: "low",
          y2: "high",
          z: "label",
          fill: "color",
          fillOpacity: 0.16,
        }),
        Plot.line(lines, { ...place, y: "median", z: "label", stroke: "color", strokeWidth: 2 }),
        Plot.dot(ends, {
          ...place,
          y: "median",
          symbol: "symbol",
          fill: "color",
          stroke: "color",
          r: 3.5,
        }),
      ],
    },
  );
}

/** Median and quartiles of the values of k steps around each of at most 60 places. */
function running(
  rows: readonly AlignmentRow[],
  k: number,
): { step: number; median: number; low: number; high: number }[] {
  const steps = [...new Set(rows.map(({ step }) => step))].sort((a, b) => a - b);
  const every = Math.max(1, Math.floor(steps.length / 60));
  return steps.filter((_, i) => i % every === 0 || i === steps.length - 1).map((step) => {
    const near = rows.filter((row) => Math.abs(row.step - step) <= k / 2).map(({ value }) => value)
      .sort((a, b) => a - b);
    const at = (p: number) => {
      const place = p * (near.length - 1);
      const [low, high] = [near[Math.floor(place)]!, near[Math.ceil(place)]!];
      return low + (place - Math.floor(place)) * (high - low);
    };
    return { step, median: at(0.5), low: at(0.25), high: at(0.75) };
  });
}
