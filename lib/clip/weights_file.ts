/**
 * Finds the weights that a path means: a file, or those in a folder as the Hugging Face Hub lays it out, in one file or in
 * shards with an index.
 *
 * @module
 */
import { builtin } from "../builtin.ts";
import { readText } from "../bounds.ts";
import { UserError } from "../errors.ts";
import { readTorch, torchTensors } from "../torch/mod.ts";
import { type DType, readSafetensors, type TensorFile } from "./safetensors.ts";

/** Weights that were found. */
export interface Found {
  /** What was named, or the file that was taken of a folder. */
  path: string;
  /** The files, in the order in which they are hashed. */
  files: string[];
  /** The folder that they lie in, where configs are looked for. */
  folder: string;
  /** Their tensors. */
  tensors: TensorFile;
}

/** What open_clip calls the weights of both towers; beside it may lie `model.safetensors`, one tower for timm. */
const preferred = ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"];

/** Bytes of an index of shards at most: 10,000 keys have a megabyte. */
const LONGEST_INDEX = 2 ** 24;

/**
 * Opens the weights that `path` names.
 *
 * @throws {UserError} if there is nothing, or a folder does not say which of its files is meant.
 */
export async function findWeightsFile(path: string): Promise<Found> {
  const file = await isFolder(path) ? await chosenOf(path) : path;
  const folder = builtin("node:path").dirname(file);
  if (file.endsWith(".index.json")) {
    const shards = await shardsOf(file);
    const files = [...new Set(shards.values())].map((name) =>
      builtin("node:path").join(folder, name)
    );
    return { path: file, files, folder, tensors: await joined(file, folder, shards) };
  }
  return { path: file, files: [file], folder, tensors: await openTensors(file) };
}

/** The tensors of a safetensors file or a torch file, told apart by their first bytes. */
async function openTensors(path: string): Promise<TensorFile> {
  return isTorch(path) ? await openTorch(path) : await readSafetensors(path);
}

/** PyTorch's zip archives begin with PK; its older files with a pickle, 80 and its protocol, and no header's brace after eight bytes. */
function isTorch(path: string): boolean {
  let start: Uint8Array;
  try {
    using file = Deno.openSync(path);
    start = new Uint8Array(9);
    file.readSync(start);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.IsADirectory) {
      return false; // its reader says so
    }
    throw error;
  }
  const isZip = start[0] === 0x50 && start[1] === 0x4b;
  return isZip || start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5 && start[8] !== 0x7b;
}

async function openTorch(path: string): Promise<TensorFile> {
  const tensors = torchTensors(await readTorch(path));
  const of = (key: string) => {
    const found = tensors.get(key);
    if (!found) {
      throw new UserError(`${path} has no tensor ${key}; check that it is the right file.`);
    }
    return found;
  };
  return {
    name: path,
    keys: [...tensors.keys()],
    metadata: new Map(),
    shape: (key) => [...of(key).shape],
    dtype: (key) => of(key).dtype as DType,
    read: (key) => of(key).read(),
    readFloats: (key) => of(key).readFloats(),
  };
}

async function chosenOf(folder: string): Promise<string> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) if (!entry.isDirectory) names.push(entry.name);
  const shards = names.filter((name) => name.endsWith(".safetensors.index.json")).sort();
  const inShards = /-\d{5}-of-\d{5}\.safetensors$/;
  const whole = names.filter((name) => name.endsWith(".safetensors") && !inShards.test(name))
    .sort();
  const torch = names.filter((name) => /\.(pt|pth|bin)$/.test(name)).sort();
  for (const found of [[...whole, ...shards], torch]) {
    if (found.length === 1) return builtin("node:path").join(folder, found[0]!);
    const known = preferred.find((name) => found.includes(name));
    if (known) return builtin("node:path").join(folder, known);
    if (found.length > 1) {
      throw new UserError(
        `The folder ${folder} has ${found.slice(0, 9).join(", ")}; name the file that is meant.`,
      );
    }
  }
  throw new UserError(
    `The folder ${folder} has no .safetensors, .pt, .pth or .bin file; name one that has CLIP's weights.`,
  );
}

/** The shard of each key, by the index that lies beside them. */
async function shardsOf(path: string): Promise<Map<string, string>> {
  const fail = (what: string): never => {
    throw new UserError(`${path} ${what}; fetch it again.`);
  };
  let index: unknown;
  try {
    index = JSON.parse(await readText(path, LONGEST_INDEX));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    fail("is no JSON");
  }
  const map = (index as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== "object" || map === null || Array.isArray(map)) {
    return fail("has no weight_map");
  }
  const shards = new Map<string, string>(Object.entries(map));
  if (shards.size === 0) fail("names no tensors");
  for (const name of new Set(shards.values())) {
    if (
      typeof name !== "string" || name !== builtin("node:path").basename(name) ||
      !name.endsWith(".safetensors")
    ) {
      fail("names a shard that is no safetensors file beside it");
    }
  }
  return shards;
}

async function joined(
  path: string,
  folder: string,
  shards: ReadonlyMap<string, string>,
): Promise<TensorFile> {
  const open = new Map<string, TensorFile>();
  for (const name of new Set(shards.values())) {
    open.set(name, await readSafetensors(builtin("node:path").join(folder, name)));
  }
  const of = (key: string): TensorFile => {
    const shard = shards.get(key);
    if (shard === undefined) throw new UserError(`${path} has no tensor ${key}.`);
    return open.get(shard)!;
  };
  return {
    name: path,
    keys: [...shards.keys()],
    metadata: new Map(),
    shape: (key) => of(key).shape(key),
    dtype: (key) => of(key).dtype(key),
    read: (key) => of(key).read(key),
    readFloats: (key) => of(key).readFloats(key),
  };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(
      `There are no weights at ${path}; name a file of weights or a folder with one.`,
    );
  }
}
