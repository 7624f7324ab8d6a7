/**
 * Lock files, safe between processes and, where a folder is shared, between machines. A cell's first lock is `ID.0.json`;
 * who takes over from a dead holder makes the next, `ID.1.json`. None is removed while the cell is not done, so of any
 * number of takers one makes the next file, whatever they believed.
 *
 * A holder is known to be dead by two signs, neither a clock's: on its own machine the kernel has dropped its lock on the
 * file, at once and after SIGKILL too; from elsewhere, where such locks may not reach (Lustre's localflock, NFS's
 * nolock), the file's beat has stood still for as long as the watcher watched.
 *
 * @module
 */
import { join } from "node:path";
import { namesIn, places } from "./files.ts";

/** What a lock file says. */
export interface LockText {
  /** The machine's name. */
  host: string;
  /** The process. */
  pid: number;
  /** Counts up while the holder lives. */
  beat: number;
  /** What it is doing: `epoch 2/10, loss 1.23`. */
  note: string;
  /** The holder gave the cell up: it failed. */
  free?: boolean;
}

/** A lock file that is there. */
export interface FoundLock {
  id: string;
  /** Which taker's, from 0. */
  generation: number;
  path: string;
}

/** Milliseconds between two beats. */
export const BEAT = 2000;

/** A holder elsewhere is dead when its beat has stood still for so many milliseconds of watching. */
export const STALE = 15 * BEAT;

/** Bytes of a lock file: beats overwrite it in place, so it never changes its length. */
const LENGTH = 512;

/** The path of a cell's lock. */
export function lockPath(out: string, id: string, generation: number): string {
  return join(places(out, id).locks, `${id}.${generation}.json`);
}

/** The last lock of every cell that has one. */
export async function lastLocks(out: string): Promise<Map<string, FoundLock>> {
  const found = new Map<string, FoundLock>();
  for (const name of await namesIn(places(out, "").locks)) {
    const [, id, number] = /^(\w+)\.(\d+)\.json$/.exec(name) ?? [];
    const generation = Number(number);
    if (id === undefined || generation < (found.get(id)?.generation ?? 0)) continue;
    found.set(id, { id, generation, path: lockPath(out, id, generation) });
  }
  return found;
}

/** The bytes of a lock file. */
export function lockBytes(text: LockText): Uint8Array {
  const line = (note: string) => new TextEncoder().encode(JSON.stringify({ ...text, note }));
  const full = line(text.note);
  const bytes = new Uint8Array(LENGTH).fill(0x20);
  bytes.set(full.length <= LENGTH ? full : line("").subarray(0, LENGTH));
  return bytes;
}

/** What a lock file says; undefined when it is gone or just being written. */
export async function readLock(path: string): Promise<LockText | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch {
    return undefined;
  }
}

/** Whether the holder on this machine lives; undefined where the file system cannot tell. */
export async function holderLives(path: string): Promise<boolean | undefined> {
  try {
    using file = await Deno.open(path, { read: true, write: true });
    return !await file.tryLock(true);
  } catch {
    return undefined;
  }
}
