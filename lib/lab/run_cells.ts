/**
 * Runs cells in this process, one after the other or in stacks. One that fails is noted, and the others go on.
 *
 * @module
 */
import {
  completeCell,
  type Keep,
  openClaims,
  type Outcome,
  readFailure,
  sweepDone,
} from "../protocols/mod.ts";
import { lasting, pause } from "../waiting.ts";
import type { Listener, Tally } from "./events.ts";
import type { ReadyCell } from "./open_cells.ts";
import { type Among, runStack } from "./run_stack.ts";
import { stacksOf } from "./stacks.ts";

/** Milliseconds until cells that other processes run are looked at again. */
const PAUSE = 500;

/** How cells are run. */
export interface Running {
  /** The folder of results. */
  out: string;
  /** What stays of each cell beside its record. */
  keep?: Keep | undefined;
  /** How many train as one, where they can. Default 1. */
  stack?: number | undefined;
  /** Is told every event, as it happens. */
  tell: Listener;
  /** Ends the run: the cell at hand leaves its checkpoint. */
  signal?: AbortSignal | undefined;
}

/**
 * Sees to it that each cell has its record in the folder of results `out`, or failed. Cells that other processes run are
 * waited for, and taken over when those die.
 *
 * @throws the signal's reason when it is given
 */
export async function runCells(
  cells: readonly ReadyCell[],
  { out, keep, stack = 1, tell, signal }: Running,
): Promise<Tally> {
  using opened = new DisposableStack();
  const claims = Array.from({ length: stack }, () => opened.use(openClaims(out)));
  const tally: Tally = { made: 0, kept: 0, failed: 0 };
  const busyBefore = new Set<string>();
  const done = new Set<string>();
  let waiting: number | undefined;
  const run = async (ready: ReadyCell, among: Among): Promise<Outcome["end"]> => {
    const { id, planned: { cell } } = ready;
    const outcome = await complete(ready, { out, keep, tell, signal, busyBefore, ...among });
    if (outcome.end === "busy") return outcome.end;
    tally[outcome.end]++;
    if (outcome.end === "failed") tell({ type: "failed", id, cell, error: outcome.error });
    else {
      done.add(id);
      tell({ type: outcome.end === "made" ? "done" : "kept", id, cell });
    }
    return outcome.end;
  };
  try {
    for (let open = [...cells]; open.length > 0;) {
      const left: ReadyCell[] = [];
      for (const group of stacksOf(open, stack)) {
        signal?.throwIfAborted();
        const { busy, skipped } = await runStack(group, claims, run);
        for (const { id } of busy) busyBefore.add(id);
        left.push(...busy, ...skipped);
      }
      if (left.length < open.length) waiting = undefined;
      open = left;
      if (open.length === 0) break;
      const since = lasting(performance.now() - (waiting ??= performance.now()));
      const holder = claims[0]!.holder(open[0]!.training);
      tell({
        type: "waiting",
        text: `waiting for ${open.length} that other processes run${
          holder ? ` (${holder})` : ""
        }, for ${since} now`,
      });
      await pause(PAUSE);
    }
  } finally {
    const over = cells.filter(({ id, shares }) => done.has(id) && !shares);
    await sweepDone(out, new Set([...done, ...over.map(({ training }) => training)]));
  }
  return tally;
}

async function complete(
  { experiments: _, draft: __, alike: ___, ...ready }: ReadyCell,
  { out, keep, claims, place, busyBefore, tell, signal, onStart }:
    & Omit<Running, "stack">
    & Among
    & { busyBefore: ReadonlySet<string> },
): Promise<Outcome> {
  // It failed in the process that was waited for: here it would fail again.
  const failed = busyBefore.has(ready.id) ? await readFailure(out, ready.id) : undefined;
  if (failed) return { end: "failed", error: failed.error };
  const { id, planned: { cell } } = ready;
  return await completeCell({ out, keep, claims, ...ready, place, signal }, {
    onNote: (text) => tell({ type: "note", text }),
    onStart() {
      tell({ type: "started", id, cell });
      onStart();
    },
    onStep: (at) => tell({ type: "step", id, cell, ...at }),
    onEpoch: (record) => tell({ type: "epoch", id, cell, record }),
    onEvaluation: (done, total) => tell({ type: "tested", id, cell, done, total }),
  });
}
