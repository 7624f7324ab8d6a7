/**
 * The file that trained prompts are kept in: safetensors, the trained parameters under their own names, and the record as
 * a string beside them. `docs/prompts.md` describes it for readers in other languages.
 *
 * @module
 */
import {
  parseSafetensors,
  readSafetensors,
  safetensorsBytes,
  type StoredTensor,
  type TensorFile,
  writeSafetensors,
} from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import { sha256 } from "../sha256.ts";
import { parseRecord, type PromptRecord } from "./record.ts";

/** What marks such a file. */
const MARK = "plumbline prompts";

/** Learned tensors on the host, in the order that the method makes them. */
export type Numbers = Record<string, StoredTensor<Float32Array>>;

/** Trained prompts in a file. */
export interface PromptFile {
  /** What they are. */
  record: PromptRecord;
  /** The trained parameters' numbers by name. */
  params: Numbers;
}

/** Writes the file; a kill at any moment leaves it as it was or as it shall be. The same prompts give the same bytes. */
export async function writePrompts(path: string, file: PromptFile): Promise<void> {
  try {
    await writeSafetensors(path, file.params, { metadata: metadataOf(file) });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(`There is no folder to write ${path} into; make it first.`);
  }
}

/** The bytes of that file, where there is no disk to write it to. */
export function promptBytes(file: PromptFile): Uint8Array<ArrayBuffer> {
  return safetensorsBytes(file.params, { metadata: metadataOf(file) });
}

function metadataOf({ record, params }: PromptFile) {
  const about = JSON.stringify(record);
  const order = JSON.stringify(Object.keys(params));
  return { format: MARK, prompts: about, order, sha256: hash(about, order, params) };
}

/**
 * Reads such a file. Nothing in it can run.
 *
 * @throws {UserError} when it is something else, damaged, or made by a later release
 */
export async function readPrompts(path: string): Promise<PromptFile> {
  return promptsOf(await readSafetensors(path), path);
}

/** The same of a file's bytes, `name` standing for it in messages. */
export function parsePrompts(bytes: Uint8Array, name: string): PromptFile {
  return promptsOf(parseSafetensors(bytes, name), name);
}

function promptsOf(file: TensorFile, path: string): PromptFile {
  const { metadata } = file;
  if (metadata.get("format") !== MARK) {
    throw new UserError(
      `${path} holds no saved prompts; name a file that deno task train or save wrote.`,
    );
  }
  const about = metadata.get("prompts") ?? "";
  const record = parseRecord(about, path);
  const order = metadata.get("order") ?? "";
  const params: Numbers = {};
  for (const key of namesIn(order, file.keys, path)) {
    if (file.dtype(key) !== "F32") {
      throw new UserError(`${path}: ${key} has type ${file.dtype(key)}, expected F32.`);
    }
    params[key] = file.readFloats(key);
    if (!params[key].data.every(Number.isFinite)) {
      throw new UserError(`${path}: ${key} has a number that is none; train the prompts again.`);
    }
  }
  if (metadata.get("sha256") !== hash(about, order, params)) {
    throw new UserError(`${path} is damaged: its checksum does not hold; fetch it again.`);
  }
  return { record, params };
}

/** The tensors' names in their order, once they are those that are there. */
function namesIn(order: string, keys: readonly string[], path: string): string[] {
  let names: unknown;
  try {
    names = JSON.parse(order);
  } catch {
    names = undefined;
  }
  if (!Array.isArray(names) || names.toSorted().join("\n") !== keys.toSorted().join("\n")) {
    throw new UserError(`${path} is damaged: it doesn't hold the tensors that it lists.`);
  }
  return names;
}

function hash(about: string, order: string, params: Numbers): string {
  const tensors = Object.entries(params).flatMap(([key, { shape, data }]) => [
    JSON.stringify([key, shape]),
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
  return sha256(JSON.stringify([about, order]), ...tensors);
}
