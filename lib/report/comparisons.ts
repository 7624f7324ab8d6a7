/**
 * The comparisons between methods that an experiment makes, each with its interval and with what is published of it.
 *
 * @module
 */
import {
  aligned,
  type Observation,
  type Paired,
  pairedOverUnit,
  withHarmonic,
} from "../results/mod.ts";
import { reportedValues } from "./reported.ts";
import type { Row } from "./rows.ts";
import { targetMean } from "./tables/transfer.ts";

/** One comparison between two methods: a − b over data sets, and the same difference as it is published. */
export interface MethodComparison {
  /** Label of the method. */
  a: string;
  /** Label of what it is held against. */
  b: string;
  /** Where, in words: `with 16 images per class`, `on new classes`. */
  where: string;
  /** In points, over what was tested on and over seeds; unit `both` where a seed's one training is tested on all. */
  difference: Paired;
  /** Seeds that both methods have. */
  seeds: number;
  /** Data sets, or sets of test images, that both methods have. */
  places: number;
  /** Whether all was learned on one data set, so that places are sets of test images. */
  transfer: boolean;
  /** In points, where both values are published in one setting. */
  published?: number;
}

/**
 * The comparisons that an experiment makes: each method with what it is held against, and with what learns nothing.
 *
 * @param rows of one experiment on one CLIP
 */
export function comparisons(rows: readonly Row[]): MethodComparison[] {
  const learning = rows.filter(({ learns }) => learns);
  const methods = new Map(learning.map((row) => [row.label, row]));
  const untrained = rows.find(({ learns }) => !learns);
  const forms = (name: string) =>
    new Set(rows.flatMap(({ method, label }) => method === name ? [label] : [])).size;
  const pairs = [...methods].flatMap(([a, { method, baseline }]) => {
    const rivals = [...methods].filter(([, row]) => row.method === baseline && method !== baseline);
    return [
      ...rivals.slice(0, 1).map(([b, row]) => ({ a, method, b, other: row.method, floor: false })),
      ...untrained ? [{ a, method, b: untrained.label, other: untrained.method, floor: true }] : [],
    ];
  });
  return pairs.toSorted((x, y) => Number(x.floor) - Number(y.floor)).flatMap(
    ({ a, method, b, other }) =>
      places(rows).flatMap(({ where, of, measure, shots }): MethodComparison[] => {
        const transfer = measure === targetMean;
        const difference = pairedOverUnit(of(a), of(b), transfer ? "both" : "places");
        const [seeds, places] = (["seeds", "places"] as const)
          .map((unit) => aligned([of(a), of(b)], unit).size) as [number, number];
        if (!difference) return [];
        // What is published is of a method as it is, not of the forms that an ablation sets side by side.
        const whole = [method, other].every((name) => forms(name) === 1);
        const published = whole
          ? publishedDifference(rows[0]!.protocol, method, other, measure, shots)
          : undefined;
        return [{
          ...{ a, b, where, difference, seeds, places, transfer },
          ...published !== undefined && { published },
        }];
      }),
  );
}

/** Where base and new accuracy are one number. */
export const inHarmonic = "in the harmonic mean";

interface Place {
  where: string;
  /** The observations of the method with this label. */
  of(label: string): Observation[];
  /** The measure, as published values call it: `base`, `new`, `H`, `accuracy`, or a mean over targets. */
  measure: string;
  /** What published values are of this many. */
  shots?: number;
}

function places(rows: readonly Row[]): Place[] {
  const observed = (kept: (row: Row) => boolean, of: readonly Row[] = rows) => (label: string) =>
    of.filter((row) => row.label === label && kept(row)).map((row): Observation => ({
      place: JSON.stringify([row.dataset, row.target]),
      ...row.learns && { seed: row.seed },
      value: row.accuracy,
    }));
  const shots = [...new Set(rows.flatMap((row) => row.learns ? [row.shots] : []))].sort((x, y) =>
    x - y
  );
  if (rows.some(({ protocol }) => protocol === "few-shot")) {
    return [...new Set([shots[0], shots.at(-1)])].flatMap((k) =>
      k === undefined ? [] : [{
        where: `with ${k} ${k === 1 ? "image" : "images"} per class`,
        of: observed((row) => !row.learns || row.shots === k),
        ...{ measure: "accuracy", shots: k },
      }]
    );
  }
  if (rows.some(({ classes }) => classes === "new")) {
    const all = withHarmonic(
      rows,
      ({ label, dataset, shots, seed }) => JSON.stringify([label, dataset, shots, seed]),
    );
    return [
      { where: "on base classes", of: observed((row) => row.classes === "base"), measure: "base" },
      { where: "on new classes", of: observed((row) => row.classes === "new"), measure: "new" },
      {
        where: inHarmonic,
        of: observed((row) => row.classes === "H", all),
        measure: "H",
      },
    ];
  }
  const isTarget = (row: Row) => row.target !== row.dataset;
  return [{ where: "on the sets not trained on", of: observed(isTarget), measure: targetMean }];
}

/** Both values from one document where there is one. */
function publishedDifference(
  protocol: string,
  a: string,
  b: string,
  measure: string,
  shots?: number,
): number | undefined {
  const values = reportedValues(protocol).filter((value) =>
    measure in value.measures &&
    (value.dataset === "average" || measure === targetMean) &&
    (shots === undefined || value.shots === shots || value.shots === 0)
  );
  const pairs = values.filter(({ method }) => method === a).flatMap((own) =>
    values.filter((other) => other.method === b && other.clip === own.clip).map((other) => ({
      difference: own.measures[measure]! - other.measures[measure]!,
      // Of one document; else at least of one number of shots.
      rank: own.origin === other.origin
        ? 0
        : own.shots === other.shots
        ? 1
        : other.shots === 0
        ? 2
        : 3,
    }))
  ).filter(({ rank }) => rank < 3).sort((x, y) => x.rank - y.rank);
  return pairs[0]?.difference;
}
