/**
 * Small multiples: one panel for every data set, wrapped into rows of at most three.
 *
 * @module
 */

import * as Plot from "@observablehq/plot";
import { shortened } from "./frame.ts";

/** Where panels lie, what carries their titles, and how high all of them are. */
export interface Facets {
  fx: (row: { panel: string }) => number;
  fy: (row: { panel: string }) => number;
  titles: Plot.Markish;
  height: number;
}

/** Options of a plot of panels, which `titles` name. */
export const panelOptions = {
  marginTop: 30,
  marginBottom: 40,
  fx: { axis: null, padding: 0.1 },
  fy: { axis: null, padding: 0.18 },
  color: { type: "identity" },
} as const;

/** The border of every panel. */
export function panelBorder(): Plot.Markish {
  return Plot.frame({ strokeOpacity: 0.25 });
}

const columns = 3;
const panelHeight = 190;

/** Panels in the order of their first row. */
export function facets(rows: readonly { panel: string }[]): Facets {
  const panels = [...new Set(rows.map(({ panel }) => panel))];
  const fx = ({ panel }: { panel: string }) => panels.indexOf(panel) % columns;
  const fy = ({ panel }: { panel: string }) => Math.floor(panels.indexOf(panel) / columns);
  const titles = Plot.text(panels.map((panel) => ({ panel, title: shortened(panel) })), {
    fx,
    fy,
    text: "title",
    frameAnchor: "top-left",
    lineAnchor: "bottom",
    dy: -8,
    fontWeight: 600,
  });
  return { fx, fy, titles, height: 60 + panelHeight * Math.ceil(panels.length / columns) };
}
