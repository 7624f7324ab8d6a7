/// <reference lib="dom" />
/**
 * The table of what was trained so far, zero-shot CLIP first: base and new classes side by side.
 *
 * @module
 */
import { harmonicMean, signed } from "../results/mod.ts";
import { element } from "./dom.ts";
import type { Part } from "./messages.ts";

/** A row: what was trained, and what it is worth. */
export interface Run {
  /** Short name of the method; absent where nothing is learned. */
  method?: string | undefined;
  /** The method's title, as in the papers. */
  title: string;
  /** What was told it: `λ 0.80, 100 epochs`. */
  told: string;
  /** The colour of the method's bars. */
  color: string;
  parts: readonly Part[];
  /** Still being trained. */
  open?: boolean;
}

/** The rows; differences are against the row `against`. */
export function table(runs: readonly Run[], against: number): HTMLElement {
  const labels = runs[0]?.parts.map(({ label }) => label) ?? [];
  const columns = [...labels, ...labels.length === 2 ? ["harmonic mean"] : []];
  const head = [
    element("td", {}),
    ...columns.map((text) => element("th", { scope: "col" }, text)),
  ];
  const held = runs[against] ? valuesOf(runs[against].parts) : [];
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element(
      "tbody",
      {},
      ...runs.map(({ title, told, color, parts, open }, i) =>
        element(
          "tr",
          open ? { class: "open" } : {},
          element(
            "th",
            { scope: "row" },
            title,
            element("small", {}, open ? `${told} · training` : told),
          ),
          ...valuesOf(parts).map((value, column) =>
            cell(value, color, i === against ? undefined : value - held[column]!)
          ),
        )
      ),
    ),
  );
}

function valuesOf(parts: readonly Part[]): number[] {
  const values = parts.map(({ accuracy }) => accuracy);
  return values.length === 2 ? [...values, harmonicMean(values[0]!, values[1]!)] : values;
}

function cell(value: number, color: string, gain?: number): HTMLElement {
  const bar = element("span", { class: "bar", "aria-hidden": true });
  bar.style.width = `${value}%`;
  bar.style.background = color;
  const change = gain === undefined ? "" : signed(gain);
  const kind = gain === undefined || Math.abs(gain) < 0.05 ? "" : gain > 0 ? "good" : "bad";
  return element(
    "td",
    {},
    element("span", { class: "value" }, `${value.toFixed(1)} %`),
    element("small", { class: kind }, change),
    element("span", { class: "track", "aria-hidden": true }, bar),
  );
}
