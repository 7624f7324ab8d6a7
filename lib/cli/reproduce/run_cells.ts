/**
 * Runs planned cells one after the other, with one display. A cell that fails is noted, and the others go on.
 *
 * @module
 */
import type { Cell } from "../../engine/mod.ts";
import {
  type Claims,
  completeCell,
  type Lab,
  openClaims,
  type Outcome,
  readFailure,
  sweepDone,
} from "../../protocols/mod.ts";
import { progress } from "../progress.ts";
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
 */
export async function runCells(
  cells: readonly ReadyCell[],
  lab: Lab,
  out: string,
  say: (line: string) => void,
): Promise<Tally> {
  using claims = openClaims(out);
  const display = progress("percent");
  const tally: Tally = { made: 0, kept: 0, failed: 0 };
  const busyBefore = new Set<string>();
  const done = new Set<string>();
  const update = (part: number, note: string) => {
    const ended = done.size + tally.failed;
    display.update(Math.floor(100 * (ended + part) / cells.length), 100, note);
  };
  for (let left = [...cells]; left.length > 0;) {
    const busy: ReadyCell[] = [];
    for (const cell of left) {
      const outcome = await complete(cell, lab, out, claims, busyBefore, update, say);
      if (outcome.end === "busy") busy.push(cell);
      else tally[outcome.end]++;
      if (outcome.end === "made" || outcome.end === "kept") done.add(cell.id);
      if (outcome.end === "failed") say(`Failed: ${named(cell.planned.cell)}: ${outcome.error}`);
    }
    for (const { id } of busy) busyBefore.add(id);
    left = busy;
    if (left.length === 0) break;
    update(0, `waiting for ${left.length} that other processes run`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  display.update(100, 100, `${cells.length} cells`);
  display.stop();
  await sweepDone(out, done);
  return tally;
}

async function complete(
  { id, planned }: ReadyCell,
  lab: Lab,
  out: string,
  claims: Claims,
  busyBefore: ReadonlySet<string>,
  update: (part: number, note: string) => void,
  say: (line: string) => void,
): Promise<Outcome> {
  // It failed in the process that was waited for: here it would fail again.
  const failed = busyBefore.has(id) ? await readFailure(out, id) : undefined;
  if (failed) return { end: "failed", error: failed.error };
  const name = named(planned.cell);
  return await completeCell({ out, claims, id, planned, lab }, {
    onNote: say,
    onStep: ({ epoch, epochs, step, steps, loss }) =>
      update(
        0.9 * (epoch + step / steps) / epochs,
        `${name}, epoch ${epoch + 1}/${epochs}, loss ${loss.toFixed(3)}`,
      ),
    onEvaluation: (done, total) => update(0.9 + 0.1 * done / total, `${name}, ${done}/${total}`),
  });
}

/** A cell in words. */
export function named({ method, dataset, shots, seed }: Cell): string {
  return `${method} on ${dataset}, ${shots} shots, seed ${seed}`;
}
