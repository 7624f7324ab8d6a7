/**
 * A training that is stopped between two steps, and what it keeps.
 *
 * @module
 */
import { type Clip, clipIdentity } from "../clip/mod.ts";
import type { LoadedDataset } from "../datasets/mod.ts";
import { isAbsent } from "../errors.ts";
import type { Resolved } from "../methods/mod.ts";
import { sha256 } from "../sha256.ts";
import { backendName, dispose } from "../tensor/mod.ts";
import { type Checkpoint, checkpointFile, type Snapshot, writeCheckpoint } from "./checkpoint.ts";
import { tensorsOf } from "./state.ts";
import { versions } from "./versions.ts";

/** Once the signal is given, frees what the fit holds, and throws the signal's reason. */
export function throwIfStopped({ state, best }: Snapshot, signal?: AbortSignal): void {
  if (!signal?.aborted) return;
  dispose([...new Set([state, ...best ? [best.state] : []].flatMap(tensorsOf))]);
  throw signal.reason;
}

/**
 * Where a fit can be stopped by `signal`, and where it keeps what it has done, if it is to: in the file `path`, from which
 * the same fit goes on.
 *
 * @param fit what tells this fit from all others
 */
export function stoppable(signal?: AbortSignal, path?: string, fit = ""): Checkpoint | undefined {
  if (path === undefined) {
    return signal && {
      load: () => Promise.resolve(undefined),
      offer: (snapshot) => Promise.resolve(throwIfStopped(snapshot, signal)),
    };
  }
  const file = checkpointFile(path, fit);
  return {
    load: file.load,
    async offer(snapshot) {
      if (signal?.aborted) await writeCheckpoint(path, fit, snapshot);
      else await file.offer(snapshot);
      throwIfStopped(snapshot, signal);
    },
  };
}

/** Removes the file of a fit that is done. */
export async function forget(path: string): Promise<void> {
  await Deno.remove(path).catch((error) => {
    if (!isAbsent(error)) throw error;
  });
}

/** What tells a training from all others: all that decides its numbers. */
export function fitIdentity(resolved: Resolved, clip: Clip, data: LoadedDataset, seed: number) {
  const { method, settings, training, views, crops } = resolved;
  const { classNames, template, train, val } = data;
  return sha256(JSON.stringify([
    [method.name, String(method.learner), settings, training, views, crops, seed],
    [clipIdentity(clip), backendName(), versions()],
    [classNames, template, train, val],
  ]));
}
