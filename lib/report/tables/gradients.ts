/**
 * What the methods' gradients were like in training: the statistics that each method's steps tell of.
 *
 * @module
 */

import { type Run, titled } from "../context.ts";
import { labels, latest, overRuns } from "../rows.ts";
import type { ReportTable } from "../table.ts";

/** A row for every method, data set and statistic: its mean over a run's epochs, over the runs with the most shots. */
export function gradientsTable(
  id: string,
  records: readonly Run[],
  titles: Record<string, string> = {},
): ReportTable {
  const title = titled(titles);
  const label = labels(records, title);
  const told = latest(records).filter(({ epochs }) => epochs.some(({ gradients }) => gradients));
  const most = Math.max(...told.map(({ cell }) => cell.shots));
  const groups = Map.groupBy(
    told.filter(({ cell }) => cell.shots === most),
    (run) => JSON.stringify([label(run), run.cell.dataset]),
  );
  const rows = [...groups.values()].flatMap((runs) => {
    const names = new Set(
      runs.flatMap(({ epochs }) => epochs.flatMap(({ gradients = {} }) => Object.keys(gradients))),
    );
    return [...names].map((statistic) => ({
      label: label(runs[0]!),
      dataset: title(runs[0]!.cell.dataset),
      statistic,
      mean: overRuns(runs, (run) => meanOf(run, statistic)),
    }));
  });
  return {
    id: `${id}/gradients`,
    title: "Gradients in training",
    columns: [
      { key: "label", title: "method" },
      { key: "dataset", title: "data set" },
      { key: "statistic", title: "statistic" },
      { key: "mean", title: "mean", decimals: 4 },
    ],
    rows,
    notes: [
      "Unit: seeds. Of the runs with the most shots: each statistic's mean over a run's steps, then mean ± sample standard deviation over seeds. docs/report.md says what they are.",
    ],
  };
}

function meanOf({ epochs }: Run, statistic: string): number {
  const values = epochs.flatMap(({ gradients }) => gradients?.[statistic] ?? []);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
