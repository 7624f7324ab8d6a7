/**
 * Base-to-new accuracies over a number that a method is told, such as the strength of a projection.
 *
 * @module
 */

import type { BaseToNewRow } from "../tables/base_to_new.ts";
import { labelled } from "./frame.ts";
import { measures } from "./measured.ts";
import { linePanels, type LinePoint, seedsNote } from "./line_panels.ts";

/** Accuracies where the number has this value. */
export interface NumberRow extends Pick<BaseToNewRow, "base" | "novel" | "harmonic" | "seeds"> {
  /** The number that was varied. */
  x: number;
}

/**
 * A panel each for base classes, new classes and their harmonic mean, over the number in its order.
 *
 * @param name of the number, below the axes
 * @returns an SVG text, 820 pixels wide
 *
 * @example
 * ```ts
 * import { numberLines } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const svg = numberLines("By λ", "λ", [0, 0.5, 1].map((x) => ({ x, base: { n: 1, mean: 60 + x } })));
 * assert.ok(svg.startsWith("<svg"));
 * ```
 */
export function numberLines(title: string, name: string, rows: readonly NumberRow[]): string {
  const color = "#0072b2";
  const points = measures.flatMap(({ key, title: panel }) =>
    rows.flatMap(({ x, seeds, [key]: value }): LinePoint[] => {
      if (!value) return [];
      const { mean, interval } = value;
      return [{ panel, label: "", x, mean, interval, seeds: seeds?.[key], color }];
    })
  );
  return linePanels(title, seedsNote(points), new Map(), { ...labelled(name) }, points);
}
