/**
 * Writes files that `torch.load(path, weights_only=True)` reads: a zip archive with a pickle of plain containers, and a
 * file for each tensor.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { type Stored, writePickle } from "./pickle_write.ts";
import { zipArchive } from "./zip_write.ts";

/** A tensor to be written; Float32Array is torch's float32, Float64Array float64, and so on. */
export interface TorchTensorGiven {
  /** Sizes, outermost first. */
  shape: readonly number[];
  /** Elements, the last dimension varying fastest. */
  data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | Float16Array;
}

/** What can be written. An object becomes an `OrderedDict`, a list a list; a whole number an `int`, another a `float`. */
export type TorchGiven =
  | null
  | boolean
  | number
  | string
  | TorchTensorGiven
  | TorchGiven[]
  | { [key: string]: TorchGiven };

/**
 * Writes `value` to `path`, under a temporary name first: a reader finds the old file or the whole new one. The same value
 * gives the same bytes.
 *
 * @throws {UserError} when a tensor's elements do not fill its shape
 *
 * @example
 * ```ts
 * import { readTorch, torchTensors, writeTorch } from "@plumbline/plumbline/torch";
 * import assert from "node:assert/strict";
 * const path = `${await Deno.makeTempDir()}/prompt.pt`;
 * await writeTorch(path, { ctx: { shape: [2], data: Float32Array.of(0.5, -1) }, epoch: 3 });
 * const file = await readTorch(path);
 * assert.deepEqual([...torchTensors(file).keys()], ["ctx"]);
 * ```
 */
export async function writeTorch(path: string, value: TorchGiven): Promise<void> {
  const tensors: Stored[] = [];
  const pickle = writePickle(value, (tensor) => {
    const stored = { ...tensor, key: String(tensors.length) };
    tensors.push(stored);
    return stored.key;
  });
  const text = (content: string) => new TextEncoder().encode(content);
  const bytes = zipArchive([
    ["archive/data.pkl", pickle],
    ["archive/byteorder", text("little")],
    ...tensors.map(({ key, data }): [string, Uint8Array] => [
      `archive/data/${key}`,
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    ]),
    ["archive/version", text("3\n")],
  ]);
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await Deno.writeFile(temporary, bytes, { createNew: true });
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    if (error instanceof Deno.errors.NotFound) {
      throw new UserError(`There is no folder to write ${path} into; make it first.`);
    }
    throw error;
  }
}
