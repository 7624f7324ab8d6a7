/**
 * Reported | ours | gap, for the runs that may be compared, and why the others may not.
 *
 * @module
 */

import type { Summary } from "../../results/mod.ts";
import type { ReportContext, Run } from "../context.ts";
import { incomparable, reportedSources } from "../reported.ts";
import { seedsInWords } from "../reported_seeds.ts";
import { type Row, rowsOf } from "../rows.ts";
import type { Marked, Mean, ReportTable } from "../table.ts";
import { type About, cellsOf, counterparts } from "./about.ts";
import { averageTitle, baseToNewRows } from "./base_to_new.ts";
import { fewShotRows } from "./few_shot.ts";
import { targetMean, transferRows } from "./transfer.ts";

/** The comparison, where its values were read, and a sentence for every kind of run that was left out of it. */
export function comparison(
  records: readonly Run[],
  context: ReportContext,
): { table: ReportTable; sources: string[]; reasons: string[] } {
  const fair = records.filter((record) => incomparable(record) === undefined);
  const found = entries(rowsOf(fair, context)).flatMap(compare);
  const keys = [...new Set(found.flatMap(({ sources }) => sources))];
  const rows = found.map(({ sources, ...row }) => ({
    ...row,
    sources: sources.map((key) => `[${keys.indexOf(key) + 1}]`).join(" "),
  }));
  return {
    sources: keys.map((key, i) => {
      const { title, where } = reportedSources[key]!;
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
        "Unit: seeds. Gap is ours minus reported, in percentage points. Published H is of accuracies averaged over seeds, ours is taken seed by seed; of an average both are H of averages over data sets.",
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

/** An entry of the tables of results: what it measures, and its mean. */
interface Entry {
  about: About;
  mean: Summary;
}

/** The entries of the runs, as the tables of each protocol have them. */
function entries(rows: readonly Row[]): Entry[] {
  const groups = Map.groupBy(
    rows,
    ({ protocol, clip, shots, dataset }) =>
      JSON.stringify([protocol, clip, shots, ofOneSource(protocol) ? dataset : ""]),
  );
  return [...groups.values()].flatMap((group): Entry[] => {
    const { protocol, shots } = group[0]!;
    const entry = (
      { label, method, dataset }: Pick<Row, "label" | "method" | "dataset">,
      measure: string,
      mean: Summary | undefined,
      kept: (row: Row) => boolean = () => true,
    ): Entry[] => {
      const own = group.filter((row) =>
        row.label === label && (dataset === averageTitle || row.dataset === dataset) && kept(row)
      );
      return mean ? [{ about: { label, method, dataset, measure, shots, rows: own }, mean }] : [];
    };
    if (protocol === "base-to-new") {
      return baseToNewRows(group).flatMap((row) => [
        ...entry(row, "base", row.base),
        ...entry(row, "new", row.novel),
        ...entry(row, "H", row.harmonic),
      ]);
    }
    if (protocol === "few-shot") {
      return fewShotRows(group).flatMap((row) => entry(row, "accuracy", row.accuracy));
    }
    if (!ofOneSource(protocol)) return [];
    const [{ dataset }] = group as [Row];
    return transferRows(group).flatMap(({ label, method, target, accuracy }) =>
      entry(
        { label, method, dataset },
        target,
        accuracy,
        (row) => target === targetMean ? row.target !== dataset : row.target === target,
      )
    );
  });
}

/** Whether a protocol trains on one set and tests on others: then its tables are of that one. */
function ofOneSource(protocol: string): boolean {
  return protocol === "cross-dataset" || protocol === "domain-generalization";
}

function compare({ about, mean }: Entry): Compared[] {
  const [{ protocol, clip }] = about.rows as [Row];
  return counterparts(about).map(({ value, measure, reported }) => ({
    protocol,
    label: about.label,
    dataset: about.dataset,
    measure,
    reported,
    ours: { ...mean, cells: cellsOf(about) },
    gap: mean.mean - reported,
    inside: judged(reported, mean),
    seeds: seedsInWords({ ...about, protocol, clip, measure }),
    origin: value.origin,
    sources: value.sources,
  }));
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
