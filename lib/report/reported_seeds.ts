/**
 * What others' seeds gave (data/reported/seeds.json): published values one seed at a time, so that a reader sees how far
 * apart runs of one method lie before the means of two are compared.
 *
 * @module
 */

import seeds from "../../data/reported/seeds.json" with { type: "json" };
import { harmonicMeans } from "../results/mod.ts";
import { sameName } from "./reported.ts";

/** One method's values in one setting, seed by seed. */
export interface ReportedSeeds {
  /** The protocol they were measured by. */
  protocol: string;
  /** CLIP's architecture. */
  clip: string;
  /** Training images of each class. */
  shots: number;
  /** Short name of the method. */
  method: string;
  /** The papers' name of the data set. */
  dataset: string;
  /** Who ran it: the method's authors, or a third party. */
  ranBy: string;
  /** What is known of the training, where it is known. */
  training?: string;
  /** A form of the method that is not the one of its tables. */
  variant?: string;
  /** Percentages by measure and by seed. */
  measures: Record<string, Record<string, number>>;
  /** Keys of `reportedSources`. */
  sources: string[];
}

/**
 * Everything that is known seed by seed.
 *
 * @example
 * ```ts
 * import { reportedSeeds } from "@plumbline/plumbline/report";
 * import assert from "node:assert/strict";
 * const [dtd] = reportedSeeds().filter(({ method, dataset, clip, variant }) =>
 *   method === "coop" && dataset === "DTD" && clip === "RN50" && !variant
 * );
 * assert.deepEqual(Object.values(dtd!.measures.accuracy!), [63, 62.4, 64]);
 * ```
 */
export function reportedSeeds(): ReportedSeeds[] {
  return (seeds as unknown as ReportedSeeds[]).map((of) => ({
    ...of,
    measures: { ...of.measures, ...withH(of.measures) },
  }));
}

/** H of each seed, where base and new classes were tested with the same. */
function withH({ base, new: novel }: ReportedSeeds["measures"]): ReportedSeeds["measures"] {
  if (!base || !novel) return {};
  const [ofBase, ofNew] = [base, novel].map((bySeed) => new Map(Object.entries(bySeed)));
  return { H: Object.fromEntries(harmonicMeans(ofBase!, ofNew!)) };
}

/** What was measured, in the words of a table. */
export interface SeedQuery {
  /** The protocol they were measured by, as in {@linkcode ReportedSeeds}. */
  protocol: string;
  /** CLIP's architecture. */
  clip: string;
  /** Training images of each class. */
  shots: number;
  /** Short name of the method. */
  method: string;
  /** The papers' name of the data set. */
  dataset: string;
  /** `base`, `new`, `H` or `accuracy`. */
  measure: string;
}

/** `three published seeds: 63.0, 62.4, 64.0 (a third party)`, for each who ran it; empty where nobody's seeds are known. */
export function seedsInWords(of: SeedQuery): string {
  return reportedSeeds()
    .filter(({ variant }) => variant === undefined)
    .filter((known) =>
      known.protocol === of.protocol && known.clip === of.clip && known.shots === of.shots &&
      sameName(known.method, of.method) && sameName(known.dataset, of.dataset)
    )
    .flatMap(({ measures, ranBy, training }) => {
      const found = Object.entries(measures).find(([name]) => sameName(name, of.measure))?.[1];
      const values = Object.values(found ?? {}).map((x) => x.toFixed(1));
      if (values.length === 0) return [];
      const how = training ? `${ranBy}, ${training}` : ranBy;
      return [`${inWords(values.length)} published seeds: ${values.join(", ")} (${how})`];
    })
    .join("; ");
}

function inWords(n: number): string {
  return ["no", "one", "two", "three", "four", "five"][n] ?? String(n);
}
