/**
 * What the methods of an experiment cost.
 *
 * @module
 */

import { type Run, titled } from "../context.ts";
import { labels, latest, overRuns } from "../rows.ts";
import type { ReportTable } from "../table.ts";

/** A row for every method: parameters, seconds and memory of a run, of those with the most shots. */
export function costsTable(
  id: string,
  records: readonly Run[],
  titles: Record<string, string> = {},
): ReportTable {
  const label = labels(records, titled(titles));
  const runs = latest(records);
  const most = Math.max(...runs.map(({ cell }) => cell.shots));
  const counted = runs.filter((run) => run.cell.shots === most || run.cell.shots === 0);
  const rows = [...Map.groupBy(counted, label)].map(([name, own]) => ({
    label: name,
    runs: own.length,
    parameters: overRuns(own, ({ parameters }) => parameters),
    training: overRuns(own, ({ seconds }) => seconds.training),
    evaluation: overRuns(own, ({ seconds }) => seconds.evaluation),
    peak: overRuns(own, ({ peakBytes }) => peakBytes / 2 ** 20),
  }));
  return {
    id: `${id}/costs`,
    title: "What a run costs",
    columns: [
      { key: "label", title: "method" },
      { key: "runs", title: "runs", decimals: 0 },
      { key: "parameters", title: "parameters", decimals: 0 },
      { key: "training", title: "training, s", decimals: 1 },
      { key: "evaluation", title: "testing, s", decimals: 1 },
      { key: "peak", title: "peak, MiB", decimals: 0 },
    ],
    rows,
    notes: [
      "Unit: runs, data sets and seeds together. Mean ± sample standard deviation over the runs with the most shots. Seconds are of the machine under “How it was made”, and of whatever else ran on it; what a process keeps from run to run is part of its peak.",
    ],
  };
}
