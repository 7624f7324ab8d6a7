/**
 * The papers' averages as rows below ours, where nothing may be held against them: the pattern, not the level.
 *
 * @module
 */

import { quotedFirst, type Reported, reportedSources, sameName } from "../reported.ts";
import type { ReportTable } from "../table.ts";
import { type About, cellsOf, type Fairness, isOfMethod, measured } from "./about.ts";
import { averageTitle } from "./base_to_new.ts";
import { targetMean } from "./transfer.ts";

/**
 * The table with a row for every row that is an average over data sets and has a published counterpart, of methods that
 * the table has in one form, the published one. All values are of one CLIP, so that they can be held against each other.
 *
 * @param abouts what the entries of each row measure, by column
 */
export function withPublished(
  table: ReportTable,
  abouts: readonly ReadonlyMap<string, About>[],
  published: readonly Reported[],
  { form }: Fairness,
): ReportTable {
  const all = abouts.flatMap((row) => [...row.values()]);
  const byMethod = Map.groupBy(all, ({ method }) => method);
  const isOneForm = (of: About) =>
    new Set(byMethod.get(of.method)!.map(({ label }) => label)).size === 1 &&
    cellsOf(of).every(form);
  const usable = new Set(all.filter((of) => isAverage(of) && isOneForm(of)));
  const candidates = published.filter((one) => [...usable].some((of) => has(one, of)));
  const [clip, own] = [...Map.groupBy(candidates, ({ clip }) => clip)]
    .sort(([, a], [, b]) => b.length - a.length)[0] ?? ["", []];
  const used = new Set<Reported>();
  const rows = table.rows.flatMap((row, i) => {
    const mine = [...abouts[i]!].filter(([, of]) => usable.has(of));
    // All measures of a method from one run of it.
    const runs = Map.groupBy(mine, ([, { label, shots }]) => JSON.stringify([label, shots]));
    const found = [...runs.values()].flatMap((group) => {
      const [one] = own.filter((one) => group.some(([, of]) => has(one, of))).sort(quotedFirst);
      if (!one) return [];
      used.add(one);
      return group.filter(([, of]) => has(one, of))
        .map(([key, of]) => [key, measured(one, of.measure)!] as const);
    });
    if (found.length === 0) return [];
    const words = Object.entries(row).filter(([, value]) => typeof value === "string");
    const { key } = table.columns[0]!;
    return [{ ...Object.fromEntries([...words, ...found]), [key]: `${row[key]}, as published` }];
  });
  if (rows.length === 0) return table;
  const sources = [...new Set([...used].flatMap(({ sources }) => sources))]
    .map((key) => `${reportedSources[key]!.title} (${reportedSources[key]!.where})`);
  const note =
    `As published: ${clip} on the papers' own data, to hold the pattern against, not the level. Read in ${
      sources.join("; ")
    }.`;
  return { ...table, rows: [...table.rows, ...rows], notes: [...table.notes, note] };
}

function isAverage({ dataset, measure }: About): boolean {
  return dataset === averageTitle || measure === targetMean;
}

/** Whether a published run has the entry's counterpart. */
function has(one: Reported, of: About): boolean {
  return isOfMethod(one, of) && measured(one, of.measure) !== undefined &&
    (of.measure === targetMean || sameName(one.dataset, of.dataset));
}
