/**
 * The outer loss over the length of the inner step, exact and by its first-order expansion.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { frame, labelled } from "./frame.ts";
import type { Ink } from "./palette.ts";

/** The outer loss of one virtual task at one rate. */
export interface OuterLossRow {
  /** Which virtual task, from 0. */
  task: number;
  /** α, the inner step's learning rate. */
  rate: number;
  /** The outer loss itself. */
  exact: number;
  /** The first-order expansion of the outer loss. */
  expansion: number;
}

const inks = new Map<string, Ink>([
  ["exact", { color: "#d55e00", symbol: "triangle" }],
  ["first-order expansion", { color: "#0072b2", symbol: "circle" }],
]);

/**
 * Mean change of the query loss from α = 0, over α on a logarithmic axis, with thin lines for virtual tasks; the published
 * α is marked. What leaves the exact loss's surroundings is cut off.
 *
 * @param published α of the published setting
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { outerLoss } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const svg = outerLoss("Outer loss", [0, 0.01, 0.1].map((rate) => ({
 *   ...{ task: 0, rate, exact: 1 - rate + rate ** 2, expansion: 1 - rate },
 * })));
 * assert.match(svg, /first-order expansion/);
 * ```
 */
export function outerLoss(
  title: string,
  rows: readonly OuterLossRow[],
  published = 5e-4,
): string {
  const start = new Map(rows.filter(({ rate }) => rate === 0).map((row) => [row.task, row.exact]));
  const points = rows.filter(({ rate, task }) => rate > 0 && start.has(task)).flatMap((row) =>
    (["exact", "expansion"] as const).map((kind) => ({
      task: row.task,
      rate: row.rate,
      label: kind === "exact" ? "exact" : "first-order expansion",
      change: row[kind] - start.get(row.task)!,
    }))
  ).map((point) => ({ ...point, ...inks.get(point.label)! }));
  const means = [
    ...Map.groupBy(points, ({ label, rate }) => JSON.stringify([label, rate])).values(),
  ].map((own) => ({
    ...own[0],
    change: own.reduce((sum, { change }) => sum + change, 0) / own.length,
  }));
  const exact = points.filter(({ label }) => label === "exact").map(({ change }) => change);
  const [low, high] = [Math.min(-1e-6, ...exact), Math.max(1e-6, ...exact)];
  const margin = 0.25 * (high - low);
  const tasks = new Set(points.map(({ task }) => task)).size;
  const rates = points.map(({ rate }) => rate);
  const place = { x: "rate", y: "change", stroke: "color" };
  return frame(
    title,
    `Mean over ${tasks} virtual tasks; thin lines are single tasks; dashed: the published α = ${published}`,
    inks,
    {
      height: 320,
      marginLeft: 62,
      marginTop: 14,
      marginBottom: 42,
      marginRight: 24,
      x: {
        type: "log",
        domain: [Math.min(published, ...rates), Math.max(published, ...rates)],
        tickFormat: (rate: number) => Number(rate.toPrecision(1)).toString(),
        ticks: 6,
        ...labelled("α, rate of the inner step"),
      },
      y: {
        domain: [low - margin, high + margin],
        grid: true,
        ...labelled("change of the query loss, nats"),
      },
      color: { type: "identity" },
      insetLeft: 6,
      insetRight: 6,
      clip: true,
      marks: [
        Plot.frame({ strokeOpacity: 0.25 }),
        Plot.ruleY([0], { strokeOpacity: 0.6 }),
        Plot.ruleX([published], { strokeDasharray: "4,3", strokeOpacity: 0.7 }),
        Plot.line(points, {
          ...place,
          z: ({ label, task }: { label: string; task: number }) => `${label} ${task}`,
          strokeOpacity: 0.22,
          strokeWidth: 1,
          sort: "rate",
        }),
        Plot.line(means, { ...place, z: "label", strokeWidth: 2.5, sort: "rate" }),
        Plot.dot(means, { ...place, symbol: "symbol", fill: "color", r: 3 }),
      ],
    },
  );
}
