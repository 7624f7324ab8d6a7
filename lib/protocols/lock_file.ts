/**
 * Lock files, safe between processes and, where a folder is shared, between machines. A cell's first lock is `ID.0.json`;
 * who takes over from a dead holder makes the next, `ID.1.json`. None is removed while the cell is not done, so of any
 * number of takers one makes the next file, whatever they believed.
 *
 * A holder is known to be dead by two signs, neither a clock's: on its own machine the kernel has dropped its lock on the
 * file, at once and after SIGKILL too; from elsewhere, where such locks may not reach (Lustre's localflock, NFS's
 * nolock), the file has stood still for as long as the watcher watched. What the file says comes after both: one that was
 * emptied by a loss of power stands still like any other.
 *
 * @module
 */
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { number, object, text } from "../shape.ts";
import { namesIn, places } from "./files.ts";

/** What a lock file says. */
export interface LockText {
  /** The machine's name. */
  host: string;
  /** The process's id. */
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

/** One whom the kernel knows to live, but whose beat has stood still for so long, hangs: nothing more is waited for. */
export const STUCK = 300 * BEAT;

/** Takers of one cell, each after the death of the one before. */
export const MOST_TAKERS = 100_000;

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
    const [, id, number] = /^(\w+)\.(\d{1,6})\.json$/.exec(name) ?? [];
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

/**
 * The bytes of a lock file as they are now, which a holder that lives changes with every beat; undefined when it is gone.
 *
 * @throws {UserError} when it is no file
 */
export async function lockPulse(path: string): Promise<string | undefined> {
  try {
    if (!(await Deno.lstat(path)).isFile) {
      throw new UserError(`${path} is no file, but a lock's place: move it away.`);
    }
    using file = await Deno.open(path);
    const bytes = new Uint8Array(LENGTH);
    return new TextDecoder().decode(bytes.subarray(0, await file.read(bytes) ?? 0));
  } catch (error) {
    if (error instanceof UserError) throw error;
    return undefined;
  }
}

/** What the bytes of a lock file say; undefined where they say nothing: just being written, or damaged. */
export function lockText(pulse: string): LockText | undefined {
  try {
    const value: unknown = JSON.parse(pulse);
    return shape(value, "") === undefined ? value as LockText : undefined;
  } catch {
    return undefined;
  }
}

const shape = object({ host: text, pid: number, beat: number, note: text });

/** What a lock file says; undefined when it is gone or says nothing. */
export async function readLock(path: string): Promise<LockText | undefined> {
  const pulse = await lockPulse(path);
  return pulse === undefined ? undefined : lockText(pulse);
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
