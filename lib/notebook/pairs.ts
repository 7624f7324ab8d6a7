/**
 * Comparing rows of a report in pairs: the same data set, target and classes, once each for two methods.
 *
 * @module
 */
import { harmonicMean, pairedDifference, type Summary } from "../engine/statistics.ts";
import { UserError } from "../errors.ts";
import type { Row } from "../report/mod.ts";
import { finding } from "./finding.ts";

/** A difference over pairs, and what the pairs are. */
export interface Paired extends Summary {
  /** `data sets`, `sets of test images`, or runs with how many there are on what. */
  over: string;
}

/** With fewer places than this, an interval over them says nothing, and every seed is a pair. */
const FEW = 4;

/**
 * The difference in accuracy between the rows that have what `a` says and those that have what `b` says, paired by data
 * set, target and classes; where `a` and `b` both say one of these, it does not pair. Seeds are averaged first, so that
 * the interval is about data sets; where there are fewer than four, every run is a pair and the interval is about seeds on
 * these sets alone. What learns nothing is the same for every seed.
 *
 * @returns a − b in points, with its interval over the pairs
 * @throws {UserError} when nothing pairs
 */
export function pairedOver(rows: readonly Row[], a: Partial<Row>, b: Partial<Row>): Paired {
  const keys = (["dataset", "target", "classes"] as const).filter((key) => !(key in a && key in b));
  const placesOf = (which: Partial<Row>) =>
    Map.groupBy(
      rows.filter((row) => matches(row, which)),
      (row) => JSON.stringify(keys.map((key) => row[key])),
    );
  const [ofA, ofB] = [placesOf(a), placesOf(b)];
  const places = [...ofA.keys()].filter((place) => ofB.has(place))
    .map((place) => [ofA.get(place)!, ofB.get(place)!]);
  if (places.length === 0) {
    throw new UserError(`nothing pairs ${JSON.stringify(a)} with ${JSON.stringify(b)}`);
  }
  const sources = new Set(rows.filter((row) => matches(row, a)).map(({ dataset }) => dataset));
  const kind = sources.size > 1 || places.length === 1 ? "data sets" : "sets of test images";
  const runs = places.flatMap(seedBySeed);
  const bySeed = places.length < FEW && runs.length >= places.length;
  const pairs = bySeed ? runs : places.map((sides) => sides.map(mean));
  return {
    ...pairedDifference(pairs.map(([own]) => own), pairs.map(([, other]) => other)),
    over: bySeed && runs.length > places.length
      ? `runs: ${runs.length / places.length} seeds on ${places.length} ${
        places.length === 1 ? "data set" : kind
      }`
      : kind,
  };
}

/** The accuracies of both sides for every seed that they share. */
function seedBySeed([own, others]: Row[][]): number[][] {
  const of = (rows: Row[], seed: number) => rows.filter((row) => row.seed === seed || !row.learns);
  const seeds = new Set([...own, ...others].filter(({ learns }) => learns).map(({ seed }) => seed));
  return [...seeds].map((seed) => [of(own, seed), of(others, seed)])
    .filter((sides) => sides.every((side) => side.length > 0))
    .map((sides) => sides.map(mean));
}

function mean(rows: readonly Row[]): number {
  return rows.reduce((sum, { accuracy }) => sum + accuracy, 0) / rows.length;
}

/**
 * A {@linkcode finding} about rows: that those which have what `a` says are above or below those of `b`, as
 * {@linkcode pairedOver} pairs them. Methods are called by their labels.
 *
 * @throws {UserError} when nothing pairs
 */
export function findingOver(
  rows: readonly Row[],
  claim: string,
  a: Partial<Row>,
  expected: "above" | "below",
  b: Partial<Row>,
): string {
  const label = (which: Partial<Row>) => rows.find((row) => matches(row, which))?.label ?? "–";
  const { over, ...difference } = pairedOver(rows, a, b);
  return finding({ claim, a: label(a), b: label(b), difference, expected, over });
}

/**
 * The rows of base-to-new cells, and for each cell one more, of classes `H`, whose accuracy is the harmonic mean of its
 * base and new accuracy.
 */
export function withHarmonicMeans<T extends Row>(rows: readonly T[]): T[] {
  const groups = Map.groupBy(
    rows,
    ({ protocol, label, dataset, shots, seed }) =>
      JSON.stringify([protocol, label, dataset, shots, seed]),
  );
  return [...groups.values()].flatMap((group) => {
    const [base, novel] = ["base", "new"].map((name) =>
      group.find(({ classes }) => classes === name)
    );
    if (!base || !novel) return group;
    return [...group, {
      ...base,
      classes: "H",
      accuracy: harmonicMean(base.accuracy, novel.accuracy),
    }];
  });
}

function matches(row: Row, which: Partial<Row>): boolean {
  return Object.entries(which).every(([key, value]) => row[key as keyof Row] === value);
}
