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
import type { Moments } from "../optim/mod.ts";
import { read, type Tensors, wrap } from "../tensor/mod.ts";
import type { LogEntry } from "./pretrain.ts";
import type { Training } from "./step.ts";

const groups = ["params", "momentum", "decayed", "spared"] as const;

/** What a checkpoint holds. */
export interface Kept {
  training: Training;
  log: LogEntry[];
  /** The steps since the log's last line. */
  recent: LogEntry[];
}

/** Names a run by everything that decides its result. */
export function runIdentity(parts: unknown): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Writes a checkpoint. A kill at any moment leaves the file as it was or as it shall be. */
export async function writeCheckpoint(path: string, run: string, kept: Kept): Promise<void> {
  const tensors: Record<string, StoredTensor> = {};
  for (const group of groups) {
    for (const [name, x] of Object.entries(kept.training[group] ?? {})) {
      if (typeof x === "number") continue;
      tensors[`${group}/${name}`] = { shape: x.shape, data: (await read(x)).slice() };
    }
  }
  const { training: { step }, log, recent } = kept;
  const at = JSON.stringify({ step, log, recent, order: Object.keys(tensors) });
  await writeSafetensors(path, tensors, { metadata: { run, at } });
}

/**
 * Reads the checkpoint at `path`, whose tensors are the caller's; undefined where there is none. What a kill left half written
 * beside it goes.
 *
 * @throws {UserError} when it is another run's
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
  const { step, log, recent, order } = JSON.parse(file.metadata.get("at") ?? "{}");
  // The file sorts its tensors; the optimisers must meet them in the order they were made in.
  const of = (group: string): Tensors => {
    const keys = (order as string[]).filter((key) => key.startsWith(`${group}/`));
    return Object.fromEntries(keys.map((key) => {
      const { shape, data } = file.readFloats(key);
      return [key.slice(group.length + 1), wrap(data, shape)];
    }));
  };
  const moments = (group: string): Moments => {
    const { first, second } = of(group);
    return { steps: step, first, second };
  };
  return {
    training: {
      step,
      params: of("params"),
      momentum: of("momentum"),
      decayed: moments("decayed"),
      spared: moments("spared"),
    },
    log,
    recent,
  };
}
