/**
 * How far a folder of results is, from its files alone: for other terminals, other machines and the display of several
 * processes.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Cell } from "../engine/mod.ts";
import { watch } from "./claim.ts";
import { namesIn, places } from "./files.ts";
import { lastLocks, type LockText } from "./lock_file.ts";

/** A planned cell. */
export interface NamedCell {
  /** The cell's identity, by which its record is named. */
  id: string;
  /** The identity of what it learns, which it is claimed by; its own when not given. */
  training?: string;
  /** The cell itself. */
  cell: Cell;
}

/** How far a folder of results is. */
export interface Standing {
  /** The cells that have a record. */
  done: NamedCell[];
  /** The cells that are being run, with the process that runs each and what it says that it does. */
  running: (NamedCell & Pick<LockText, "host" | "pid" | "note">)[];
  /** The cells that ended in an error. */
  failed: NamedCell[];
  /** The cells that nobody has begun. */
  left: NamedCell[];
}

/** Looks at a folder. */
export type Look = () => Promise<Standing>;

/**
 * What looks at the folder of results `out`. A holder on another machine counts as running until looks half a minute
 * apart show that it is not. Records are counted, not read.
 */
export function standing(out: string, cells: readonly NamedCell[]): Look {
  const holder = watch();
  const ids = async (path: string) =>
    new Set((await namesIn(dirname(path))).map((name) => name.replace(/\.json$/, "")));
  return async () => {
    const [done, failed, locks] = await Promise.all([
      ids(places(out, "").record),
      ids(places(out, "").failure),
      lastLocks(out),
    ]);
    const found: Standing = { done: [], running: [], failed: [], left: [] };
    for (const { id, training = id, cell } of cells) {
      const lock = done.has(id) ? undefined : locks.get(training);
      const held = lock && await holder(lock);
      const text = held && !held.dead ? held.text : undefined;
      // Of cells that learn the same, one runs.
      if (text) locks.delete(training);
      if (done.has(id)) found.done.push({ id, cell });
      else if (text) found.running.push({ id, cell, ...text });
      else if (failed.has(id)) found.failed.push({ id, cell });
      else found.left.push({ id, cell });
    }
    return found;
  };
}
