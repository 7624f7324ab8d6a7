/**
 * Differences between methods, seed by seed: what a method gains over its baseline.
 *
 * @module
 */

import { aligned, harmonicMeans, type Observation, pairedDifference } from "../../results/mod.ts";
import type { Row } from "../rows.ts";
import type { Column, Mean, ReportTable, Value } from "../table.ts";
import { targetMean } from "./transfer.ts";

/**
 * A row for every method that learns: its difference from its baseline, which may be a method that learns nothing. Where
 * the table lacks the baseline, or has it in several forms, the first other method that learns stands in for it. Averages
 * over data sets are taken first, then the difference.
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
  const byLabel = Map.groupBy(rows, ({ label }) => label);
  const forms = new Map(rows.map(({ label, method }) => [label, { method }]));
  const lines = [...methods].flatMap(([label, { baseline }]): Record<string, Value>[] => {
    const other = against(label, baseline, forms) ?? firstBut(label, methods);
    if (other === undefined) return [];
    const own = byLabel.get(label)!;
    const differences = differencesOf(own, atShotsOf(own, byLabel.get(other)!));
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
      "Unit: seeds. Points, of the averages over data sets, seed by seed: mean ± sample standard deviation, 95 % interval of " +
      "Student's t over seeds on these data sets. Marked where that interval leaves out 0, which by chance alone one in twenty does.",
    ],
  };
}

/** Points: what is nearer to 0 is rounding. */
const least = 1e-9;

/** The differences a − b by measure, over what both were tested on. */
function differencesOf(a: readonly Row[], b: readonly Row[]): Map<string, Mean> {
  const [ofA, ofB] = [a, b].map((rows) => Map.groupBy(rows, measureOf));
  const cellsOf = (measure: string) => {
    const rows = [ofA, ofB].flatMap((side) => side!.get(measure === "H" ? "base" : measure)!);
    return [...new Set(rows.map(({ cell }) => cell))];
  };
  const bySeed = new Map(
    [...ofA!].filter(([measure]) => ofB!.has(measure)).map(([measure, own]) => [
      measure,
      aligned([own, ofB!.get(measure)!].map((rows) => rows.map(observed)), "seeds"),
    ]),
  );
  const [base, novel] = [bySeed.get("base"), bySeed.get("new")];
  if (base && novel) {
    const [ofOne, ofOther] = [0, 1].map((side) => harmonicMeans(of(base, side), of(novel, side)));
    bySeed.set("H", new Map([...ofOne!].map(([seed, H]) => [seed, [H, ofOther!.get(seed)!]])));
  }
  return new Map([...bySeed].flatMap(([measure, pairs]) => {
    const found = difference([...pairs.values()] as [number, number][]);
    return found ? [[measure, { ...found, cells: cellsOf(measure) }] as const] : [];
  }));
}

/** One side's averages by seed. */
function of(pairs: ReadonlyMap<string, number[]>, side: number): Map<string, number> {
  return new Map([...pairs].map(([seed, values]) => [seed, values[side]!]));
}

function observed(row: Row): Observation {
  const { dataset, target, classes, shots, seed, learns, accuracy } = row;
  const place = JSON.stringify([dataset, target, classes, shots]);
  return { place, ...learns && { seed }, value: accuracy };
}

/** What an evaluation goes into: an average of its own for shots, halves of the classes, source and targets. */
function measureOf({ protocol, classes, shots, dataset, target }: Row): string {
  if (protocol === "few-shot") return `${shots}-shot`;
  if (classes !== "all") return classes;
  return target === dataset ? "source" : targetMean;
}

/** The one form in which the table has the baseline. */
function against(
  label: string,
  baseline: string | undefined,
  methods: ReadonlyMap<string, { method: string }>,
): string | undefined {
  const forms = [...methods].filter(([, { method }]) => method === baseline);
  return forms.length === 1 && forms[0]![0] !== label ? forms[0]![0] : undefined;
}

function firstBut(label: string, methods: ReadonlyMap<string, unknown>): string | undefined {
  const [first] = methods.keys();
  return first === label ? undefined : first;
}

/** What learns nothing is the same at every number of shots. */
function atShotsOf(own: readonly Row[], rows: readonly Row[]): Row[] {
  const shots = [...new Set(own.map(({ shots }) => shots))];
  return rows.flatMap((row) => row.learns ? [row] : shots.map((shots) => ({ ...row, shots })));
}

function difference(pairs: readonly (readonly [number, number])[]): Mean | undefined {
  if (pairs.length < 2) return undefined;
  const found = pairedDifference(pairs.map(([a]) => a), pairs.map(([, b]) => b));
  const [low, high] = found.interval!;
  return { ...found, ...low > least && { mark: "good" }, ...high < -least && { mark: "bad" } };
}

function titled(measure: string): string {
  if (measure === "H") return "H of averages";
  const shots = /^(\d+)-shot$/.exec(measure)?.[1];
  return shots === undefined ? measure : shots === "1" ? "1 shot" : `${shots} shots`;
}
