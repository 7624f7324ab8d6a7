/**
 * A folder of parity records: its manifest, and where its files are.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { readSafetensors, type TensorFile } from "../../clip/mod.ts";
import { UserError } from "../../errors.ts";

/** One record of a manifest. */
export interface ParityRecord {
  name: string;
  file: string;
  kind: "trajectory" | "data";
  method?: string;
  weights?: string;
  modulationInit?: string;
  batchSize?: number;
  settings?: Record<string, unknown>;
  classNames?: string[];
  tokenized_prompts?: number[][];
  draws?: RecordedDraws[];
  tolerance?: number | Record<string, number>;
  images?: PreprocessedImage[];
}

/** The random choices of one ProMetaR step. */
export interface RecordedDraws {
  query_ids?: number[];
  support_ids?: number[];
  lam?: number[];
  mix_ids?: number[];
  labels?: number[];
  lr: number;
  vnet_lr?: number;
}

/** One image of the preprocessing record. */
export interface PreprocessedImage {
  png: string;
}

/** A folder with a manifest. */
export interface ParityFolder {
  path: string;
  classNames: string[];
  records: ParityRecord[];
  /** A record's or input's file, here or in the parent folder. */
  find(file: string): string;
  /** Its tensors. */
  open(file: string): Promise<TensorFile>;
}

/**
 * Reads `DIR/manifest.json`.
 *
 * @throws {UserError} when there is none, or it is not one
 */
export async function readFolder(path: string): Promise<ParityFolder> {
  const manifest = join(path, "manifest.json");
  let text: string;
  try {
    text = await Deno.readTextFile(manifest);
  } catch {
    throw new UserError(`${manifest} can't be read: name a folder of parity records`);
  }
  let parsed: { classNames?: string[]; records?: ParityRecord[] };
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${manifest} is not JSON (${(error as Error).message}): fetch it again`);
  }
  if (!Array.isArray(parsed.records)) {
    throw new UserError(`${manifest} has no list of records: name a folder of parity records`);
  }
  const find = (file: string) => {
    if (basename(file) !== file) throw new UserError(`${manifest} names ${file}, outside its folder`);
    const places = [path, dirname(resolve(path))].map((folder) => join(folder, file));
    const found = places.find(exists);
    if (!found) throw new UserError(`${file}, which ${manifest} names, is not beside it: fetch it again`);
    return found;
  };
  return {
    path,
    classNames: parsed.classNames ?? [],
    records: parsed.records,
    find,
    open: (file) => readSafetensors(find(file)),
  };
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
