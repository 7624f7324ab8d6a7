/**
 * A folder of parity records: its manifest, and where its files are.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { shown } from "../shape.ts";
import { readText, readWhole } from "../bounds.ts";
import {
  buildClip,
  type Clip,
  disposeClip,
  readSafetensors,
  type TensorFile,
  type Weights,
} from "../clip/mod.ts";
import { checkWeights } from "../clip/weights.ts";
import { UserError } from "../errors.ts";
import { readPacked } from "./packed.ts";

/** One record of a manifest. What is optional is there where the record's kind has it. */
export interface ParityRecord {
  name: string;
  file: string;
  kind: "trajectory" | "data";
  note?: string;
  method?: string;
  weights?: string;
  inputs?: string;
  modulationInit?: string;
  /** The file of image features that stand in for an image tower whose weights are not held. */
  imageFeatures?: string;
  /** Where the published code is. */
  source?: { repository: string; commit: string; files: string };
  /** Recorded tensors that this folder does not hold. */
  leftOut?: string[];
  batchSize?: number;
  settings?: Record<string, unknown>;
  classNames?: string[];
  tokenized_prompts?: number[][];
  /** Tokens of each class name. */
  name_lens?: number[];
  /** The teacher's prompts. */
  zs_prompts?: string[];
  learnable_params?: string[];
  draws?: RecordedDraws[];
  tolerance?: number | Record<string, number>;
  images?: PreprocessedImage[];
  tensors?: Record<string, { shape: number[]; dtype: string }>;
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
  /** Versions of what made the records: `pillow`, `torch`. */
  environment: Record<string, string>;
  records: ParityRecord[];
  /** A record's or input's file, here, in the parent folder, or in the folder parity beside this one. */
  find(file: string): string;
  /** Its tensors. */
  open(file: string): Promise<TensorFile>;
  /** A JSON file. */
  readJson<T>(file: string): Promise<T>;
  /** Weights, checked. */
  weights(name: string): Promise<Weights>;
  /** The CLIP with these weights, built once. The folder frees it. */
  clip(weights: string): Promise<Clip>;
  dispose(): void;
}

/**
 * Reads `DIR/manifest.json`.
 *
 * @throws {UserError} when there is none, or it is not one
 */
export async function readFolder(path: string): Promise<ParityFolder> {
  const manifest = join(path, "manifest.json");
  const parsed = await readManifest(manifest);
  const find = (file: unknown) => {
    if (typeof file !== "string" || basename(file) !== file || file === "..") {
      throw new UserError(
        `${manifest} names the file ${
          shown(file)
        }: it must be a name in the folder or the one above it.`,
      );
    }
    const above = dirname(resolve(path));
    const places = [path, above, join(above, "parity")].flatMap((folder) => {
      const whole = join(folder, file);
      return [whole, `${whole}.gz`];
    });
    const found = places.find(isFile);
    if (!found) {
      throw new UserError(`${file}, which ${manifest} names, is not beside it: fetch it again.`);
    }
    return found;
  };
  const clips = new Map<string, Promise<Clip>>();
  const built: Clip[] = [];
  const open = async (file: string) => {
    const found = find(file);
    return await (found.endsWith(".gz") ? readPacked(found) : readSafetensors(found));
  };
  const weightsOf = async (name: string): Promise<Weights> => {
    const path = find(tensorsNamed(name));
    const sha256 = createHash("sha256").update(await readWhole(path)).digest("hex");
    return { name, path, sha256, ...checkWeights(await open(tensorsNamed(name))) };
  };
  const load = async (weights: string) => {
    const clip = buildClip(await weightsOf(weights));
    built.push(clip);
    return clip;
  };
  return {
    path,
    classNames: parsed.classNames ?? [],
    environment: parsed.environment ?? {},
    records: parsed.records,
    find,
    open,
    weights: weightsOf,
    readJson: async (file) => await readJson(find(file)),
    clip(weights) {
      const known = clips.get(weights) ?? load(weights);
      clips.set(weights, known);
      return known;
    },
    dispose: () => built.splice(0).forEach(disposeClip),
  };
}

/** Manifests name a file of tensors with and without its ending. */
export function tensorsNamed(name: string): string {
  return name.endsWith(".safetensors") ? name : `${name}.safetensors`;
}

type Manifest = Pick<ParityFolder, "classNames" | "environment" | "records">;

async function readManifest(path: string): Promise<Manifest> {
  if (!isFile(path)) {
    throw new UserError(`There is no ${path}: name a folder of parity records.`);
  }
  const parsed = await readJson<Partial<Manifest> | null>(path);
  const isRecord = (r: unknown) => typeof (r as ParityRecord | null)?.name === "string";
  if (!Array.isArray(parsed?.records) || !parsed.records.every(isRecord)) {
    throw new UserError(`${path} has no list of named records: name a folder of parity records.`);
  }
  return parsed as Manifest;
}

async function readJson<T>(path: string): Promise<T> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is not JSON (${(error as Error).message}): fetch it again.`);
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
