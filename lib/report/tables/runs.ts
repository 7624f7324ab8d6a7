/**
 * One row for every run, with the command that made it, and one for every cell that failed.
 *
 * @module
 */

import type { RunRecord } from "../../engine/record.ts";
import type { ReportContext } from "../context.ts";
import { labels, latest } from "../rows.ts";
import { fixed, type ReportTable } from "../table.ts";

/** Every run: what came out, how long it took, and which of the `commands` made it. */
export function runsTable(
  records: readonly RunRecord[],
  context: ReportContext,
): { table: ReportTable; commands: string[] } {
  const title = (name: string) => context.titles?.[name] ?? name;
  const label = labels(records, title);
  const shown = latest(records);
  const commands = [...new Set(shown.map(({ command }) => command))];
  const rows = shown.map((record) => ({
    id: cellId(record),
    protocol: record.cell.protocol,
    label: label(record),
    dataset: title(record.cell.dataset),
    shots: record.cell.shots,
    seed: record.cell.seed,
    results: record.results.map(({ dataset, classes, metrics }) => {
      const where = dataset === record.cell.dataset ? classes : `${title(dataset)} ${classes}`;
      return `${where} ${fixed(metrics.accuracy, 2)}`;
    }).join(", "),
    parameters: record.parameters,
    training: record.seconds.training,
    evaluation: record.seconds.evaluation,
    total: record.seconds.total,
    peak: record.peakBytes / 2 ** 20,
    command: `#${commands.indexOf(record.command) + 1}`,
  }));
  return {
    commands,
    table: {
      id: "runs",
      title: "Every run",
      columns: [
        { key: "protocol", title: "protocol" },
        { key: "label", title: "method" },
        { key: "dataset", title: "data set" },
        { key: "shots", title: "shots", decimals: 0 },
        { key: "seed", title: "seed", decimals: 0 },
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

/** The cells that failed, with their errors. */
export function failuresTable(context: ReportContext): ReportTable {
  const title = (name: string) => context.titles?.[name] ?? name;
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

/** What a cell is called in links and in `report.json`. */
export function cellId({ cell, preset }: Pick<RunRecord, "cell" | "preset">): string {
  const { protocol, method, dataset, shots, seed } = cell;
  return [protocol, method, preset.name, dataset, `${shots}-shot`, `seed-${seed}`].join("/");
}
