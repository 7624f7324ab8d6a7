/**
 * One row for every run, with the command that made it, and one for every cell that failed.
 *
 * @module
 */

import type { Cell } from "../../engine/record.ts";
import { type ReportContext, type Run, titled } from "../context.ts";
import { labels, latest } from "../rows.ts";
import { fixed, type ReportTable, type Value } from "../table.ts";
import { evidenceAnchor } from "./evidence.ts";

/** Every run: what came out, how long it took, and which of the `commands` made it. */
export function runsTable(
  records: readonly Run[],
  context: ReportContext,
): { table: ReportTable; commands: string[] } {
  const title = titled(context.titles);
  const label = labels(records, title);
  const shown = latest(records);
  const commands = [...new Set(shown.map(({ command }) => command))];
  const rows = shown.map((record) => ({
    id: cellId(record),
    record: record.id && { text: record.id, href: recordFile(record.id) },
    protocol: record.cell.protocol,
    label: ledTo(label(record), evidenceAnchor(record.cell.method, context)),
    dataset: title(record.cell.dataset),
    shots: record.cell.shots,
    seed: record.cell.seed,
    prompts: promptsOf(record),
    results: record.results.map(({ dataset, classes, metrics }) => {
      const where = dataset === record.cell.dataset ? classes : `${title(dataset)} ${classes}`;
      return `${where} ${fixed(metrics.accuracy, 2)}`;
    }).join(", "),
    parameters: record.parameters,
    training: record.seconds.training,
    evaluation: record.seconds.evaluation,
    total: record.seconds.total,
    peak: record.peakBytes / 2 ** 20,
    command: ledTo(
      `#${commands.indexOf(record.command) + 1}`,
      `${commandAnchor}-${commands.indexOf(record.command) + 1}`,
    ),
  }));
  return {
    commands,
    table: {
      id: "runs",
      title: "Every run",
      cellKey: "id",
      columns: [
        { key: "protocol", title: "protocol" },
        { key: "label", title: "method" },
        { key: "dataset", title: "data set" },
        { key: "shots", title: "shots", decimals: 0 },
        { key: "seed", title: "seed", decimals: 0 },
        { key: "record", title: "record" },
        ...rows.some(({ prompts }) => prompts) ? [{ key: "prompts", title: "prompts" }] : [],
        { key: "results", title: "accuracy, %" },
        { key: "parameters", title: "learned numbers", decimals: 0 },
        { key: "training", title: "training, s", decimals: 1 },
        { key: "evaluation", title: "testing, s", decimals: 1 },
        { key: "total", title: "total, s", decimals: 1 },
        { key: "peak", title: "peak, MiB", decimals: 0 },
        { key: "command", title: "command" },
      ],
      rows,
      notes: [],
    },
  };
}

/** Begins the places of the commands below the table. */
export const commandAnchor = "command";

function ledTo(text: string, anchor: string | undefined): Value {
  return anchor === undefined ? text : { text, href: `#${anchor}` };
}

/** A link to what the run learned, where that was kept. */
function promptsOf({ id, prompts }: Run): Value {
  if (id === undefined || prompts === undefined) return undefined;
  return { text: `${(prompts / 1024).toFixed(1)} KiB`, href: `prompts/${id}.safetensors` };
}

/** The cells that failed, with their errors. */
export function failuresTable(context: ReportContext): ReportTable {
  const title = titled(context.titles);
  return {
    id: "failures",
    title: "Failed",
    columns: [
      { key: "protocol", title: "protocol" },
      { key: "method", title: "method" },
      { key: "dataset", title: "data set" },
      { key: "shots", title: "shots", decimals: 0 },
      { key: "seed", title: "seed", decimals: 0 },
      { key: "error", title: "error" },
    ],
    rows: (context.failures ?? []).map(({ cell, error }) => ({
      ...cell,
      method: title(cell.method),
      dataset: title(cell.dataset),
      error,
    })),
    notes: [],
  };
}

/** What a cell is called in links and in `report.json`: its identity, or its name where the record has none. */
export function cellId({ id, cell, preset }: Pick<Run, "id" | "cell" | "preset">): string {
  return id ?? cellName(cell, preset.name);
}

/** A record's file, relative to the report. */
export function recordFile(id: string): string {
  return `records/${id}.json`;
}

/** A cell in words: protocol/method/preset/data set/shots/seed. */
export function cellName(
  { protocol, method, dataset, shots, seed }: Cell,
  preset?: string,
): string {
  const form = preset === undefined ? [] : [preset];
  return [protocol, method, ...form, dataset, `${shots}-shot`, `seed-${seed}`].join("/");
}
