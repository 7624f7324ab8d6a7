/**
 * How the angle between two gradients is spread over training: ProGrad's conflicts.
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";
import { inksOf } from "./palette.ts";
import { vegaPage } from "./vega.ts";

/** One step of one training. */
export interface CosineRow {
  /** The label of the training. */
  label: string;
  /** Short name of the method. */
  method: string;
  /** The epoch, from 1. */
  epoch: number;
  /** The cosine of the two gradients, from −1 to 1. */
  cosine: number;
}

const height = 150;

/** Pixels that a vertical axis with its labels takes, and all that is beside a panel. */
const EXTENT = 34;
const AROUND = 72;

function panelWidth(panels: number): number {
  return Math.floor((820 - 24) / Math.max(1, panels)) - AROUND;
}

/**
 * For each method, above: of each tenth of the training, how many steps have which cosine, the darker the more, with the
 * median as a line; the part below the line at 0 are conflicts. Below: the share of steps in conflict.
 *
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { conflictDensity } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const steps = [0.5, -0.2].map((cosine, i) => ({
 *   ...{ label: "ProGrad", method: "prograd", epoch: i + 1, cosine },
 * }));
 * assert.match(await conflictDensity("Conflicts", steps), /^<svg /);
 * ```
 */
export function conflictDensity(title: string, rows: readonly CosineRow[]): Promise<string> {
  const inks = inksOf(rows);
  const labels = [...inks.keys()];
  const last = Math.max(1, ...rows.map(({ epoch }) => epoch));
  const slices = Math.min(last, 20);
  // The middle of the slice of the training that an epoch lies in.
  const values = rows.map((row) => ({
    ...row,
    at: (Math.floor((row.epoch - 1) * slices / last) + 0.5) * last / slices + 0.5,
  }));
  const width = panelWidth(labels.length);
  const x = {
    field: "at",
    type: "quantitative",
    scale: { domain: [0.5, last + 0.5], nice: false },
  } as const;
  const epochs = { title: "epoch", tickMinStep: 1, grid: false } as const;
  const half = last / slices / 2;
  const densities = labels.map((label) => {
    const color = inks.get(label)!.color;
    const own = { filter: { field: "label", equal: label } } as const;
    return {
      title: label,
      ...{ width, height },
      transform: [own],
      layer: [
        {
          transform: [
            { bin: { step: 0.1, extent: [-1, 1] }, field: "cosine", as: ["low", "high"] },
            { aggregate: [{ op: "count", as: "steps" }], groupby: ["at", "low", "high"] },
            {
              joinaggregate: [{ op: "sum", field: "steps", as: "all" }],
              groupby: ["at"],
            },
            { calculate: "datum.steps / datum.all", as: "share" },
            { calculate: `datum.at - ${half}`, as: "from" },
            { calculate: `datum.at + ${half}`, as: "to" },
          ],
          mark: { type: "rect", color },
          encoding: {
            x: { ...x, field: "from", axis: { ...epochs, title: null, labels: false } },
            x2: { field: "to" },
            y: {
              field: "low",
              type: "quantitative",
              scale: { domain: [-1, 1] },
              axis: {
                title: "cosine of ∇CE and ∇KL",
                minExtent: EXTENT,
                values: [-1, -0.5, 0, 0.5, 1],
              },
            },
            y2: { field: "high" },
            opacity: {
              field: "share",
              type: "quantitative",
              scale: { domain: [0, 0.5], range: [0.08, 0.95], clamp: true },
              legend: null,
            },
          },
        },
        {
          mark: { type: "line", color: "currentColor", strokeWidth: 1.5 },
          encoding: { x, y: { aggregate: "median", field: "cosine", type: "quantitative" } },
        },
        {
          mark: { type: "rule", strokeDash: [4, 3], color: "currentColor" },
          encoding: { y: { datum: 0 } },
        },
      ],
    };
  });
  const shares = labels.map((label) => {
    const color = inks.get(label)!.color;
    const own = { filter: { field: "label", equal: label } } as const;
    return {
      ...{ width, height: 70 },
      transform: [own, { calculate: "datum.cosine < 0 ? 100 : 0", as: "conflict" }],
      mark: { type: "area", color, opacity: 0.6, line: { color } },
      encoding: {
        x: { ...x, axis: epochs },
        y: {
          aggregate: "mean",
          field: "conflict",
          type: "quantitative",
          scale: { domain: [0, 100] },
          axis: { title: "in conflict, %", minExtent: EXTENT, values: [0, 50, 100] },
        },
      },
    };
  });
  const row = (hconcat: unknown[]) => ({ hconcat, spacing: AROUND, bounds: "flush" });
  const spec = { data: { values }, vconcat: [row(densities), row(shares)], spacing: 8 };
  return vegaPage(
    title,
    "Each step's cosine, the darker the more steps; line: the median; below 0 the two gradients conflict",
    new Map(),
    spec as unknown as TopLevelSpec,
  );
}

/**
 * How often which cosine occurs over all steps, a panel for every method.
 *
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { cosineHistogram } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const step = { label: "ProGrad", method: "prograd", epoch: 1, cosine: 0.5 };
 * assert.match(await cosineHistogram("Cosines", "cosine", [step]), /^<svg /);
 * ```
 */
export function cosineHistogram(
  title: string,
  axis: string,
  rows: readonly CosineRow[],
): Promise<string> {
  const inks = inksOf(rows);
  const labels = [...inks.keys()];
  const width = panelWidth(labels.length);
  const spec = {
    data: { values: [...rows] },
    hconcat: labels.map((label) => ({
      title: label,
      ...{ width, height: 170 },
      transform: [
        { filter: { field: "label", equal: label } },
        { bin: { step: 0.05, extent: [-1, 1] }, field: "cosine", as: ["low", "high"] },
        { aggregate: [{ op: "count", as: "steps" }], groupby: ["low", "high"] },
        { joinaggregate: [{ op: "sum", field: "steps", as: "all" }] },
        { calculate: "100 * datum.steps / datum.all", as: "share" },
      ],
      layer: [
        {
          mark: { type: "bar", color: inks.get(label)!.color, binSpacing: 1 },
          encoding: {
            x: {
              field: "low",
              bin: "binned",
              scale: { domain: [-1, 1] },
              axis: { title: axis, values: [-1, -0.5, 0, 0.5, 1], grid: false },
            },
            x2: { field: "high" },
            y: {
              field: "share",
              type: "quantitative",
              axis: { title: "share of steps, %", minExtent: EXTENT },
            },
          },
        },
        {
          mark: { type: "rule", strokeDash: [4, 3], color: "currentColor" },
          encoding: { x: { datum: 0 } },
        },
      ],
    })),
    spacing: AROUND,
    bounds: "flush",
    resolve: { scale: { y: "shared" } },
  } as unknown as TopLevelSpec;
  return vegaPage(
    title,
    "All steps of all seeds; left of 0 the two oppose each other",
    new Map(),
    spec,
  );
}
