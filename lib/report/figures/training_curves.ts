/**
 * Training loss or training accuracy over epochs, a panel for every data set.
 *
 * @module
 */

import { from, op } from "../arquero.ts";
import * as Plot from "@observablehq/plot";
import { facets, panelBorder, panelOptions } from "./facets.ts";
import { frame, labelled } from "./frame.ts";
import { inksOf } from "./palette.ts";

/** One epoch of one run. */
export interface EpochRow {
  /** What the panel is called: the data set, and the shots where there are several. */
  panel: string;
  /** The label of the training. */
  label: string;
  /** Short name of the method. */
  method: string;
  /** Seed of all random draws. */
  seed: number;
  /** The epoch, from 1. */
  epoch: number;
  /** Loss, or accuracy in percent. */
  value: number;
}

/**
 * A line for every method, the mean over seeds, on thin lines for the seeds. What is not a finite number (a diverged
 * loss) is left out.
 *
 * @param unit the vertical axis: `loss, nats`
 * @returns an SVG text, 820 pixels wide
 */
export function trainingCurves(title: string, unit: string, rows: readonly EpochRow[]): string {
  const inks = inksOf(rows);
  const runs = rows.filter(({ value }) => Number.isFinite(value))
    .map((row) => ({ ...row, ...inks.get(row.label) }));
  const means = runs.length === 0 ? [] : from(runs)
    .groupby("panel", "label", "color", "symbol", "epoch")
    .rollup({ value: op.mean("value") })
    .objects() as (typeof runs);
  const { fx, fy, titles, height } = facets(runs);
  const place = { fx, fy, x: "epoch", y: "value", stroke: "color" };
  const several = new Set(runs.map(({ seed }) => seed)).size > 1;
  const left = rows.length - runs.length;
  const last = new Set(
    Map.groupBy(means, ({ panel, label }) => `${panel}\n${label}`).values()
      .map((line) => line.reduce((a, b) => a.epoch > b.epoch ? a : b)),
  );
  return frame(
    title,
    (several ? "Mean over seeds; thin lines are single seeds" : "One seed") +
      (left === 0 ? "" : `; ${left} epochs without a finite value are left out`),
    inks,
    {
      height,
      marginLeft: 48,
      ...panelOptions,
      x: {
        ...labelled("epoch"),
        ticks: epochTicks(runs),
        tickFormat: String,
      },
      y: {
        grid: true,
        nice: true,
        ticks: 5,
        ...labelled(unit),
      },
      marks: [
        titles,
        panelBorder(),
        Plot.line(runs, {
          ...place,
          z: ({ label, seed }: EpochRow) => `${label}\n${seed}`,
          strokeOpacity: 0.3,
          strokeWidth: 1,
          sort: "epoch",
        }),
        Plot.line(means, { ...place, z: "label", strokeWidth: 2, sort: "epoch" }),
        Plot.dot([...last], { ...place, symbol: "symbol", fill: "color", r: 3 }),
      ],
    },
  );
}

/** At most six whole epochs, from the first to the last. */
function epochTicks(rows: readonly EpochRow[]): number[] {
  const last = Math.max(1, ...rows.map(({ epoch }) => epoch));
  const step = Math.ceil((last - 1) / 5) || 1;
  return Array.from({ length: Math.floor((last - 1) / step) + 1 }, (_, i) => 1 + i * step);
}
