/**
 * What an experiment's results say, in short, computed from them: which comparisons between methods go as they are published,
 * which go the other way, which these runs cannot decide, and what would decide those.
 *
 * @module
 */
import type { Paired } from "../results/mod.ts";
import { comparisons, inHarmonic, type MethodComparison } from "./comparisons.ts";
import type { Row } from "./rows.ts";
import { fixed, type Marked, type ReportTable, type Value } from "./table.ts";

/** Fewer places than this (data sets, or sets of test images) make no interval that says anything. */
const FEW = 4;

/** What results say: one sentence, and the comparisons behind it. */
export interface InShort {
  /** How many comparisons go as published, the other way, or are not decided. */
  sentence: string;
  /** A row for each comparison: ours, its interval, what that is over, what is published, the verdict. */
  table: ReportTable;
}

/**
 * What an experiment shows. A difference is decided where its whole 95 % interval lies on one side of 0.
 *
 * @param rows of one experiment on one CLIP
 * @returns undefined where nothing can be compared on at least four data sets or sets of test images
 *
 * @example
 * ```ts
 * import { inShort } from "@plumbline/plumbline/report";
 * import assert from "node:assert/strict";
 * assert.equal(inShort([]), undefined);
 * ```
 */
export function inShort(
  rows: readonly Row[],
  id = "in-short",
  title = "In short",
): InShort | undefined {
  const all = comparisons(rows).filter(({ places }) => places >= FEW);
  if (all.length === 0) return undefined;
  const verdicts = all.map(verdictOf);
  const count = (...of: Verdict[]) => verdicts.filter((verdict) => of.includes(verdict)).length;
  const [same, otherwise, alone] = [count("as published"), count("the other way"), count(...ALONE)];
  const open = all.length - same - otherwise - alone;
  const parts = [
    `${same} ${same === 1 ? "goes" : "go"} as published`,
    `${otherwise} the other way`,
    ...alone > 0 ? [`${alone} ${alone === 1 ? "is" : "are"} decided, with nothing published`] : [],
    `${open} ${open === 1 ? "is" : "are"} not decided`,
  ];
  const last = parts.pop();
  return {
    sentence: `Of ${all.length} ${all.length === 1 ? "comparison" : "comparisons"}${
      overs(all).size === 1 ? ` over ${overOf(all[0]!)},` : ""
    } ${parts.join(", ")}, and ${last}.`,
    table: tableOf(id, title, all, verdicts),
  };
}

const ALONE = ["above", "below"] as const;

/** What becomes of a comparison; `above` and `below` where nothing is published to hold it against. */
type Verdict = "as published" | "the other way" | typeof ALONE[number] | "not decided";

function verdictOf({ difference, published }: MethodComparison): Verdict {
  const side = sideOf(difference);
  if (side === 0) return "not decided";
  if (published === undefined) return side > 0 ? "above" : "below";
  return side === Math.sign(published) ? "as published" : "the other way";
}

/** 1 where the whole 95 % interval is above 0, −1 where it is below, 0 where it is neither. */
function sideOf({ interval }: Paired): number {
  if (!interval?.every(Number.isFinite)) return 0;
  return interval[0] > 0 ? 1 : interval[1] < 0 ? -1 : 0;
}

function tableOf(
  id: string,
  title: string,
  all: readonly MethodComparison[],
  verdicts: readonly Verdict[],
): ReportTable {
  const lines = all.map((one, i): Record<string, Value> => ({
    where: one.where,
    difference: together(`${one.a} − ${one.b}`),
    ours: one.difference.mean,
    interval: one.difference.interval
      ? `[${one.difference.interval.map((end) => fixed(end, 1)).join(",\u00a0")}]`
      : "–",
    ...overs(all).size > 1 && { over: overOf(one) },
    published: one.published,
    verdict: marked(verdicts[i]!),
    needed: verdicts[i] === "not decided" ? toDecide(one).replaceAll(" ", "\u00a0") : undefined,
  }));
  const wheres = [...new Set(all.map(({ where }) => where))];
  const oneSeed = all.every(isAlone);
  const shared = all.some(({ transfer }) => transfer);
  return {
    ...{ id, title },
    columns: [
      { key: "where", title: "where" },
      { key: "difference", title: "difference" },
      { key: "ours", title: "ours, points", decimals: 1 },
      { key: "interval", title: "95 % interval" },
      ...overs(all).size > 1 ? [{ key: "over", title: "over" }] : [],
      { key: "published", title: "published, points", decimals: 1 },
      { key: "verdict", title: "verdict" },
      ...oneSeed ? [] : [{ key: "needed", title: "what would decide it" }],
    ],
    rows: lines.toSorted((a, b) =>
      wheres.indexOf(String(a.where)) - wheres.indexOf(String(b.where))
    ),
    notes: [
      ...oneSeed ? ["One seed decides none of these: --seeds 1,2,3 gives them an interval."] : [],
      shared
        ? "Unit: seeds and sets of test images at once, since a seed's one training is tested on every set."
        : "Unit: data sets, each a mean over its seeds; each seed is a training of its own on each set, so the interval covers seeds too.",
      ...wheres.includes(inHarmonic)
        ? ["Ours in the harmonic mean: of each data set's own H; published: of H of averages."]
        : [],
    ],
  };
}

/** Holds what is short in one line. */
const together = (text: string) => text.length > 32 ? text : text.replaceAll(" ", "\u00a0");

/** What the comparisons are over: one and the same for all where no run is lacking. */
const overs = (all: readonly MethodComparison[]) => new Set(all.map(overOf));

/** The unit in words: `11 data sets, 5 seeds each`. */
function overOf({ places, seeds, transfer }: MethodComparison): string {
  const of = seeds === 1 ? "1 seed" : `${seeds} seeds`;
  return transfer
    ? `${of} on ${places} sets`
    : `${places} data sets, ${of}${seeds > 1 ? " each" : ""}`;
}

function marked(verdict: Verdict): Marked | string {
  const text = verdict.replaceAll(" ", "\u00a0");
  if (verdict === "as published") return { text, mark: "good" };
  if (verdict === "the other way") return { text, mark: "bad" };
  return verdict === "not decided" ? text : `decided:\u00a0${verdict}`;
}

/** Whether all of a comparison's tests are of one seed's trainings, which decides nothing. */
const isAlone = ({ transfer, seeds }: MethodComparison) => transfer && seeds === 1;

/** More than so many times what there is, nobody runs. */
const MANY = 30;

/** How much more of the same spread would tell a difference of this size from 0. */
function toDecide(one: MethodComparison): string {
  const { difference, places, transfer } = one;
  const { mean, interval } = difference;
  if (isAlone(one)) return "several seeds";
  if (!interval) return "–";
  const times = ((interval[1] - interval[0]) / 2 / mean) ** 2;
  if (!(times <= MANY)) return "too small to tell";
  if (transfer) return `about ${Math.max(2, Math.ceil(times))} × as many seeds and sets`;
  return `about ${Math.max(places + 1, Math.ceil(places * times))} data sets`;
}
