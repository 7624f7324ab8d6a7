/**
 * What the runs of an experiment do otherwise than the papers.
 *
 * @module
 */

import { type ReportContext, type Run, titled } from "../context.ts";
import { labels } from "../rows.ts";
import type { ReportTable } from "../table.ts";

/** A row for every method that deviates in something of its own, after what all have in common. */
export function deviationsTable(
  id: string,
  records: readonly Run[],
  { titles }: ReportContext,
): ReportTable {
  const label = labels(records, titled(titles));
  const methods = [...Map.groupBy(records, label)].map(([name, group]) => ({
    name,
    all: new Set(group.flatMap(({ deviations }) => deviations)),
  }));
  const common = methods.length < 2
    ? new Set<string>()
    : methods.map(({ all }) => all).reduce((a, b) => a.intersection(b));
  const rows = [
    { name: "all", all: common },
    ...methods.map(({ name, all }) => ({ name, all: all.difference(common) })),
  ].filter(({ all }) => all.size > 0).map(({ name, all }) => ({
    label: name,
    deviations: `${[...all].join("; ")}.`,
  }));
  return {
    id: `${id}/deviations`,
    title: "Deviations from the papers",
    columns: [{ key: "label", title: "method" }, { key: "deviations", title: "what differs" }],
    rows,
    notes: [],
  };
}
