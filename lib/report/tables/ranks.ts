/**
 * Many methods side by side: who comes first, by how much, and who cannot be told apart from the first.
 *
 * @module
 */

import {
  aligned,
  harmonicMean,
  type Observation,
  pairedOverUnit,
  type Summary,
} from "../../results/mod.ts";
import { over, type Row } from "../rows.ts";
import type { ReportTable } from "../table.ts";

/** Where a method stands among the others. */
export interface MethodRank {
  /** What tells it from others in the report. */
  label: string;
  /** Short name of the method. */
  method: string;
  /** Percent: averages over data sets, over seeds. */
  accuracy: Summary;
  /** Mean of its ranks, 1 the best, over every data set with every seed. */
  rank: number;
  /** Its average minus the first one's, seed by seed; absent for the first. */
  behind?: Summary | undefined;
}

/** From how many methods on a report ranks them: fewer are seen at a glance. */
export const many = 8;

/**
 * What is ranked by: of few-shot runs the accuracy with so many shots, by default the most; of base-to-new, the harmonic mean
 * of each data set and seed.
 */
export function rankedBy<R extends Row>(
  rows: readonly R[],
  shots: number = Math.max(...rows.map((row) => row.shots)),
): { measure: string; rows: R[] } | undefined {
  const protocol = rows[0]?.protocol;
  if (protocol === "few-shot") {
    return {
      measure: `${shots}-shot accuracy`,
      rows: rows.filter((row) => row.shots === shots || !row.learns),
    };
  }
  return protocol === "base-to-new"
    ? { measure: "H, harmonic mean of base and new", rows: [...rows] }
    : undefined;
}

/** The methods of one experiment on one CLIP that have all data sets and seeds that others have, the first one first. */
export function standings(rows: readonly Row[]): MethodRank[] {
  const byLabel = [...Map.groupBy(rows, ({ label }) => label)]
    .map(([label, own]) => ({ label, method: own[0]!.method, observed: observations(own) }));
  const most = Math.max(0, ...byLabel.map(({ observed }) => places(observed)));
  const sides = byLabel.filter(({ observed }) => places(observed) === most);
  if (sides.length < 2) return [];
  const runs = [...aligned(sides.map(({ observed }) => observed), "runs").values()];
  const seeds = [...aligned(sides.map(({ observed }) => observed), "seeds").values()];
  const ranks = runs.map(ranked);
  const found = sides.flatMap(({ label, method, observed }, side) => {
    const accuracy = over(seeds.map((values) => values[side]!));
    const rank = ranks.reduce((sum, of) => sum + of[side]!, 0) / ranks.length;
    return accuracy ? [{ label, method, observed, accuracy, rank }] : [];
  }).sort((a, b) => b.accuracy.mean - a.accuracy.mean);
  const [first] = found;
  return found.map(({ observed, ...standing }) =>
    standing.label === first!.label
      ? standing
      : { ...standing, behind: pairedOverUnit(observed, first!.observed, "seeds") }
  );
}

/** Ranks of values, 1 the largest; equal ones share the mean of theirs. */
export function ranked(values: readonly number[]): number[] {
  return values.map((x) => {
    const above = values.filter((y) => y > x).length;
    const equal = values.filter((y) => y === x).length;
    return above + (equal + 1) / 2;
  });
}

const places = (observed: readonly Observation[]) =>
  new Set(observed.map(({ place }) => place)).size;

/** A value for every data set and seed. What learns nothing is the same with every seed. */
function observations(rows: readonly Row[]): Observation[] {
  const of = ({ dataset, learns, seed }: Row) => ({ place: dataset, ...learns && { seed } });
  const [base, novel] = ["base", "new"].map((half) =>
    rows.filter(({ classes }) => classes === half)
  ) as [Row[], Row[]];
  if (base.length === 0) return rows.map((row) => ({ ...of(row), value: row.accuracy }));
  return base.flatMap((row) => {
    const other = novel.find(({ dataset, seed }) => dataset === row.dataset && seed === row.seed);
    return other ? [{ ...of(row), value: harmonicMean(row.accuracy, other.accuracy) }] : [];
  });
}

/** A row for every method, the first one first. */
export function ranksTable(
  id: string,
  title: string,
  measure: string,
  found: readonly MethodRank[],
): ReportTable {
  return {
    id: `${id}/ranks`,
    title: `${title}: ranks`,
    columns: [
      { key: "place", title: "", decimals: 0 },
      { key: "label", title: "method" },
      { key: "accuracy", title: `${measure}, %` },
      { key: "rank", title: "mean rank", decimals: 1 },
      { key: "behind", title: "minus the first" },
    ],
    rows: found.map(({ label, accuracy, rank, behind }, i) => ({
      place: i + 1,
      label,
      accuracy,
      rank,
      behind,
    })),
    notes: [
      "By the average over data sets, mean ± sample standard deviation over seeds; the mean rank is over every data set with every seed.",
      "The last column is seed by seed, with a 95 % interval of Student's t: who has 0 in it is not told apart from the first by these seeds on these data sets. The first is the first by the same test images, so that intervals flatter it a little.",
      "Only methods that have all data sets and seeds are ranked.",
    ],
  };
}
