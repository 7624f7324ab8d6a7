/**
 * The report on a set of runs: what was measured, beside what was published, and everything a reader needs to believe,
 * repeat or doubt it.
 *
 * @module
 */

import { assumptions } from "./assumptions.ts";
import { comparisons } from "./comparisons.ts";
import type { ReportContext, ReportExperiment, Run } from "./context.ts";
import type { Block, Document } from "./document.ts";
import { html } from "./html.ts";
import { inShort } from "./in_short.ts";
import { type ReportJson, reportJson } from "./json.ts";
import { ranking } from "./many.ts";
import { markdown } from "./markdown.ts";
import { incomparable, isPublishedForm } from "./reported.ts";
import { results } from "./results.ts";
import { roundingBlocks } from "./rounding.ts";
import { rowsOf } from "./rows.ts";
import { comparison } from "./tables/comparison.ts";
import { costsTable } from "./tables/costs.ts";
import { deviationsTable } from "./tables/deviations.ts";
import { gradientsTable } from "./tables/gradients.ts";
import { measuresTable } from "./tables/measures.ts";
import { evidenceTable } from "./tables/evidence.ts";
import { cellId, commandAnchor, failuresTable, runsTable } from "./tables/runs.ts";
import { machinesTable, settingsTable } from "./tables/settings.ts";
import { training } from "./training.ts";

/** A report in its three forms. */
export interface Rendered {
  /** The report as Markdown, for repositories and terminals. */
  markdown: string;
  /** The report as an HTML page that needs no network and no script. */
  html: string;
  /** The report as plain data, for programs. */
  json: ReportJson;
  /** Of the methods' papers, as BibTeX, where the context has it. */
  references?: string;
}

/**
 * Reports on runs. The same records and context give the same report, whatever the day.
 *
 * @param records in the order in which methods and data sets shall appear
 *
 * @example
 * ```ts
 * import { report } from "@plumbline/plumbline/report";
 * import assert from "node:assert/strict";
 * const { markdown } = report([], { headline: "Nothing ran.", command: "deno task reproduce" });
 * assert.equal(markdown.split("\n")[0], "# Nothing ran.");
 * ```
 */
export function report(records: readonly Run[], context: ReportContext): Rendered {
  const experiments = context.experiments ?? byProtocol(records, context);
  const document = { headline: context.headline, blocks: blocks(records, context, experiments) };
  return {
    markdown: markdown(document),
    html: html(document),
    json: reportJson(document, records, context, experiments),
    ...context.references !== undefined && { references: context.references },
  };
}

/** An experiment for every protocol. */
function byProtocol(records: readonly Run[], { command }: ReportContext): ReportExperiment[] {
  return [...Map.groupBy(records, ({ cell }) => cell.protocol)].map(([protocol, group]) => ({
    ...{ id: protocol, protocol, command, about: "" },
    title: protocol.charAt(0).toUpperCase() + protocol.slice(1),
    cells: group.map(cellId),
  }));
}

function blocks(
  records: readonly Run[],
  context: ReportContext,
  experiments: readonly ReportExperiment[],
): Document["blocks"] {
  const rows = rowsOf(records, context);
  const byId = Map.groupBy(records, cellId);
  const { table: runs, commands } = runsTable(records, context);
  const { table: compared, sources, reasons } = comparison(records, context);
  const missing = context.missing ?? [];
  const failures = failuresTable(context);
  const evidence = evidenceTable(records, context);
  return [
    { kind: "text", text: summaryOf(records, failures.rows.length) },
    { kind: "code", text: context.command },
    ...section("In short", shortOf(records, context, experiments, byId)),
    ...section("What is missing", [
      ...some(missing, (items): Block => ({ kind: "list", items })),
      ...some(failures.rows, (): Block => ({ kind: "table", table: failures })),
    ]),
    ...experiments.flatMap((experiment) => ofExperiment(experiment, byId, context)),
    ...section("Beside published values", [
      ...some(compared.rows, (): Block => ({ kind: "table", table: compared })),
      ...sources.map((text): Block => ({ kind: "text", text })),
      ...some(reasons, (items): Block => ({ kind: "list", items })),
    ]),
    ...section("How it was made", [
      { kind: "table", table: machinesTable(records) },
      ...some(assumptions(records, context), (items): Block[] => [
        { kind: "text", text: "What was assumed of data and weights, and what was left out:" },
        { kind: "list", items },
      ]),
      { kind: "table", table: settingsTable(records, context), ...folded },
      { kind: "table", table: measuresTable(rows), ...folded },
      { kind: "table", table: runs, ...folded },
      { kind: "text", text: "The commands that made the runs, by the numbers in the table above:" },
      { kind: "list", items: commands, numbered: true, anchor: commandAnchor },
      ...some(evidence.rows, (): Block => ({ kind: "table", table: evidence, detail: true })),
    ]),
  ];
}

