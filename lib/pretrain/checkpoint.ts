/**
 * Checkpoints of pre-training: one safetensors file with all that the next step depends on. The pairs depend on the step's
 * number alone, so no random state is among it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { UserError } from "../errors.ts";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../clip/mod.ts";
import { array, number, object, record, text } from "../shape.ts";
import { read, type Tensors, wrap } from "../tensor/mod.ts";
import type { PretrainLogEntry } from "./pretrain.ts";
import type { PretrainState } from "./step.ts";

const groups = ["params", "optimiser"] as const;

/** Of what a file holds and under which names; in 1 each optimiser had its own. */
export const CHECKPOINT_FORMAT = 2;

/** What a checkpoint holds. */
export interface Kept {
  training: PretrainState;
  log: PretrainLogEntry[];
  /** The steps since the log's last line. */
  recent: PretrainLogEntry[];
}

/** Names a run by everything that decides its result. */
export function runIdentity(parts: unknown): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Writes a checkpoint. A kill at any moment leaves the file as it was or as it shall be. */
export async function writeCheckpoint(path: string, run: string, kept: Kept): Promise<void> {
  const tensors: Record<string, StoredTensor> = {};
  for (const group of groups) {
    for (const [name, x] of Object.entries(kept.training[group])) {
      tensors[`${group}/${name}`] = { shape: x.shape, data: (await read(x)).slice() };
    }
  }
  const { training: { step }, log, recent } = kept;
  const at = JSON.stringify({ step, log, recent, order: Object.keys(tensors) });
  const keys = Object.keys(tensors).sort();
  const sha256 = digest(at, keys.map((key) => [key, tensors[key]!]));
  await writeSafetensors(path, tensors, { metadata: { run, at, sha256 } });
}

/**
 * Reads the checkpoint at `path`, whose tensors are the caller's; undefined where there is none. What a kill left half written
 * beside it goes.
 *
 * @throws {UserError} when it is another run's, or damaged
 */
export async function readCheckpoint(path: string, run: string): Promise<Kept | undefined> {
  for await (const { name } of Deno.readDir(dirname(path))) {
    if (name.endsWith(".tmp") && name.startsWith(`${basename(path)}.`)) {
      await Deno.remove(join(dirname(path), name));
    }
  }
  if (!await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return undefined;
  const file = await readSafetensors(path);
  if (file.metadata.get("run") !== run) {
    throw new UserError(
      `${path} belongs to a run with another recipe, or of another version: delete it, or name another folder by --out.`,
    );
  }
  const at = file.metadata.get("at") ?? "";
  const found = file.keys.toSorted().map((key) => [key, file.readFloats(key)] as const);
  const kept = file.metadata.get("sha256") === digest(at, found) ? parsed(at) : undefined;
  if (!kept || position(kept, "")) {
    throw new UserError(
      `${path} is damaged: delete it, and pre-training starts from the beginning.`,
    );
  }
  const { step, log, recent, order } = kept as Position;
  const stored = new Map(found);
  // The file sorts its tensors; the optimisers must meet them in the order they were made in.
  const of = (group: string): Tensors => {
    const keys = order.filter((key) => key.startsWith(`${group}/`) && stored.has(key));
    return Object.fromEntries(keys.map((key) => {
      const { shape, data } = stored.get(key)!;
      return [key.slice(group.length + 1), wrap(data, shape)];
    }));
  };
  return {
    training: { step, params: of("params"), optimiser: of("optimiser") },
    log,
    recent,
  };
}

interface Position extends Pick<Kept, "log" | "recent"> {
  step: number;
  order: string[];
}

const position = object({
  step: number,
  log: array(record()),
  recent: array(record()),
  order: array(text),
});

function parsed(at: string): unknown {
  try {
    return JSON.parse(at);
  } catch {
    return undefined;
  }
}

/** Of all that the file holds. */
function digest(at: string, tensors: (readonly [string, StoredTensor])[]): string {
  const sha256 = createHash("sha256").update(JSON.stringify(at));
  for (const [key, { shape, data }] of tensors) {
    sha256.update(JSON.stringify([key, shape]));
    sha256.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return sha256.digest("hex");
}
