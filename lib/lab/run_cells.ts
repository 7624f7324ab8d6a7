/**
 * Runs planned cells one after the other, with one display. A cell that fails is noted, and the others go on.
 *
 * @module
 */
import type { Cell } from "../engine/mod.ts";
import {
  type Claims,
  completeCell,
  openClaims,
  type Outcome,
  readFailure,
  sweepDone,
} from "../protocols/mod.ts";
import { progress } from "../cli/progress.ts";
import { eta } from "./eta.ts";
import type { ReadyCell } from "./open_lab.ts";

/** How many cells ended in which way. */
export interface Tally {
  made: number;
  /** Were already done. */
  kept: number;
  failed: number;
}

/** Milliseconds until cells that other processes run are looked at again. */
const PAUSE = 500;

/**
 * Sees to it that each cell has its record in the folder of results `out`, or failed. Cells that other processes run are
 * waited for, and taken over when those die.
 *
 * @param seconds estimates of the cells that are to run, by identity
 */
export async function runCells(
  cells: readonly ReadyCell[],
  out: string,
  say: (line: string) => void,
  seconds: ReadonlyMap<string, number> = new Map(),
): Promise<Tally> {
  using claims = openClaims(out);
  const display = progress("cells");
  const tell = (line: string) => {
    display.clear();
    say(line);
  };
  const left = eta(seconds);
  const tally: Tally = { made: 0, kept: 0, failed: 0 };
  const busyBefore = new Set<string>();
  const done = new Set<string>();
  const show = (note: string) => {
    const known = seconds.size > 0 ? left.left() : undefined;
    display.update(done.size + tally.failed, cells.length, note, known);
  };
  for (let open = [...cells]; open.length > 0;) {
    const busy: ReadyCell[] = [];
    for (const cell of open) {
      const outcome = await complete(cell, out, claims, busyBefore, tell, (part, note) => {
        left.at(cell.id, part);
        show(note);
      });
      if (outcome.end === "busy") busy.push(cell);
      else {
        tally[outcome.end]++;
        left.ended(cell.id);
      }
      if (outcome.end === "made" || outcome.end === "kept") done.add(cell.id);
      if (outcome.end === "failed") tell(`Failed: ${named(cell.planned.cell)}: ${outcome.error}`);
    }
    for (const { id } of busy) busyBefore.add(id);
    open = busy;
    if (open.length === 0) break;
    show(`waiting for ${open.length} that other processes run`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  display.update(done.size + tally.failed, cells.length);
  display.stop();
  const over = cells.filter(({ id, shares }) => done.has(id) && !shares);
  await sweepDone(out, new Set([...done, ...over.map(({ training }) => training)]));
  return tally;
}

async function complete(
  { experiments: _, draft: __, ...cell }: ReadyCell,
  out: string,
  claims: Claims,
  busyBefore: ReadonlySet<string>,
  say: (line: string) => void,
  show: (part: number, note: string) => void,
): Promise<Outcome> {
  // It failed in the process that was waited for: here it would fail again.
  const failed = busyBefore.has(cell.id) ? await readFailure(out, cell.id) : undefined;
  if (failed) return { end: "failed", error: failed.error };
  const name = brief(cell.planned.cell);
  let accuracy = "";
  return await completeCell({ out, claims, ...cell }, {
    onNote: say,
    onStep: ({ epoch, epochs, step, steps, loss }) =>
      show(
        0.9 * (epoch + step / steps) / epochs,
        `${name}, epoch ${epoch + 1}/${epochs}, loss ${loss.toFixed(3)}${accuracy}`,
      ),
    onEpoch: (epoch) => accuracy = `, accuracy ${epoch.accuracy.toFixed(0)} %`,
    onEvaluation: (done, total) =>
      show(0.9 + 0.1 * done / total, `${name}, tested ${done}/${total}`),
  });
}

/** A cell in words. */
export function named(cell: Cell): string {
  return `${cell.protocol}, ${brief(cell)}`;
}

/** A cell in the words that a line of a terminal has room for. */
export function brief({ method, dataset, shots, seed }: Cell): string {
  return `${method} on ${dataset}, ${shots} shots, seed ${seed}`;
}
