/**
 * CLIP's weights from a safetensors file in OpenAI's key layout, which open_clip shares. Everything that can be wrong
 * with a file is found here, before an encoder allocates anything.
 */

import { createHash } from "node:crypto";
import { basename } from "node:path";
import { UserError } from "../errors.ts";
import { withAllTokens } from "./compact_tokens.ts";
import { type ClipConfig, expectedShapes, inspect, type Shapes } from "./config.ts";
import {
  isExtra,
  publishedConfig,
  type PublishedName,
  publishedNames,
  resembling,
} from "./published.ts";
import { readSafetensors, type StoredTensor, type TensorFile } from "./safetensors.ts";
import { weightsFile } from "./weights_file.ts";

export type { ClipConfig, ResNetConfig, Shapes, TextConfig, VitConfig } from "./config.ts";

/** A CLIP's weights, checked, each read from the file when it is asked for. */
export interface Weights {
  /** What the user called it. */
  name: string;
  /** The file's path. */
  path: string;
  /** Hash of the file. */
  sha256: string;
  /** The sizes, read off the shapes. */
  config: ClipConfig;
  /** A tensor in single precision. */
  get(key: string): StoredTensor<Float32Array>;
}

/**
 * Checks the weights at `path`, a safetensors file or a folder with one. Keys, shapes and types are checked on the header
 * alone; then each tensor is read once, to find a NaN or an infinity. No handle stays open.
 *
 * @param name What to call them, by default the file's name. If it is a published model's (`ViT-B/16`), the weights have
 *   to be that model's.
 * @throws {UserError} naming the key, and for a shape both, if anything is missing, surplus, of another shape or not a
 *   number.
 */
export async function loadWeights(path: string, name?: string): Promise<Weights> {
  const location = await weightsFile(path);
  const file = await readSafetensors(location);
  const checked = checkWeights(file, name);
  return {
    name: name ?? basename(location).replace(/\.safetensors$/, ""),
    path: location,
    sha256: sha256(location),
    ...checked,
  };
}

/** The same for a file that is open, whose token table may be compact. */
export function checkWeights(
  stored: TensorFile,
  name?: string,
): Pick<Weights, "config" | "get"> {
  const file = withAllTokens(stored);
  const shapes = new Map(file.keys.map((key) => [key, file.shape(key)]));
  const config = checkShapes(shapes, file.name, name);
  const keys = [...expectedShapes(config).keys()];
  for (const key of keys) checkType(file, key);
  for (const key of keys) checkFinite(file, key);
  return { config, get: (key) => file.readFloats(key) };
}

/**
 * The sizes of the CLIP with these tensors, once they are exactly the tensors of a CLIP of those sizes.
 *
 * @param where The file, for messages.
 * @param name The published model it has to be, if it is the name of one.
 * @throws {UserError} naming the key and both shapes.
 */
export function checkShapes(shapes: Shapes, where: string, name?: string): ClipConfig {
  refuseOtherLayouts(shapes, where);
  const published = publishedNames.find((known) => known === name);
  let config: ClipConfig;
  try {
    config = published ? publishedConfig(published) : inspect(shapes);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${where}: ${error.message}`);
    throw error;
  }
  const expected = expectedShapes(config);
  const advice = () => advise(resembling(shapes), published);
  for (const [key, shape] of expected) {
    const found = shapes.get(key);
    if (found && found.join() !== shape.join()) {
      throw new UserError(
        `${where}: ${key} has shape [${found}], expected [${shape}]: ${advice()}`,
      );
    }
  }
  for (const [key, shape] of expected) {
    if (!shapes.has(key)) {
      throw new UserError(`${where}: ${key} is missing, expected shape [${shape}]: ${advice()}`);
    }
  }
  for (const [key, shape] of shapes) {
    if (!expected.has(key) && !isExtra(key)) {
      throw new UserError(
        `${where}: ${key} of shape [${shape}] is no part of a CLIP of these sizes: ${advice()}`,
      );
    }
  }
  return config;
}

function advise(resembled: PublishedName | undefined, asked: PublishedName | undefined): string {
  if (!resembled) {
    return asked
      ? `these are not ${asked}'s weights; name the file that has them.`
      : "the other tensors say otherwise; fetch or convert the file again.";
  }
  if (asked && resembled !== asked) {
    return `these are ${resembled} weights; pass --clip ${resembled}.`;
  }
  return `the others are ${resembled}'s; fetch or convert the file again.`;
}

/** The two other layouts of the same models, which lie beside the right files on the Hub. */
function refuseOtherLayouts(shapes: Shapes, where: string): void {
  if (shapes.has("text_model.embeddings.token_embedding.weight")) {
    throw new UserError(
      `${where} has the key text_model.embeddings.token_embedding.weight, so it is in the layout of Hugging Face ` +
        `transformers; take open_clip_model.safetensors of a timm/…_clip.openai repository.`,
    );
  }
  const timm = ["patch_embed.proj.weight", "stem.conv1.conv.weight"].find((key) => shapes.has(key));
  if (timm) {
    throw new UserError(
      `${where} has the key ${timm}, so it is timm's image tower without a text tower; take ` +
        `open_clip_model.safetensors, which lies beside it.`,
    );
  }
}

function checkType(file: TensorFile, key: string): void {
  const dtype = file.dtype(key);
  if (!["F32", "F16", "BF16"].includes(dtype)) {
    throw new UserError(
      `${file.name}: ${key} has type ${dtype}, expected F32 or F16; convert the file again.`,
    );
  }
}

function checkFinite(file: TensorFile, key: string): void {
  const { data } = file.readFloats(key);
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new UserError(
        `${file.name}: ${key} has ${data[i]} at ${i}; the weights are damaged, fetch them again.`,
      );
    }
  }
}

function sha256(path: string): string {
  const hash = createHash("sha256");
  using file = Deno.openSync(path);
  const chunk = new Uint8Array(1 << 22);
  for (let got = file.readSync(chunk); got !== null; got = file.readSync(chunk)) {
    hash.update(chunk.subarray(0, got));
  }
  return hash.digest("hex");
}
