/**
 * What a run will cost, known before it starts: the cells that are done and to run, their time and memory, from the cost
 * model and the cells that were timed here before.
 *
 * @module
 */
import type { RunRecord } from "../engine/mod.ts";
import { corrections, type Cost, cost, type Machine, readRecord } from "../protocols/mod.ts";
import type { ReadyCell } from "./open_cells.ts";

/** What is to come. */
export interface Outlook {
  /** Identities of cells whose records are there. */
  done: Set<string>;
  /** Seconds and bytes of each cell that is not done, by its identity. */
  costs: Map<string, Cost>;
}

/**
 * Looks at what is done in the folder `out`, and estimates the rest.
 *
 * @param measure what the machine does, asked where something is left to do
 * @param stack how many cells train as one, where they can
 */
export async function lookAhead(
  out: string,
  cells: readonly ReadyCell[],
  measure: () => Promise<Machine>,
  stack = 1,
): Promise<Outlook> {
  const timed: { record: RunRecord; estimate: number }[] = [];
  const costs = new Map<string, Cost>();
  const records = new Map<string, RunRecord>();
  for (const { id } of cells) {
    const record = await readRecord(out, id);
    if (record) records.set(id, record);
  }
  const done = new Set(records.keys());
  if (done.size === cells.length) return { done, costs };
  const machine = await measure();
  const learned = new Set<string>();
  for (const cell of cells) {
    const { id, training, planned, lab } = cell;
    const record = records.get(id);
    const estimate = cost(sizesOf(cell, stack), lab.images.clip.config, machine);
    if (record) {
      if (!learned.has(training)) timed.push({ record, estimate: estimate.seconds });
    } else {
      // Cells that share a training train once.
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

function sizesOf({ planned, alike }: ReadyCell, stack: number) {
  const { method, source, training, views, targets } = planned;
  return {
    method,
    classes: source.classNames.length,
    images: source.train.length,
    training,
    views,
    stacked: alike === undefined ? 1 : stack,
    tests: targets.map(({ dataset }) => ({
      classes: dataset.classNames.length,
      images: dataset.test.length,
    })),
  };
}
