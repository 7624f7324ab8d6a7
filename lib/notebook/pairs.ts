/**
 * Comparing rows of a report in pairs: the same data set, target and classes, once each for two methods.
 *
 * @module
 */
import { harmonicMean, pairedDifference, type Summary } from "../engine/statistics.ts";
import { UserError } from "../errors.ts";
import type { Row } from "../report/mod.ts";
import { finding } from "./finding.ts";

/**
 * The difference in accuracy between the rows that have what `a` says and those that have what `b` says, paired by data
 * set, target and classes; where `a` and `b` both say one of these, it does not pair. Seeds are averaged first: they
 * repeat a data set, and the interval is to be about data sets.
 *
 * @returns a − b in points, with its interval over the pairs
 * @throws {UserError} when nothing pairs
 */
export function pairedOver(rows: readonly Row[], a: Partial<Row>, b: Partial<Row>): Summary {
  const keys = (["dataset", "target", "classes"] as const).filter((key) => !(key in a && key in b));
  const mean = (which: Partial<Row>) => {
    const chosen = rows.filter((row) => matches(row, which));
    const groups = Map.groupBy(chosen, (row) => JSON.stringify(keys.map((key) => row[key])));
    return new Map([...groups].map(([key, group]) => [
      key,
      group.reduce((sum, { accuracy }) => sum + accuracy, 0) / group.length,
    ]));
  };
  const [ofA, ofB] = [mean(a), mean(b)];
  const shared = [...ofA.keys()].filter((key) => ofB.has(key));
  if (shared.length === 0) {
    throw new UserError(`nothing pairs ${JSON.stringify(a)} with ${JSON.stringify(b)}`);
  }
  return pairedDifference(shared.map((key) => ofA.get(key)!), shared.map((key) => ofB.get(key)!));
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
  const sources = new Set(rows.filter((row) => matches(row, a)).map(({ dataset }) => dataset));
  return finding({
    claim,
    ...{ a: label(a), b: label(b), expected },
    difference: pairedOver(rows, a, b),
    over: sources.size > 1 ? "data sets" : "sets of test images",
  });
}

/**
 * The rows of base-to-new cells, and for each cell one more, of classes `H`, whose accuracy is the harmonic mean of its
 * base and new accuracy.
 */
export function withHarmonicMeans(rows: readonly Row[]): Row[] {
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
