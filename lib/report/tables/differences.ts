/**
 * Differences between methods, seed by seed: what a method gains over the one that it is to be held against.
 *
 * @module
 */

import { harmonicMean, pairedDifference } from "../../engine/statistics.ts";
import type { Row } from "../rows.ts";
import type { Column, Mean, ReportTable, Value } from "../table.ts";
import { targetMean } from "./transfer.ts";

/**
 * A row for every method but what it is held against: the baseline that it names; where the table does not have that in
 * one form, the first method that learns. Averages over data sets come first, then the difference.
 *
 * @param rows of one experiment on one CLIP
 * @returns undefined where fewer than two seeds can be paired
 */
export function differencesTable(
  id: string,
  title: string,
  rows: readonly Row[],
): ReportTable | undefined {
  const learning = rows.filter(({ learns }) => learns);
  const methods = new Map(
    learning.map(({ label, method, baseline }) => [label, { method, baseline }]),
  );
  const byLabel = Map.groupBy(learning, ({ label }) => label);
  const lines = [...methods].flatMap(([label, { baseline }]): Record<string, Value>[] => {
    const other = against(label, baseline, methods);
    if (other === undefined) return [];
    const differences = differencesOf(byLabel.get(label)!, byLabel.get(other)!);
    return differences.size > 0
      ? [{ label, against: other, ...Object.fromEntries(differences) }]
      : [];
  });
  if (lines.length === 0) return undefined;
  const shown = [...new Set(lines.flatMap((line) => Object.keys(line)))]
    .filter((key) => key !== "label" && key !== "against");
  const column = (key: string): Column => ({ key, title: titled(key) });
  return {
    id: `${id}/differences`,
    title: `${title}: differences`,
    columns: [
      { key: "label", title: "method" },
      { key: "against", title: "minus" },
      ...shown.map(column),
    ],
    rows: lines,
    notes: [
      "Points, of the averages over data sets, seed by seed: mean ± sample standard deviation, 95 % interval of Student's t. " +
      "Marked where that interval leaves out 0, which by chance alone one in twenty does.",
    ],
  };
}

/** Points: what is nearer to 0 is rounding. */
const least = 1e-9;

/** The differences a − b by measure, over what both were tested on. */
function differencesOf(a: readonly Row[], b: readonly Row[]): Map<string, Mean> {
  const [ofA, ofB] = [averages(both(a, b)), averages(both(b, a))];
  return new Map([...ofA].flatMap(([measure, values]) => {
    const found = difference(values, ofB.get(measure));
    return found ? [[measure, found] as const] : [];
  }));
}

/** The rows of `a` that are of data sets, classes, shots and a seed that `b` has as well. */
function both(a: readonly Row[], b: readonly Row[]): Row[] {
  const key = ({ dataset, target, classes, shots, seed }: Row) =>
    JSON.stringify([dataset, target, classes, shots, seed]);
  const known = new Set(b.map(key));
  return a.filter((row) => known.has(key(row)));
}

/** Averages over data sets by measure and seed, of the seeds that have as many data sets as any. */
function averages(rows: readonly Row[]): Map<string, Map<number, number>> {
  const means = new Map(
    [...Map.groupBy(rows, measureOf)].map(([measure, of]) => {
      const seeds = [...Map.groupBy(of, ({ seed }) => seed)];
      const most = Math.max(...seeds.map(([, values]) => values.length));
      const whole = seeds.filter(([, values]) => values.length === most);
      const mean = (values: Row[]) =>
        values.reduce((sum, { accuracy }) => sum + accuracy, 0) / values.length;
      return [measure, new Map(whole.map(([seed, values]) => [seed, mean(values)]))] as const;
    }),
  );
  const [base, novel] = [means.get("base"), means.get("new")];
  if (base && novel) {
    const seeds = [...base.keys()].filter((seed) => novel.has(seed));
    const H = (seed: number) => harmonicMean(base.get(seed)!, novel.get(seed)!);
    means.set("H", new Map(seeds.map((seed) => [seed, H(seed)])));
  }
  return means;
}

/** What an evaluation goes into: an average of its own for shots, halves of the classes, source and targets. */
function measureOf({ protocol, classes, shots, dataset, target }: Row): string {
  if (protocol === "few-shot") return `${shots}-shot`;
  if (classes !== "all") return classes;
  return target === dataset ? "source" : targetMean;
}

function against(
  label: string,
  baseline: string | undefined,
  methods: ReadonlyMap<string, { method: string }>,
): string | undefined {
  const forms = [...methods].filter(([, { method }]) => method === baseline).map(([label]) =>
    label
  );
  const [first] = forms.length === 1 ? forms : methods.keys();
  return first === label ? undefined : first;
}

function difference(a?: Map<number, number>, b?: Map<number, number>): Mean | undefined {
  if (!a || !b) return undefined;
  const seeds = [...a.keys()].filter((seed) => b.has(seed));
  if (seeds.length < 2) return undefined;
  const of = (values: Map<number, number>) => seeds.map((seed) => values.get(seed)!);
  const found = pairedDifference(of(a), of(b));
  const [low, high] = found.interval!;
  return { ...found, ...low > least && { mark: "good" }, ...high < -least && { mark: "bad" } };
}

function titled(measure: string): string {
  const shots = /^(\d+)-shot$/.exec(measure)?.[1];
  return shots === undefined ? measure : shots === "1" ? "1 shot" : `${shots} shots`;
}
