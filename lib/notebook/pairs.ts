/**
 * Comparing rows of a report in pairs: the same data set, target and classes, once each for two methods.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import { anything, checkOptions } from "../options_given.ts";
import type { Row } from "../report/mod.ts";
import { type Observation, type Paired, pairedOverUnit, withHarmonic } from "../results/mod.ts";
import { finding } from "./finding.ts";

/** A difference over pairs, and what the pairs are. */
export interface PairedRows extends Paired {
  /** The unit in words: `data sets`, `sets of test images`, or runs with how many there are on what. */
  over: string;
}

/** With fewer places than this, an interval over them says nothing, and every seed is a pair. */
const FEW = 4;

/**
 * The difference in accuracy between the rows that have what `a` says and those that have what `b` says, paired by data
 * set, target and classes; where `a` and `b` both say one of these, it does not pair. The unit is `places`, seeds averaged
 * first, so that the interval is about data sets; where there are fewer than four, it is `runs`, and the interval about
 * seeds on these sets alone. Of one data set's training, tested on several, it is `both`: about seeds and what was tested on. What learns nothing is the same for every seed.
 *
 * @returns a − b in points, with its interval over the unit
 * @throws {UserError} when nothing pairs
 */
export function pairedOver(
  rows: readonly Row[],
  a: Partial<Row>,
  b: Partial<Row>,
): PairedRows {
  for (const which of [a, b]) checkKeys(rows, which);
  const keys = (["dataset", "target", "classes"] as const).filter((key) => !(key in a && key in b));
  const observed = (which: Partial<Row>): Observation[] =>
    rows.filter((row) => matches(row, which)).map((row) => ({
      place: JSON.stringify(keys.map((key) => row[key])),
      seed: row.learns ? row.seed : undefined,
      value: row.accuracy,
    }));
  const [ofA, ofB] = [observed(a), observed(b)];
  const places = pairedOverUnit(ofA, ofB, "places");
  const runs = pairedOverUnit(ofA, ofB, "runs");
  if (!places || !runs) {
    throw new UserError(`nothing pairs ${JSON.stringify(a)} with ${JSON.stringify(b)}`);
  }
  const sources = new Set(rows.filter((row) => matches(row, a)).map(({ dataset }) => dataset));
  const kind = sources.size > 1 || places.n === 1 ? "data sets" : "sets of test images";
  const both = kind === "data sets" ? undefined : pairedOverUnit(ofA, ofB, "both");
  if (both && places.n >= FEW) {
    const seeds = both.n / places.n;
    const over = seeds === 1 ? "seeds" : `tests: ${seeds} seeds, each on ${places.n} ${kind}`;
    return { ...both, over };
  }
  if (places.n >= FEW || runs.n === places.n) return { ...places, over: kind };
  const on = places.n === 1 ? "data set" : kind;
  return { ...runs, over: `runs: ${runs.n / places.n} seeds on ${places.n} ${on}` };
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
  const { over, unit, ...difference } = pairedOver(rows, a, b);
  // What is averaged are harmonic means: not the harmonic mean of averages, which tables have.
  const pairs = a.classes === "H" && unit === "places" ? `${over}, the mean of their H` : over;
  return finding({ claim, a: label(a), b: label(b), difference, expected, over: pairs });
}

/**
 * The rows of base-to-new cells, and for each cell one more, of classes `H`, whose accuracy is the harmonic mean of its
 * base and new accuracy.
 */
export function withHarmonicMeans<T extends Row>(rows: readonly T[]): T[] {
  return withHarmonic(
    rows,
    ({ protocol, label, dataset, shots, seed }) =>
      JSON.stringify([protocol, label, dataset, shots, seed]),
  );
}

/** Rows that are chosen by what no row has would be none, or all. */
function checkKeys(rows: readonly Row[], which: Partial<Row>): void {
  const keys = Object.keys(rows[0] ?? which);
  checkOptions("rows", which, Object.fromEntries(keys.map((key) => [key, anything])));
}

function matches(row: Row, which: Partial<Row>): boolean {
  return Object.entries(which).every(([key, value]) => row[key as keyof Row] === value);
}
