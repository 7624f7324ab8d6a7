/**
 * Checkpoints of a fit: one safetensors file with everything that its next step depends on, so that a run that was
 * killed goes on and ends bit for bit as if it had not been.
 *
 * @module
 */
import { builtin } from "../builtin.ts";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../clip/mod.ts";
import type { State } from "../methods/mod.ts";
import type { Streams } from "../random/mod.ts";
import { read, type Tensors, wrap } from "../tensor/mod.ts";
import type { Sums } from "./gradients.ts";
import type { EpochRecord } from "./record.ts";

/** The states of random streams by name, as {@linkcode Streams} gives them. */
export type Drawn = ReturnType<Streams["state"]>;

/** The best epoch so far, as early stopping knows it. */
export interface Best {
  /** The state after the best epoch. */
  state: State;
  /** The accuracy of `state` on the validation images, in percent. */
  accuracy: number;
  /** How many epochs have passed since the best one. */
  since: number;
}

/** Where a fit is: between two steps. */
export interface Position {
  /** The epoch, from 0. */
  epoch: number;
  /** How many steps of the epoch are done. */
  step: number;
  /** Sums over those steps, from which the epoch's record is made. */
  sums: { loss: number; right: number; seen: number; seconds: number; gradients: Sums };
  /** The random streams before the epoch, whose order and views are drawn at its start. */
  atEpoch: Drawn;
  /** The random streams now. */
  now: Drawn;
  /** The epochs that are done. */
  epochs: EpochRecord[];
}

/** A fit between two steps. */
export interface Snapshot extends Position {
  /** The parameters and the optimiser's state between the two steps. */
  state: State;
  /** What early stopping holds on to; absent without it. */
  best?: Best | undefined;
}

/** Where a fit keeps its snapshots. */
export interface Checkpoint {
  /** The last snapshot, whose tensors are the caller's; undefined where there is none that is whole and this fit's. */
  load(): Promise<Snapshot | undefined>;
  /** Keeps the snapshot in place of the last one, if it is time. */
  offer(snapshot: Snapshot): Promise<void>;
}

/** Milliseconds of work that a kill may cost at most. */
const LONGEST = 20_000;

/** The share of the time that writing may take. */
const SHARE = 0.01;

/**
 * Snapshots in the file `path`, written at most every 20 s, and more often where that costs less than a hundredth of the
 * time.
 *
 * @param fit what tells this fit from all others: a file of another is not read
 * @param say told when a file is there that cannot be used
 */
export function checkpointFile(
  path: string,
  fit: string,
  say?: (line: string) => void,
): Checkpoint {
  let cost = 0;
  let last = performance.now();
  return {
    async load() {
      if (!await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return undefined;
      try {
        return await readCheckpoint(path, fit);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        say?.(`The checkpoint cannot be used, so the cell starts again: ${reason}`);
        return undefined;
      }
    },
    async offer(snapshot) {
      if (performance.now() - last < Math.min(LONGEST, cost / SHARE)) return;
      const begun = performance.now();
      await writeCheckpoint(path, fit, snapshot);
      last = performance.now();
      cost = last - begun;
    },
  };
}

/** Writes a snapshot. A kill at any moment leaves the file as it was or as it shall be. */
export async function writeCheckpoint(
  path: string,
  fit: string,
  { state, best, ...position }: Snapshot,
): Promise<void> {
  const tensors = {
    ...await stored("last", state),
    ...best && await stored("best", best.state),
  };
  const at = JSON.stringify({
    ...position,
    best: best && { accuracy: best.accuracy, since: best.since },
    order: Object.keys(tensors),
  });
  await Deno.mkdir(builtin("node:path").dirname(path), { recursive: true });
  const metadata = { format: FORMAT, fit, at, sha256: hash(fit, at, tensors) };
  await writeSafetensors(path, tensors, { metadata });
}

/**
 * Reads a snapshot.
 *
 * @throws {Error} when the file is damaged, or another fit's
 */
export async function readCheckpoint(path: string, fit: string): Promise<Snapshot> {
  const file = await readSafetensors(path);
  if (file.metadata.get("fit") !== fit) {
    throw new Error(`${path} belongs to another cell, or to another version of the code.`);
  }
  if (file.metadata.get("format") !== FORMAT) {
    throw new Error(`${path} is of another version of the format.`);
  }
  const at = file.metadata.get("at") ?? "";
  const found = Object.fromEntries(file.keys.map((key) => [key, file.readFloats(key)]));
  if (file.metadata.get("sha256") !== hash(fit, at, found)) {
    throw new Error(`${path} is damaged: its checksum does not hold.`);
  }
  const { best, order, ...position } = JSON.parse(at);
  // The file sorts its tensors; whoever sums over parameters must meet them in the order they were made in.
  const tensors: Stored = Object.fromEntries(order.map((key: string) => [key, found[key]]));
  return {
    ...position,
    state: restored("last", tensors),
    ...best && { best: { ...best, state: restored("best", tensors) } },
  };
}

type Stored = Record<string, StoredTensor<Float32Array>>;

const groups = ["params", "optimiser", "extra"] as const;

/** The version of what a file holds, and under which names. Version 1, which has no mark, held SGD's momentum alone. */
const FORMAT = "2";

async function stored(which: string, state: State): Promise<Stored> {
  const tensors: Stored = {};
  for (const group of groups) {
    for (const [name, x] of Object.entries(state[group] ?? {})) {
      tensors[`${which}/${group}/${name}`] = { shape: x.shape, data: (await read(x)).slice() };
    }
  }
  return tensors;
}

function restored(which: string, tensors: Stored): State {
  const of = (group: string): Tensors => {
    const prefix = `${which}/${group}/`;
    return Object.fromEntries(
      Object.entries(tensors).filter(([key]) => key.startsWith(prefix)).map((
        [key, { data, shape }],
      ) => [key.slice(prefix.length), wrap(data, shape)]),
    );
  };
  const extra = of("extra");
  return {
    params: of("params"),
    optimiser: of("optimiser"),
    ...Object.keys(extra).length > 0 && { extra },
  };
}

function hash(fit: string, at: string, tensors: Stored): string {
  const sha256 = builtin("node:crypto").createHash("sha256").update(JSON.stringify([fit, at]));
  for (const key of Object.keys(tensors).sort()) {
    const { shape, data } = tensors[key]!;
    sha256.update(JSON.stringify([key, shape]));
    sha256.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return sha256.digest("hex");
}