function ofExperiment(
  experiment: ReportExperiment,
  byId: ReadonlyMap<string, Run[]>,
  context: ReportContext,
): Block[] {
  const own = experiment.cells.flatMap((id) => byId.get(id) ?? []);
  const { about, command } = experiment;
  const fair = new Set(own.filter((run) => incomparable(run) === undefined).map(cellId));
  const form = new Set(own.filter(isPublishedForm).map(cellId));
  const deviations = deviationsTable(experiment.id, own, context);
  const gradients = gradientsTable(experiment.id, own, context.titles);
  return own.length === 0 ? [] : [
    { kind: "heading", text: experiment.title },
    ...about === "" ? [] : [{ kind: "text" as const, text: about }],
    ...command === context.command ? [] : [{ kind: "code" as const, text: command }],
    ...results(experiment, rowsOf(own, context), {
      fair: (cell) => fair.has(cell),
      form: (cell) => form.has(cell),
    }),
    ...roundingBlocks(own, context.rounding ?? [], context.titles),
    ...ranking(experiment, rowsOf(own, context), own, context.titles),
    ...some(deviations.rows, (): Block => ({ kind: "table", table: deviations, detail: true })),
    ...some(gradients.rows, (): Block => ({ kind: "table", table: gradients, folded: true })),
    { kind: "table", table: costsTable(experiment.id, own, context.titles), folded: true },
    ...training(own, context.titles),
  ];
}

/** A page opens with no more comparisons of an experiment than this; a report on twenty methods has a hundred. */
const READ = 30;

/** What each experiment shows, and on what. */
function shortOf(
  records: readonly Run[],
  context: ReportContext,
  experiments: readonly ReportExperiment[],
  byId: ReadonlyMap<string, Run[]>,
): Block[] {
  const parts = experiments.flatMap(({ id, title, cells }) => {
    const rows = rowsOf(cells.flatMap((cell) => byId.get(cell) ?? []), context);
    const clips = Map.groupBy(rows, ({ clip }) => clip);
    return [...clips].map(([clip, own]) => ({
      title,
      own,
      short: inShort(
        own,
        `${clips.size > 1 ? `${id}/${clip}` : id}/in-short`,
        `${title}, CLIP ${clip}: in short`,
      ),
    }));
  });
  const told = parts.flatMap(({ title, short }): Block[] =>
    short
      ? [
        { kind: "text", text: `${title}: ${lowered(short.sentence)}` },
        { kind: "table", table: short.table, folded: short.table.rows.length > READ },
      ]
      : []
  );
  if (told.length === 0) return [];
  const few = parts.flatMap(({ title, own, short }) =>
    short || comparisons(own).length === 0 ? [] : [title]
  );
  const other = new Set(
    records.flatMap(({ clip }) => clip.published === true ? [] : [clip.description]),
  );
  return [
    {
      kind: "text",
      text:
        "Each row is a difference between two methods. It is decided where its whole 95 % interval lies on one side of 0.",
    },
    ...told,
    ...some(few, (titles): Block => ({
      kind: "text",
      text: `Of fewer than four data sets nothing is said in general: ${titles.join(", ")}.`,
    })),
    ...some([...other], (clips): Block => ({
      kind: "text",
      text:
        `The published values are of OpenAI's CLIP and photographs; these are of ${
          clips.join("; ")
        }. Where the two differ, that is the first reason to look at: whether a paper's numbers hold is decided by ` +
        "the paper's weights and data (--preset paper), not here.",
    })),
  ];
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Long tables of what the cells are. */
const folded = { folded: true, detail: true };

function summaryOf(records: readonly Run[], failed: number): string {
  if (records.length === 0) return `No run is done, ${failed} failed.`;
  const count = <T>(of: (record: Run) => T) => new Set(records.map(of)).size;
  const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const days = records.map(({ started }) => started.slice(0, 10)).sort();
  const when = days[0] === days.at(-1) ? days[0] : `${days[0]} to ${days.at(-1)}`;
  return `A report of plumbline on ${plural(records.length, "run")}: ` +
    `${plural(count(({ cell }) => cell.method), "method")}, ` +
    `${plural(count(({ cell }) => cell.dataset), "data set")}, ` +
    `${plural(count(({ cell }) => cell.seed), "seed")}; started ${when}. ` +
    (failed === 0 ? "No cell failed." : `${plural(failed, "cell")} failed.`);
}

function section(heading: string, blocks: Block[]): Block[] {
  return blocks.length === 0 ? [] : [{ kind: "heading", text: heading }, ...blocks];
}

function some<T>(items: T[], then: (items: T[]) => Block | Block[]): Block[] {
  return items.length === 0 ? [] : [then(items)].flat();
}
