/**
 * What an experiment's results say, in short, computed from them: which comparisons between methods go as they are published,
 * which go the other way, which these runs cannot decide, and what would decide those.
 *
 * @module
 */
import { type Observation, type Paired, pairedOverUnit, withHarmonic } from "../results/mod.ts";
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
  /** In points, one observation for each data set, seeds averaged first. */
  difference: Paired;
  /** In points, where both values are published in one setting. */
  published?: number;
}

/** Fewer data sets than this make no interval that says anything. */
const FEW = 4;

/**
 * The comparisons that an experiment makes: each method with what it is held against, and with what learns nothing.
 *
 * @param rows of one experiment on one CLIP
 */
export function comparisons(rows: readonly Row[]): MethodComparison[] {
  const learning = rows.filter(({ learns }) => learns);
  const methods = new Map(learning.map((row) => [row.label, row]));
  const untrained = rows.find(({ learns }) => !learns);
  return [...methods].flatMap(([a, { method, baseline }]) => {
    const rivals = [...methods].filter(([, row]) => row.method === baseline && method !== baseline);
    const others = [
      ...rivals.slice(0, 1).map(([label, row]) => [label, row.method]),
      ...untrained ? [[untrained.label, untrained.method]] : [],
    ];
    return others.flatMap(([b, other]) =>
      places(rows).flatMap(({ where, of, measure, shots }): MethodComparison[] => {
        const difference = pairedOverUnit(of(a), of(b), "places");
        if (!difference) return [];
        const published = publishedDifference(rows[0].protocol, method, other, measure, shots);
        return [{ a, b, where, difference, ...published !== undefined && { published } }];
      })
    );
  });
}

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
        where: "in the harmonic mean",
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
      difference: own.measures[measure] - other.measures[measure],
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

/**
 * What an experiment shows, a sentence each: how many comparisons go as published, which do, which go the other way, which
 * are not decided with the number of data sets that would decide them; of many, the largest differences. Empty where nothing
 * can be compared.
 *
 * @param rows of one experiment on one CLIP
 *
 * @example
 * ```ts
 * import { inShort } from "@plumbline/plumbline/report";
 * import assert from "node:assert/strict";
 * assert.deepEqual(inShort([]), []);
 * ```
 */
export function inShort(rows: readonly Row[]): string[] {
  const all = comparisons(rows).filter(({ difference: { n } }) => n >= FEW);
  if (all.length === 0) return [];
  const decided = all.filter(({ difference }) => sideOf(difference) !== 0);
  const open = all.filter((one) => !decided.includes(one));
  const as = (agrees: boolean) =>
    decided.filter(({ difference, published }) =>
      published !== undefined && (sideOf(difference) === Math.sign(published)) === agrees
    );
  const [same, otherwise] = [as(true), as(false)];
  const alone = decided.length - same.length - otherwise.length;
  const [{ difference: { n } }] = all;
  return [
    `Of ${all.length} ${
      all.length === 1 ? "comparison" : "comparisons"
    } of averages over ${n} data sets, ${same.length} ${
      same.length === 1 ? "goes" : "go"
    } the way that is published, ${otherwise.length} the other way, ` +
    `${open.length} ${open.length === 1 ? "is" : "are"} not decided` +
    (alone > 0 ? `, and of ${alone} decided ones no published value is known` : "") + ".",
    ...listed("As published", same, worded),
    ...listed("Otherwise than published", otherwise, worded),
    ...listed("Not decided", open, (one) => `${worded(one)}${toDecide(one)}`),
  ];
}

/** As many comparisons are read in one paragraph; a report on twenty methods has a hundred. */
const READ = 12;

/** A paragraph of comparisons: the largest, where they are too many, in the order that they have. */
function listed(
  title: string,
  all: readonly MethodComparison[],
  word: (one: MethodComparison) => string,
): string[] {
  if (all.length === 0) return [];
  const size = ({ difference }: MethodComparison) => Math.abs(difference.mean);
  const largest = all.toSorted((a, b) => size(b) - size(a)).slice(0, READ);
  const texts = all.filter((one) => largest.includes(one)).map(word);
  const left = all.length - texts.length;
  if (left > 0) texts.push(`and ${left} smaller ${left === 1 ? "one" : "ones"}`);
  return [`${title}: ${texts.join("; ")}.`];
}

/** 1 where the whole 95 % interval is above 0, −1 where it is below, 0 where it is neither. */
function sideOf({ interval }: Paired): number {
  if (!interval?.every(Number.isFinite)) return 0;
  return interval[0] > 0 ? 1 : interval[1] < 0 ? -1 : 0;
}

function worded(
  { a, b, where, difference: { mean, interval }, published }: MethodComparison,
): string {
  const sure = interval
    ? ` (95\u00a0% interval ${signed(interval[0])} to ${signed(interval[1])}${
      published === undefined ? "" : `; published ${signed(published)}`
    })`
    : published === undefined
    ? ""
    : ` (published ${signed(published)})`;
  return `${where}, ${a} is ${Math.abs(mean).toFixed(1)} points ${
    mean < 0 ? "below" : "above"
  } ${b}${sure}`;
}

/** Data sets beyond which nobody looks. */
const MANY = 300;

/** How many data sets of the same spread would tell a difference of this size from 0. */
function toDecide({ difference: { mean, sd, n } }: MethodComparison): string {
  if (sd === undefined || mean === 0) return "";
  const needed = Math.ceil((2 * sd / mean) ** 2);
  if (needed > MANY) return ": too small to be told from 0";
  return `: about ${Math.max(needed, n + 1)} data sets would decide it`;
}

function signed(value: number): string {
  const text = value.toFixed(1).replace(/^-(?=0\.0$)/, "");
  return text.startsWith("-") ? text.replace("-", "−") : `+${text}`;
}
