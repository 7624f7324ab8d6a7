/**
 * What a reproduction will cost, said before it starts: per experiment the cells that are done and to run, their time and
 * memory, from the cost model and the cells that were timed here before.
 *
 * @module
 */
import type { RunRecord } from "../engine/mod.ts";
import { corrections, type Cost, cost, type Machine, readRecord } from "../protocols/mod.ts";
import type { Choice } from "../cli/reproduce/choose.ts";
import { duration } from "../cli/progress.ts";
import type { ReadyCell } from "./open_lab.ts";

/** What is to come. */
export interface Outlook {
  /** Identities of cells whose records are there. */
  done: Set<string>;
  /** Seconds and bytes of each cell that is not done, by its identity. */
  costs: Map<string, Cost>;
}

/** Looks at what is done in the folder `out`, and estimates the rest. */
export async function lookAhead(
  out: string,
  cells: readonly ReadyCell[],
  machine: Machine,
): Promise<Outlook> {
  const timed: { record: RunRecord; estimate: number }[] = [];
  const costs = new Map<string, Cost>();
  const done = new Set<string>();
  const learned = new Set<string>();
  for (const cell of cells) {
    const { id, training, planned, lab } = cell;
    const record = await readRecord(out, id);
    const estimate = cost(sizesOf(cell), lab.images.clip.config, machine);
    if (record) {
      done.add(id);
      if (!learned.has(training)) timed.push({ record, estimate: estimate.seconds });
    } else {
      // What another cell learns as well is learned once.
      const seconds = learned.has(training) ? 0.1 * estimate.seconds : estimate.seconds;
      costs.set(id, { ...estimate, seconds });
    }
    if (planned.training.epochs > 0) learned.add(training);
  }
  const factor = corrections(timed);
  for (const { id, planned } of cells) {
    const known = costs.get(id);
    if (known) costs.set(id, { ...known, seconds: known.seconds * factor(planned.cell.method) });
  }
  return { done, costs };
}

function sizesOf({ planned }: ReadyCell) {
  const { method, source, training, views, targets } = planned;
  return {
    method,
    classes: source.classNames.length,
    images: source.train.length,
    training,
    views,
    tests: targets.map(({ dataset }) => ({
      classes: dataset.classNames.length,
      images: dataset.test.length,
    })),
  };
}

/** The outlook in lines: a row for every experiment, and the sum. */
export function outlookLines(
  { experiments }: Choice,
  cells: readonly ReadyCell[],
  { done, costs }: Outlook,
  jobs: number,
): string[] {
  const sum = (of: readonly ReadyCell[]) => {
    const open = of.flatMap(({ id }) => costs.get(id) ?? []);
    return {
      cells: String(of.length),
      done: String(of.filter(({ id }) => done.has(id)).length),
      time: open.length === 0 ? "–" : `about ${duration(total(open) / jobs)}`,
      memory: open.length === 0
        ? "–"
        : `${(Math.max(...open.map(({ bytes }) => bytes)) / 1e9).toFixed(1)} GB`,
    };
  };
  const rows = experiments.map(({ id }) => ({
    experiment: id,
    ...sum(cells.filter(({ experiments }) => experiments.has(id))),
  }));
  const whole = {
    experiment: jobs > 1 ? `in all, ${jobs} processes` : "in all",
    ...sum(cells),
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
    keys.map((key, i) => i === 0 ? row[key].padEnd(widths[i]) : row[key].padStart(widths[i])).join(
      "  ",
    )
  );
}

function total(costs: readonly Cost[]): number {
  return costs.reduce((sum, { seconds }) => sum + seconds, 0);
}
