/**
 * From a planned cell to its record on disk, whatever happened before and whoever else is at it.
 *
 * @module
 */
import { dirname } from "node:path";
import {
  type Checkpoint,
  checkpointFile,
  type StackPlace,
  throwIfStopped,
  writeCheckpoint,
} from "../engine/mod.ts";
import { UserError } from "../errors.ts";
import { type Claim, type Claims, sweep } from "./claim.ts";
import { forgetFailure, noteFailure } from "./failures.ts";
import { checkPlace, explained, namesIn, places, removeIfThere } from "./files.ts";
import { type Keep, keepPrompts } from "./kept_prompts.ts";
import type { PlannedCell } from "./plan_cell.ts";
import { type CellEvents, type Lab, runCell } from "./run_cell.ts";
import { readRecord, writeRecord } from "./store.ts";

/** How it ended; `busy`: another process has the cell. */
export type Outcome = { end: "kept" | "made" | "busy" } | { end: "failed"; error: string };

/** A cell, and where its record goes. */
export interface Completion {
  /** The folder of results. */
  out: string;
  /** Claims on cells of that folder. */
  claims: Claims;
  /** The identity of the cell. */
  id: string;
  /** The identity of what it learns, by which it is claimed: cells that have it alike do not learn it side by side. */
  training: string;
  /** Whether other cells learn the same: they go on from where this one's training ended. */
  shares: boolean;
  /** The cell. */
  planned: PlannedCell;
  /** What all cells share. */
  lab: Lab;
  /** What stays of it beside its record; its prompts when not given. No part of its identity: it changes no number. */
  keep?: Keep | undefined;
  /** Its place among cells that train as one. Absent: it trains alone. */
  place?: StackPlace | undefined;
  /** Ends it between two steps, at a checkpoint, or between two batches of a test. */
  signal?: AbortSignal | undefined;
}

/** What happens meanwhile. */
export interface CompletionEvents extends CellEvents {
  /** The cell is this process's now, and has no record yet. */
  onStart?(): void;
  /** Something the user should know, a line. */
  onNote?(line: string): void;
}

/**
 * Runs a cell unless its record is there or another process has it, and notes it when it fails.
 *
 * @throws {UserError} when nothing can be written
 * @throws the signal's reason when it is given
 */
export async function completeCell(
  completion: Completion,
  events: CompletionEvents = {},
): Promise<Outcome> {
  const { out, claims, id, training } = completion;
  if (await readRecord(out, id)) return { end: "kept" };
  const claim = await claims.claim(training);
  if (!claim) return { end: "busy" };
  let done = false;
  try {
    const outcome = await runClaimed(completion, claim, events);
    done = outcome.end === "kept" || outcome.end === "made";
    return outcome;
  } finally {
    await claim.release(done);
  }
}

async function runClaimed(
  { out, id, training, shares, planned, lab, keep = "prompts", place, signal }: Completion,
  claim: Claim,
  events: CompletionEvents,
): Promise<Outcome> {
  const { record, prompts } = places(out, id);
  const { checkpoint } = places(out, training);
  const files = [record, checkpoint, ...keep === "prompts" ? [prompts] : []];
  if (claim.inherited) await sweep(files);
  for (const path of files) await checkPlace(path);
  // Between the look and the claim another process may have finished it. Listing makes NFS look again.
  await namesIn(dirname(record));
  let end: "kept" | "made" = "kept";
  try {
    if (!await readRecord(out, id)) {
      await forgetFailure(out, id);
      events.onStart?.();
      let { epochs } = planned.training;
      const told = noting(events, claim, signal);
      const made = await runCell(planned, lab, {
        ...told,
        place,
        onStep(at) {
          epochs = at.epochs;
          told.onStep?.(at);
        },
        checkpoint: checkpointOf(
          checkpoint,
          fitOf(training, lab),
          claim,
          events,
          () => shares && epochs,
          signal,
        ),
        async keep(learned) {
          if (keep === "none") return;
          keepOnly(claim);
          await keepPrompts(prompts, learned, events.onNote);
        },
      });
      keepOnly(claim);
      await writeRecord(out, id, made);
      end = "made";
    }
  } catch (error) {
    if (error instanceof Taken) return { end: "busy" };
    if (!(error instanceof UserError)) throw error;
    await noteFailure(out, id, planned.cell, error.message);
    return { end: "failed", error: error.message };
  }
  if (!shares) await removeIfThere(checkpoint);
  return { end };
}

/** Half a training by other code would end in numbers that neither code gives: a checkpoint belongs to its commit. */
function fitOf(training: string, { shared: { code, versions } }: Lab): string {
  return JSON.stringify([training, versions, code?.commit]);
}

/** @param last says the epoch after which a snapshot is kept in any case; false for none */
function checkpointOf(
  path: string,
  fit: string,
  claim: Claim,
  events: CompletionEvents,
  last: () => number | false,
  signal?: AbortSignal,
): Checkpoint {
  const file = checkpointFile(path, fit, events.onNote);
  return {
    load: file.load,
    async offer(snapshot) {
      keepOnly(claim);
      const now = snapshot.epoch === last() || signal?.aborted;
      await explained(
        path,
        () => now ? writeCheckpoint(path, fit, snapshot) : file.offer(snapshot),
      );
      throwIfStopped(snapshot, signal);
    },
  };
}

/** Tells the claim what goes on, once a second. */
function noting(events: CellEvents, claim: Claim, signal?: AbortSignal): CellEvents {
  let last = -Infinity;
  const note = (text: string) => {
    if (performance.now() - last < 1000) return;
    last = performance.now();
    claim.note(text);
  };
  return {
    onStep(at) {
      events.onStep?.(at);
      note(`epoch ${at.epoch + 1}/${at.epochs}, loss ${at.loss.toFixed(3)}`);
    },
    onEpoch: (epoch) => events.onEpoch?.(epoch),
    onEvaluation(done, total) {
      signal?.throwIfAborted();
      events.onEvaluation?.(done, total);
      note(`tested ${done}/${total}`);
    },
  };
}

/** The claim went to another process while this one slept. */
class Taken extends Error {}

function keepOnly(claim: Claim): void {
  if (claim.lost()) throw new Taken();
}
