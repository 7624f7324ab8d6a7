/**
 * Reported | ours | gap, for the runs that may be compared, and why the others may not.
 *
 * @module
 */

import type { Summary } from "../../results/mod.ts";
import type { ReportContext, Run } from "../context.ts";
import {
  incomparable,
  type Reported,
  reportedSources,
  reportedValues,
  sameName,
} from "../reported.ts";
import { seedsInWords } from "../reported_seeds.ts";
import { type Row, rowsOf } from "../rows.ts";
import type { Marked, Mean, ReportTable } from "../table.ts";
import { averageTitle, baseToNewRows } from "./base_to_new.ts";
import { fewShotRows } from "./few_shot.ts";
import { targetMean, transferRows } from "./transfer.ts";

/** Data sets that a published average is over. */
const averaged = 11;

/** Data sets tested on, the source included, that a published mean of targets belongs to. */
const transfers: Record<string, number> = { "cross-dataset": 11, "domain-generalization": 5 };

/** The comparison, where its values were read, and a sentence for every kind of run that was left out of it. */
export function comparison(
  records: readonly Run[],
  context: ReportContext,
): { table: ReportTable; sources: string[]; reasons: string[] } {
  const fair = records.filter((record) => incomparable(record) === undefined);
  const found = ours(rowsOf(fair, context)).flatMap(compare);
  const keys = [...new Set(found.flatMap(({ sources }) => sources))];
  const rows = found.map(({ sources, ...row }) => ({
    ...row,
    sources: sources.map((key) => `[${keys.indexOf(key) + 1}]`).join(" "),
  }));
  return {
    sources: keys.map((key, i) => {
      const { title, where } = reportedSources[key];
      return `[${i + 1}] ${title}: ${where}`;
    }),
    table: {
      id: "reported",
      title: "Reported, ours, and the gap between them",
      columns: [
        { key: "protocol", title: "protocol" },
        { key: "label", title: "method" },
        { key: "dataset", title: "data set" },
        { key: "measure", title: "measure" },
        { key: "reported", title: "reported, %" },
        { key: "ours", title: "ours, %" },
        { key: "gap", title: "gap" },
        { key: "inside", title: "reported within our interval" },
        { key: "seeds", title: "others' seeds" },
        { key: "origin", title: "whose run" },
        { key: "sources", title: "read in" },
      ],
      rows,
      notes: [
        "Gap is ours minus reported, in percentage points. Published H is of averaged accuracies, ours the mean over seeds.",
      ],
    },
    reasons: reasons(records, fair, rows.length),
  };
}

/** One line of the table, with the keys of its sources. */
interface Compared {
  protocol: string;
  label: string;
  dataset: string;
  measure: string;
  reported: number;
  ours: Mean;
  gap: number;
  inside: Marked | string;
  seeds: string;
  origin: string;
  sources: string[];
}

/** What was measured, in the terms in which it is reported. */
interface Ours {
  protocol: string;
  clip: string;
  shots: number;
  method: string;
  label: string;
  dataset: string;
  measures: Record<string, Summary | undefined>;
  /** Whether it learns: without that shots do not matter. */
  learns: boolean;
  /** Identities of the cells that they are means of. */
  cells: string[];
}

function ours(rows: readonly Row[]): Ours[] {
  const groups = Map.groupBy(
    rows,
    ({ protocol, clip, shots, dataset }) =>
      JSON.stringify([protocol, clip, shots, protocol in transfers ? dataset : ""]),
  );
  return [...groups.values()].flatMap((group): Ours[] => {
    const { protocol, clip, shots, dataset } = group[0];
    const whole = new Set(group.map((row) => row.dataset)).size === averaged;
    const common = (label: string, trained: string) => {
      const of = group.filter((row) =>
        row.label === label && (trained === averageTitle || row.dataset === trained)
      );
      return {
        ...{ protocol, clip, shots, learns: of.some(({ learns }) => learns) },
        cells: [...new Set(of.map(({ cell }) => cell))],
      };
    };
    const kept = (row: { dataset: string }) => whole || row.dataset !== averageTitle;
    if (protocol === "base-to-new") {
      return baseToNewRows(group).filter(kept).map((row) => ({
        ...common(row.label, row.dataset),
        ...row,
        measures: {
          base: row.base,
          new: row.novel,
          H: row.harmonic,
          "mean of H": row.meanHarmonic,
        },
      }));
    }
    if (protocol === "few-shot") {
      return fewShotRows(group).filter(kept).map((row) => ({
        ...common(row.label, row.dataset),
        ...row,
        measures: { accuracy: row.accuracy },
      }));
    }
    if (!(protocol in transfers)) return [];
    const complete = new Set(group.map((row) => row.target)).size === transfers[protocol];
    return transferRows(group).filter((row) => complete || row.target !== targetMean).map((
      row,
    ) => ({
      ...common(row.label, dataset),
      ...row,
      dataset,
      measures: { [row.target]: row.accuracy },
    }));
  });
}

function compare(mine: Ours): Compared[] {
  return reportedValues(mine.protocol).filter((value) => isOf(value, mine)).flatMap((value) =>
    Object.entries(value.measures).flatMap(([measure, reported]) => {
      const found = Object.entries(mine.measures).find(([name]) => sameName(name, measure))?.[1];
      return found === undefined ? [] : [{
        protocol: mine.protocol,
        label: mine.label,
        dataset: mine.dataset,
        measure,
        reported,
        ours: { ...found, cells: mine.cells },
        gap: found.mean - reported,
        inside: judged(reported, found),
        seeds: seedsInWords({ ...mine, measure }),
        origin: value.origin,
        sources: value.sources,
      }];
    })
  );
}

function isOf(value: Reported, mine: Ours): boolean {
  return value.clip === mine.clip && (!mine.learns || value.shots === mine.shots) &&
    sameName(value.method, mine.method) && sameName(value.dataset, mine.dataset);
}

function judged(reported: number, { n, interval }: Summary): Marked | string {
  if (interval === undefined) return `no interval (n = ${n})`;
  const inside = interval[0] <= reported && reported <= interval[1];
  return inside ? { text: "yes", mark: "good" } : { text: "no", mark: "bad" };
}

function reasons(
  records: readonly Run[],
  fair: readonly Run[],
  shown: number,
): string[] {
  const why = new Map<string, number>();
  for (const record of records) {
    const reason = incomparable(record);
    if (reason !== undefined) why.set(reason, (why.get(reason) ?? 0) + 1);
  }
  return [
    ...[...why].map(([reason, n]) =>
      `${n} of ${records.length} runs are not set beside published values: ${reason}.`
    ),
    ...(fair.length > 0 && shown === 0
      ? ["No published value with a source is known for the settings of these runs."]
      : []),
  ];
}
