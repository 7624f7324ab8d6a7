/**
 * Images read ahead of the step that uses them, in order. Draws travel with the jobs, so the views are the same with
 * any number of workers.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { checkOptions, fields, whole } from "../options_given.ts";
import { type ImageJob, inLanes, readImage } from "./read.ts";
import type { Reply, Request } from "./worker.ts";

/**
 * Threads that read images. They hold the process open until disposed of. One is worth having beside a training step,
 * which keeps the calling thread busy; where nothing else is done meanwhile, none is as fast.
 */
export interface Workers extends Disposable {
  /** How many; 0 when images are read on the calling thread. */
  readonly count: number;
  /** The view of one image: float32 [size, size, 3]. */
  read(job: ImageJob, size: number): Promise<Float32Array>;
}

/** Starts `count` workers, with the permissions of the caller; with 0, images are read on the calling thread. */
export function startWorkers(count: number): Workers {
  if (count === 0) {
    const read = inLanes(2, ([job, size]: [ImageJob, number]) => readImage(job, size));
    return { count, read: (job, size) => read([job, size]), [Symbol.dispose]() {} };
  }
  const waiting = new Map<number, PromiseWithResolvers<Float32Array>>();
  const workers = Array.from({ length: count }, () => startWorker(waiting));
  let sent = 0;
  return {
    count,
    read(job, size) {
      const id = sent++;
      const answer = Promise.withResolvers<Float32Array>();
      waiting.set(id, answer);
      const request: Request = { id, job, size };
      workers[id % count]!.postMessage(request);
      return answer.promise;
    },
    [Symbol.dispose]() {
      for (const worker of workers) worker.terminate();
      for (const answer of waiting.values()) answer.reject(new Error("the workers are closed"));
      waiting.clear();
    },
  };
}

/** How {@link loadImages} reads. */
export interface LoadOptions {
  /** Threads to read with; on the calling thread where absent. */
  workers?: Workers;
  /** How many images may be under way or ready before they are asked for. */
  ahead?: number;
}

/**
 * The views of `jobs` in their order, each float32 [size, size, 3], read up to `ahead` (64) images ahead.
 *
 * @throws {UserError} naming the file, at the place of an image that cannot be read.
 */
export async function* loadImages(
  jobs: Iterable<ImageJob>,
  size: number,
  options: LoadOptions = {},
): AsyncGenerator<Float32Array> {
  checkOptions("loadImages", options, { workers: fields, ahead: whole() });
  const { workers = startWorkers(0), ahead = 64 } = options;
  const under: Promise<Float32Array>[] = [];
  for (const job of jobs) {
    const view = workers.read(job, size);
    // An error is thrown where its image's turn comes; until then, or when nobody asks, it is no unhandled rejection.
    view.catch(() => {});
    under.push(view);
    if (under.length >= Math.max(1, ahead)) yield await under.shift()!;
  }
  for (const view of under) yield await view;
}

function startWorker(waiting: Map<number, PromiseWithResolvers<Float32Array>>): Worker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data: reply }: MessageEvent<Reply>) => {
    const answer = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("view" in reply) answer?.resolve(reply.view);
    else answer?.reject(new (reply.user ? UserError : Error)(reply.error));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    for (const answer of waiting.values()) {
      answer.reject(new Error(`an image worker failed: ${event.message}`));
    }
    waiting.clear();
  };
  return worker;
}
