/**
 * A run as it is seen in a terminal: lines for what is to be known, one display for what goes on.
 *
 * @module
 */
import {
  briefly,
  cellWords,
  type Eta,
  eta,
  type LabEvent,
  type Listener,
  type Outlook,
  type Plan,
} from "../../lab/mod.ts";
import type { ReportJson, Value } from "../../report/mod.ts";
import { duration, progress } from "../progress.ts";

/** How a run is shown. */
export interface Shown {
  /** Takes a line. */
  say: (line: string) => void;
  /** Takes what an interruption would leave behind, in a line, where that is not the usual. */
  leaves?: (line: string) => void;
  /** Whether a cluster runs the cells, whose number nobody knows. */
  cluster?: boolean;
  /** Cells, where no plan will say how many. */
  cells?: number;
  /** Whether there are lines alone. */
  silent?: boolean;
}

/** The part of a cell that its training is, where it has one; the rest is its test. */
const TRAINING = 0.9;

/** What shows the events of a run. */
export function display(
  { say, leaves, cluster = false, cells = 0, silent = false }: Shown,
): Listener {
  const shown = progress("cells", { silent });
  const ended = new Set<string>();
  const kept = new Set<string>();
  const begun = performance.now();
  let own = false;
  const told = () => {
    if (own || cluster || cells === 0) return;
    leaves?.(`Continue with the same command: ${kept.size} of ${cells} cells are kept.`);
  };
  let left: Eta | undefined;
  const accuracies = new Map<string, string>();
  const line = (text: string) => {
    shown.clear();
    say(text);
  };
  const show = (note = "") => shown.update(ended.size, cells, note, left?.left());
  const end = (id: string, isKept = false) => {
    ended.add(id);
    if (isKept) kept.add(id);
    told();
    left?.ended(id);
  };
  const stepped = new Set<string>();
  const at = (part: number, { id }: { id: string }, note: string) => {
    left?.at(id, part);
    show(note);
  };
  const on: { [Type in LabEvent["type"]]: (event: LabEvent & { type: Type }) => void } = {
    planned({ out, plan, outlook, jobs }) {
      cells = plan.cells.length;
      const { costs } = outlook;
      const expected = new Map(plan.cells.flatMap(({ id, cell: { method } }) => {
        const known = costs.get(id);
        return known ? [[id, { seconds: known.seconds, method }] as const] : [];
      }));
      if (!cluster) left = eta(expected, Math.max(1, Math.min(jobs, expected.size)));
      outlook.done.forEach((id) => kept.add(id));
      told();
      for (const text of outlookLines(plan, outlook, cluster ? 1 : jobs)) say(text);
      say(`Results go to ${out}.`);
    },
    note: ({ text }) => line(text),
    leaves({ text }) {
      own = true;
      leaves?.(text);
    },
    started({ id }) {
      accuracies.delete(id);
      left?.begun(id);
    },
    step(event) {
      const { id, epoch, epochs, step, steps, loss } = event;
      stepped.add(id);
      const accuracy = accuracies.get(id) ?? "";
      const words = `epoch ${epoch + 1}/${epochs}, loss ${loss.toFixed(3)}${accuracy}`;
      at(TRAINING * (epoch + step / steps) / epochs, event, `${briefly(event.cell)}, ${words}`);
    },
    epoch: ({ id, record }) =>
      void accuracies.set(id, `, accuracy ${record.accuracy.toFixed(0)} %`),
    tested(event) {
      const { id, done, total } = event;
      const before = stepped.has(id) ? TRAINING : 0;
      const part = before + (1 - before) * done / total;
      at(part, event, `${briefly(event.cell)}, tested ${done}/${total}`);
    },
    done: ({ id }) => end(id, true),
    kept: ({ id }) => end(id, true),
    failed({ id, cell, error }) {
      end(id);
      line(`Failed: ${cellWords(cell)}: ${error}`);
    },
    elsewhere({ cells }) {
      for (const { id } of cells) left?.begun(id);
      show(cells.map(({ cell, note }) => `${briefly(cell)}${note && `, ${note}`}`).join(" | "));
    },
    waiting: ({ text }) => show(text),
    ended({ tally: { kept } }) {
      show();
      shown.stop();
      if (kept > 0) say(`${kept} of ${cells} cells were already done.`);
    },
    reported({ files }) {
      say(`Done in ${duration((performance.now() - begun) / 1000)}.`);
      files.forEach((file) => say(`Wrote ${file}`));
    },
  };
  return (event) => (on[event.type] as Listener)(event);
}

/** The averages of a report's experiments, a table each, for the end of a run. */
export function outcomeLines({ experiments, tables }: ReportJson): string[] {
  return experiments.flatMap(({ id, title }) => {
    const table = tables.find((table) => table.id === id);
    const averages = (table?.rows ?? []).filter(({ dataset, target }) =>
      dataset === "average" || String(target).startsWith("mean of")
    );
    if (!table || averages.length === 0) return [];
    const columns = table.columns.filter(({ key }) => key !== "dataset");
    const rows = averages.map((row) => columns.map(({ key }) => inShort(row[key])));
    const lines = [columns.map(({ title }) => title), ...rows];
    const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
    return [
      `${title}, averages:`,
      ...lines.map((line) =>
        line.map((text, i) => i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!)).join(
          "  ",
        )
      ),
    ];
  });
}

/** A mean with what it varies by from seed to seed, to one decimal. */
function inShort(value: Value): string {
  if (typeof value !== "object") return value === undefined ? "–" : String(value);
  if (!("mean" in value)) return value.text;
  const spread = value.sd === undefined ? "" : ` ± ${value.sd.toFixed(1)}`;
  return `${value.mean.toFixed(1)}${spread}`;
}

/** A row for every experiment (cells, done, time, memory), and one for all where that says more. */
export function outlookLines(
  { experiments, cells }: Plan,
  { done, costs }: Outlook,
  jobs: number,
): string[] {
  const sum = (ids: readonly string[], together = 1) => {
    const open = ids.flatMap((id) => costs.get(id) ?? []);
    const seconds = open.reduce((sum, { seconds }) => sum + seconds, 0);
    const bytes = Math.max(...open.map(({ bytes }) => bytes));
    return {
      cells: String(ids.length),
      done: String(ids.filter((id) => done.has(id)).length),
      time: open.length === 0 ? "–" : `about ${duration(seconds / jobs)}`,
      memory: open.length === 0 ? "–" : `${(together * bytes / 1e9).toFixed(1)} GB`,
    };
  };
  const rows = experiments.map(({ id, cells }) => ({ experiment: id, ...sum(cells) }));
  const whole = {
    experiment: jobs > 1 ? `in all, ${jobs} processes` : "in all",
    ...sum(cells.map(({ id }) => id), Math.min(jobs, Math.max(1, costs.size))),
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
    keys.map((key, i) => i === 0 ? row[key].padEnd(widths[i]!) : row[key].padStart(widths[i]!))
      .join("  ")
  );
}
