/**
 * What a reproduction will cost, in lines.
 *
 * @module
 */
import type { Outlook, Plan } from "../../lab/mod.ts";
import { duration } from "../progress.ts";

/** A row for every experiment (cells, done, time, memory), and one for all where that says more. */
export function outlookLines(
  { experiments, cells }: Plan,
  { done, costs }: Outlook,
  jobs: number,
): string[] {
  const sum = (ids: readonly string[]) => {
    const open = ids.flatMap((id) => costs.get(id) ?? []);
    const seconds = open.reduce((sum, { seconds }) => sum + seconds, 0);
    const bytes = Math.max(...open.map(({ bytes }) => bytes));
    return {
      cells: String(ids.length),
      done: String(ids.filter((id) => done.has(id)).length),
      time: open.length === 0 ? "–" : `about ${duration(seconds / jobs)}`,
      memory: open.length === 0 ? "–" : `${(bytes / 1e9).toFixed(1)} GB`,
    };
  };
  const rows = experiments.map(({ id, cells }) => ({ experiment: id, ...sum(cells) }));
  const whole = {
    experiment: jobs > 1 ? `in all, ${jobs} processes` : "in all",
    ...sum(cells.map(({ id }) => id)),
  };
  const head = {
    experiment: "experiment",
    cells: "cells",
    done: "done",
    time: "time",
    memory: "memory",
  };
  const table = [head, ...rows, ...rows.length > 1 || jobs > 1 ? [whole] : []];
  const keys = Object.keys(head) as (keyof typeof head)[];
  const widths = keys.map((key) => Math.max(...table.map((row) => row[key].length)));
  return table.map((row) =>
    keys.map((key, i) => i === 0 ? row[key].padEnd(widths[i]) : row[key].padStart(widths[i]))
      .join("  ")
  );
}
