/**
 * What a report on many methods has besides: their ranks, how far each is behind the first, and what they cost for what
 * they give.
 *
 * @module
 */

import { type ReportExperiment, type Run, titled } from "./context.ts";
import type { Block } from "./document.ts";
import { costAgainstAccuracy } from "./figures/cost_against_accuracy.ts";
import { differenceDots } from "./figures/difference_dots.ts";
import { labels, latest, over, type Row } from "./rows.ts";
import { cellId } from "./tables/runs.ts";
import { many, rankedBy, ranksTable, standings } from "./tables/ranks.ts";

/**
 * Ranks, distances to the first and cost against accuracy, of an experiment with many methods on one CLIP; of few-shot runs,
 * with the most shots and with the fewest.
 */
export function ranking(
  { id, title }: ReportExperiment,
  rows: readonly Row[],
  runs: readonly Run[],
  titles: Record<string, string> = {},
): Block[] {
  if (new Set(rows.map(({ clip }) => clip)).size !== 1) return [];
  const trained = rows.filter(({ learns }) => learns).map(({ shots }) => shots);
  const ends = rows[0]!.protocol === "few-shot"
    ? [...new Set([Math.max(...trained), Math.min(...trained)])]
    : [undefined];
  return ends.flatMap((shots, i) => {
    const by = rankedBy(rows, shots);
    const named = i === 0 ? { id, title } : {
      id: `${id}/${shots}-shot`,
      title: `${title}, ${shots === 1 ? "one image" : `${shots} images`} of each class`,
    };
    return by ? ranked(named, by, runs, titles) : [];
  });
}

function ranked(
  { id, title }: Pick<ReportExperiment, "id" | "title">,
  { measure, rows }: { measure: string; rows: Row[] },
  runs: readonly Run[],
  titles: Record<string, string>,
): Block[] {
  const found = standings(rows);
  if (found.length < many) return [];
  const behind = found.flatMap(({ label, behind }) =>
    behind ? [{ panel: measure, label, difference: behind }] : []
  );
  const seconds = secondsOf(runs, new Set(rows.map(({ cell }) => cell)), titles);
  const priced = found.flatMap(({ label, method, accuracy }) => {
    const took = seconds.get(label);
    return took === undefined ? [] : [{ label, method, seconds: took, accuracy: accuracy.mean }];
  });
  return [
    { kind: "table", table: ranksTable(id, title, measure, found) },
    {
      kind: "figure",
      svg: differenceDots(
        `${title}: behind ${found[0]!.label}`,
        "averages over data sets, seed by seed; 95 % intervals over seeds",
        "percentage points",
        behind,
      ),
      caption:
        "Orange: behind the first with every plausible mean. Grey: not told apart from it by these seeds.",
    },
    {
      kind: "figure",
      svg: costAgainstAccuracy(`${title}: cost and accuracy`, `${measure}, %`, priced),
      caption: "Accuracy over the seconds that a run trains.",
    },
  ];
}

/** Seconds of training by label, mean over the runs that are ranked. */
function secondsOf(
  runs: readonly Run[],
  kept: ReadonlySet<string>,
  titles: Record<string, string>,
): Map<string, number> {
  const label = labels(runs, titled(titles));
  const own = latest(runs).filter((run) => kept.has(cellId(run)));
  return new Map(
    [...Map.groupBy(own, label)].flatMap(([name, of]) => {
      const mean = over(of.map(({ seconds }) => seconds.training))?.mean;
      return mean === undefined ? [] : [[name, mean]];
    }),
  );
}
