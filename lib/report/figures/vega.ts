/**
 * Figures whose data are thousands of raw steps, as Vega-Lite: binning, counting and smoothing are then part of the
 * figure's description and not of ours. All others are Observable Plot, which lays out small tables of means and intervals
 * with less to say.
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";
import { type Drawn, page, rounded } from "./frame.ts";
import type { Ink } from "./palette.ts";

/** Widths and heights are those of the plot's inside. */
const config: NonNullable<TopLevelSpec["config"]> = {
  background: "transparent",
  font: "system-ui, sans-serif",
  padding: { left: 8, right: 8, top: 6, bottom: 6 },
  view: { stroke: "currentColor", strokeOpacity: 0.25 },
  axis: {
    labelColor: "currentColor",
    titleColor: "currentColor",
    domainColor: "currentColor",
    tickColor: "currentColor",
    gridColor: "currentColor",
    gridOpacity: 0.1,
    domainOpacity: 0.4,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
  },
  header: {
    labelColor: "currentColor",
    labelFontSize: 12,
    labelFontWeight: 600,
    title: null,
  },
  title: { color: "currentColor", fontSize: 12 },
  legend: {
    labelColor: "currentColor",
    titleColor: "currentColor",
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
  },
};

/** Compiles a Vega-Lite specification and draws it on a page. → an SVG text, 820 pixels wide */
export async function vegaPage(
  title: string,
  note: string,
  inks: ReadonlyMap<string, Ink>,
  spec: TopLevelSpec,
): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new vega.View(vega.parse(compile({ ...spec, config }).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return page(title, note, inks, (y) => placed(svg, y));
}

/** The drawing as a part of the page: at its height, without what only a whole document has. */
function placed(svg: string, y: number): Drawn {
  const [, width, height] = svg.match(/^<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/) ?? [];
  const inside = svg.replace(/^<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  return {
    svg: rounded(`<svg y="${y}" width="${width}" height="${height}">${inside}</svg>`),
    height: Math.ceil(Number(height)),
  };
}
