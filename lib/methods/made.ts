/**
 * Parameters that a learner makes of all images at once, on backends whose numbers can be read while a function runs and on
 * those where reading takes turns with computing (WebGPU).
 *
 * @module
 */
import { type Tensors, tidy } from "../tensor/mod.ts";

/**
 * Parameters, or where numbers have to be read on the way to them, a function that reads, frees what it makes on its way,
 * and is called outside of `tidy`.
 */
export type Made = Tensors | (() => Promise<Tensors>);

/**
 * The parameters that `make` makes, whichever way; the caller's own.
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { linearProbe, made, resolveSettings } from "@plumbline/plumbline/methods";
 * import { read, tensor } from "@plumbline/plumbline/tensor";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const task = { clip: randomClip(smallConfig, 1), classNames: ["cat", "dog"], template: "a photo of a {}." };
 * const learner = linearProbe.learner(task, resolveSettings(linearProbe, { sweep: false }));
 * const { embedDim } = task.clip.config;
 * const features = tensor(Array.from({ length: 2 * embedDim }, (_, i) => Math.sin(i)), [2, embedDim]);
 * const params = await made(() => learner.solve!({ labels: [0, 1], features }));
 * assert.deepEqual([...await read(params["probe.bias"]!)].length, 2);
 * ```
 */
export async function made(make: () => Made): Promise<Tensors> {
  const result = tidy(make);
  return typeof result === "function" ? await result() : result;
}
