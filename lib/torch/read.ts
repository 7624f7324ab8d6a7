/**
 * Reads the files that torch.save and torch.jit.save write. Nothing in such a file is run: the pickle in it is read as
 * data (`pickle.ts`), and a name in it that is not known is refused.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { TorchObject } from "./globals.ts";
import { isLegacy, readLegacy } from "./legacy.ts";
import { fileSource, type Source } from "./source.ts";
import { damaged, TorchTensor } from "./tensor.ts";
import { readArchive } from "./archive.ts";

/** What a torch file can hold: dictionaries are maps, tuples are lists. */
export type TorchValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | TorchTensor
  | TorchObject
  | TorchValue[]
  | Map<string | number | TorchTensor, TorchValue>;

/** A torch file, whose tensors are read when they are asked for. */
export interface TorchFile {
  /** What to call it in a message: its path. */
  name: string;
  /** What was saved. */
  value: TorchValue;
}

/**
 * Opens the file at `path`: the zip archives of PyTorch 1.6 and after, those of TorchScript, and the files before them.
 * No handle stays open.
 *
 * @throws {UserError} when it is none of these, asks for anything but tensors, texts, numbers and containers (the
 *   message names what), or is damaged
 *
 * @example
 * ```ts
 * import { readTorch, torchTensors, writeTorch } from "@plumbline/plumbline/torch";
 * import assert from "node:assert/strict";
 * const path = `${await Deno.makeTempDir()}/model.pt`;
 * const ctx = { shape: [1, 2], data: Float32Array.of(0.5, -1) };
 * await writeTorch(path, { state_dict: { ctx }, epoch: 50 });
 * const tensors = torchTensors(await readTorch(path));
 * assert.deepEqual(tensors.get("state_dict.ctx")?.readFloats(), ctx);
 * ```
 */
export async function readTorch(path: string): Promise<TorchFile> {
  const source = fileSource(path);
  const start = source.range(0, Math.min(source.size, 16));
  if (start[0] === 0x50 && start[1] === 0x4b) return file(source, await readArchive(source));
  if (isLegacy(start)) return file(source, readLegacy(source));
  throw new UserError(
    `${path} is no file of torch.save: it has neither a zip archive's start nor a torch pickle's.`,
  );
}

function file({ name }: Source, value: unknown): TorchFile {
  return { name, value: value as TorchValue };
}

/** Containers in one another; no real file has more than a model's modules. */
const DEEPEST = 64;

/** Values that are looked at: a file of few bytes can name one value many times over. */
const MOST_VALUES = 1_000_000;

/**
 * The tensors in a torch file by their path, as in `state_dict.prompt_learner.ctx`; a TorchScript module's by their
 * names in its state dict.
 *
 * @throws {UserError} when its containers lie in one another too deep, or are too many
 */
export function torchTensors({ name, value }: TorchFile): Map<string, TorchTensor> {
  const fail = damaged(name);
  const found = new Map<string, TorchTensor>();
  let seen = 0;
  const visit = (value: unknown, path: string, depth: number): void => {
    if (++seen > MOST_VALUES) fail(`it holds more than ${MOST_VALUES} values`);
    if (depth > DEEPEST) fail(`its containers lie more than ${DEEPEST} deep in one another`);
    if (value instanceof TorchTensor) return void found.set(path, value);
    const inside = value instanceof TorchObject ? value.fields : value;
    if (!(inside instanceof Map)) return;
    for (const [key, inner] of inside) {
      if (key instanceof TorchTensor) continue; // an optimiser's state of a parameter
      visit(inner, path === "" ? String(key) : `${path}.${String(key)}`, depth + 1);
    }
  };
  visit(value, "", 0);
  return found;
}
