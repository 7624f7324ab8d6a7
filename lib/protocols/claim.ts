/**
 * Claims on cells: of all processes that work in one folder of results, on any machine, one runs a cell.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { UserError } from "../errors.ts";
import { lasting } from "../waiting.ts";
import { explained, namesIn, places, removeIfThere, writeAll } from "./files.ts";
import type { Answer, Order } from "./heartbeat.ts";
import {
  type FoundLock,
  holderLives,
  lastLocks,
  lockBytes,
  lockPath,
  lockPulse,
  type LockText,
  lockText,
  MOST_TAKERS,
  STALE,
  STUCK,
} from "./lock_file.ts";

/** A cell that this process, and no other, runs. */
export interface Claim {
  /** Whether another process died over the cell. */
  inherited: boolean;
  /** Says what is being done, for `status`. */
  note(text: string): void;
  /** Whether another process took over because this one seemed dead. */
  lost(): boolean;
  /** Ends the claim; `done` when the cell's record is there. */
  release(done: boolean): Promise<void>;
}

/** Claims cells of one folder of results. Holds a thread until disposed of. */
export interface Claims extends Disposable {
  /**
   * Claims a cell, by its identity or that of what it learns; undefined while another process has it.
   *
   * @throws {UserError} when that process lives and has not moved for ten minutes
   */
  claim(id: string): Promise<Claim | undefined>;
  /** Who has a cell, as far as that was seen when it was asked for last: `process 12 on node1, epoch 2/10`. */
  holder(id: string): string | undefined;
}

/**
 * Opens the claims of the folder of results `out`. One cell is claimed at a time.
 *
 * @param now milliseconds of a clock that nobody sets
 */
export function openClaims(out: string, now?: () => number): Claims {
  const worker = new Worker(new URL("./heartbeat.ts", import.meta.url), { type: "module" });
  const order = (order: Order) => worker.postMessage(order);
  let lost: Answer["lost"];
  let rests = () => {};
  worker.onmessage = ({ data }: MessageEvent<Answer>) => data.rests ? rests() : lost = data.lost;
  const look = watch(now);
  const holders = new Map<string, LockText | undefined>();

  async function take(id: string, generation: number): Promise<Claim | undefined> {
    if (generation > MOST_TAKERS) {
      const { locks } = places(out, id);
      throw new UserError(
        `${locks} says that ${generation} processes died over the cell ${id}: remove its files there, and run again.`,
      );
    }
    const text: LockText = { host: Deno.hostname(), pid: Deno.pid, beat: 0, note: "" };
    const path = lockPath(out, id, generation);
    const file = await explained(path, () => makeLock(path, text));
    if (!file) return undefined;
    order({ keep: { out, id, generation, text } });
    return {
      inherited: generation > 0,
      note: (note) => order({ note }),
      lost: () => lost?.id === id && lost.generation === generation,
      async release(done) {
        await new Promise<void>((resolve) => (rests = resolve, order({})));
        try {
          if (!done) {
            await explained(path, () => writeAll(file, lockBytes({ ...text, free: true })));
          }
        } finally {
          file.close(); // the kernel's lock goes with it: nobody waits for this one
        }
        if (!done) return;
        for (let made = generation; made >= 0; made--) await removeIfThere(lockPath(out, id, made));
      },
    };
  }

  return {
    async claim(id) {
      const last = (await lastLocks(out)).get(id);
      if (!last) return await take(id, 0);
      const { dead, still, text } = await look(last);
      holders.set(id, text);
      if (dead) return await take(id, last.generation + 1);
      if (still > STUCK) throw hangs(last, still, text);
    },
    holder(id) {
      const text = holders.get(id);
      return text && `process ${text.pid} on ${text.host}${text.note && `, ${text.note}`}`;
    },
    [Symbol.dispose]: () => worker.terminate(),
  };
}

/** Removes what is no longer needed of what is done: `ids` of cells, and of trainings that no other cell waits for. */
export async function sweepDone(out: string, ids: ReadonlySet<string>): Promise<void> {
  const { checkpoint, failure, locks } = places(out, "");
  for (const folder of [dirname(checkpoint), dirname(failure), locks]) {
    for (const name of await namesIn(folder)) {
      if (ids.has(name.split(".")[0]!)) await removeIfThere(join(folder, name));
    }
  }
}

/** Removes what a process that died over a cell left half written of its files. The cell must be claimed. */
export async function sweep(files: readonly string[]): Promise<void> {
  for (const path of files) {
    for (const name of await namesIn(dirname(path))) {
      if (name.startsWith(`${basename(path)}.`)) await removeIfThere(join(dirname(path), name));
    }
  }
}

/**
 * Makes a lock file that the kernel knows to be held from the moment it has its name, unless there is one of that name.
 * A link is the one way to do so that is exclusive on every shared file system.
 */
async function makeLock(path: string, text: LockText): Promise<Deno.FsFile | undefined> {
  const own = `${path}.${crypto.randomUUID()}`;
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(own, { createNew: true, write: true });
  try {
    // Where the file system has no such locks, the beat alone tells.
    await file.lock(true).catch(() => {});
    await writeAll(file, lockBytes(text));
    await file.syncData();
    await file.seek(0, Deno.SeekMode.Start);
    await Deno.link(own, path);
    return file;
  } catch (error) {
    file.close();
    if (error instanceof Deno.errors.AlreadyExists) return undefined;
    throw error;
  } finally {
    // A name that stays goes with the cell's other files; the lock is held or not whatever becomes of it.
    await Deno.remove(own).catch(() => {});
  }
}

function hangs({ path }: FoundLock, still: number, text: LockText | undefined): UserError {
  const who = text ? `process ${text.pid} on ${text.host}` : "a process";
  const end = text ? `end it (kill ${text.pid} there)` : "end it";
  return new UserError(
    `${path} is held by ${who}, which has not moved for ${
      lasting(still)
    }: ${end} and run the same command again; ` +
      "finished cells are kept.",
  );
}

/** What a look at a lock shows. */
export interface Holder {
  /** It died, or gave the cell up. */
  dead: boolean;
  /** Milliseconds of watching for which its file has not changed. */
  still: number;
  /** What it says, where it says anything. */
  text?: LockText | undefined;
}

/**
 * What looks at the holders of locks: the kernel's lock and the beat decide, then the text. Remembers what it saw, to see
 * what stands still.
 *
 * @param now milliseconds of a clock that nobody sets
 */
export function watch(
  now: () => number = () => performance.now(),
): (lock: FoundLock) => Promise<Holder> {
  const seen = new Map<string, { pulse: string; since: number }>();
  return async ({ path }) => {
    const pulse = await lockPulse(path);
    if (pulse === undefined) return { dead: false, still: 0 }; // gone: the next look finds another or none
    if (seen.get(path)?.pulse !== pulse) seen.set(path, { pulse, since: now() });
    const still = now() - seen.get(path)!.since;
    const lives = await holderLives(path);
    const text = lockText(pulse);
    const here = text?.host === Deno.hostname();
    const dead = text?.free === true || (!lives && (here && lives === false || still > STALE));
    return { dead, still, text };
  };
}
