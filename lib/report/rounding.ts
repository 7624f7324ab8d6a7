/**
 * What was measured of rounding, where a report shows intervals: how much of their width is not the seeds' doing.
 *
 * @module
 */

import { type MeasuredRounding, roundingShare } from "../results/mod.ts";
import { type Run, titled } from "./context.ts";
import type { Block } from "./document.ts";

/** What the measurements say of these runs, of those of the very trainings that were run; nothing without any. */
export function roundingBlocks(
  runs: readonly Run[],
  measured: readonly MeasuredRounding[],
  titles?: Readonly<Record<string, string>>,
): Block[] {
  const trained = new Set(runs.map(trainingOf));
  const found = measured.filter((one) => trained.has(keyOf(one)));
  if (found.length === 0) return [];
  const { of, steady, variance, width } = roundingShare(
    found.flatMap(({ parts }) => Object.values(parts)),
  );
  const title = titled(titles);
  const methods = [...Map.groupBy(found, ({ method }) => method)].map(([method, { length }]) =>
    `${title(method)} on ${length} ${length === 1 ? "set" : "sets"}`
  );
  const percent = (share: number) => `${(100 * share).toFixed(1)}\u00a0%`;
  return [{
    kind: "text",
    text:
      `How much of an interval is rounding alone was measured on validation images, of ${
        methods.join(", ")
      }: from starts ${
        found[0]!.nudge
      } apart, accuracies spread by less than half of what they do over ` +
      `seeds in ${steady} of ${of} cases. On average over these, ${
        percent(variance)
      } of the variance over seeds is rounding, so ${percent(width)} of an interval's width.`,
  }];
}

function trainingOf({ cell, clip: { sha256: clip }, settings }: Run): string {
  const { protocol, method, dataset, shots } = cell;
  return JSON.stringify([protocol, method, dataset, shots, clip, settings]);
}

function keyOf({ method, dataset, shots, clip, settings, parts }: MeasuredRounding): string {
  const protocol = "all" in parts ? "few-shot" : "base-to-new";
  return JSON.stringify([protocol, method, dataset, shots, clip, settings]);
}
