/**
 * What each method is held to: records of its published code, and the published lines.
 *
 * @module
 */

import { type MethodEvidence, type ReportContext, type Run, titled } from "../context.ts";
import type { ReportTable, Value } from "../table.ts";

/** The id of the table: where rows of runs lead to. */
const id = "evidence";

/** The place, in a page, of what a method is held to; undefined where the report knows nothing of it. */
export function evidenceAnchor(method: string, { evidence }: ReportContext): string | undefined {
  return evidence?.[method] && `${id}-${method}`;
}

/** A row for every record and every published place, method by method. */
export function evidenceTable(records: readonly Run[], context: ReportContext): ReportTable {
  const { evidence = {}, titles } = context;
  const title = titled(titles);
  const methods = [...new Set(records.map(({ cell }) => cell.method))];
  const rows = methods.flatMap((method) =>
    Object.hasOwn(evidence, method)
      ? entries(evidence[method]!).map((entry) => ({
        method,
        label: title(method),
        ...entry,
      }))
      : []
  );
  const without = methods.filter((method) => !Object.hasOwn(evidence, method));
  return {
    id,
    title: "What the methods are held to",
    anchorKey: "method",
    columns: [
      { key: "label", title: "method" },
      { key: "kind", title: "" },
      { key: "what", title: "what" },
      { key: "where", title: "where" },
      { key: "check", title: "checked by" },
    ],
    rows,
    notes: [
      "Records are what the published code computed, step by step, in plumbline's repository: test/fixtures/published/README.md says how each was made. Lines are of the published code, at the commit that was run.",
      ...without.length > 0 && rows.length > 0
        ? [`No published code is known here for ${without.join(", ")}.`]
        : [],
    ],
  };
}

function entries({ records, code }: MethodEvidence): Record<string, Value>[] {
  return [
    ...records.map(({ name, file, page }) => ({
      kind: "record",
      what: page === undefined ? name : { text: name, href: page },
      where: file,
      check: `deno task verify --only ${name}`,
    })),
    ...code.map(({ what, url, repository, commit, file, lines: [first, last] }) => ({
      kind: "published lines",
      what: { text: what, href: url },
      where: `${repository} at ${commit.slice(0, 7)}: ${file}, lines ${first} to ${last}`,
    })),
  ];
}
