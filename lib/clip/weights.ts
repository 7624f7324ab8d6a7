/**
 * CLIP's weights from what people have: OpenAI's layout, open_clip's or transformers', in safetensors or PyTorch's files.
 * Everything that can be wrong with them, or that they and the config beside them say differently, is found here, before an
 * encoder allocates anything.
 */

import { builtin } from "../builtin.ts";
import { UserError } from "../errors.ts";
import { withAllTokens } from "./compact_tokens.ts";
import type { ClipConfig, Shapes } from "./config.ts";
import { type Layout, statedBeside, tokenizerBeside } from "./configs/beside.ts";
import { settle, type Stated } from "./configs/stated.ts";
import { hubSources } from "./hub_sources.ts";
import { inspect } from "./inspect.ts";
import { fromOpenClip } from "./layouts/custom_text.ts";
import { unwrapped } from "./layouts/prefixes.ts";
import { fromTransformers } from "./layouts/transformers.ts";
import {
  isExtra,
  publishedConfig,
  type PublishedName,
  publishedNames,
  resembling,
} from "./published.ts";
import type { TokenTable } from "./prompt.ts";
import type { StoredTensor, TensorFile } from "./safetensors.ts";
import { expectedShapes } from "./shapes.ts";
import type { TextTokenizer } from "./text_tokenizer.ts";
import { EOT } from "./tokenizer.ts";
import { findWeightsFile } from "./weights_file.ts";

/** A CLIP's weights, checked, each read from the file when it is asked for. */
export interface Weights {
  /** What the user called it. */
  name: string;
  /** The file's path. */
  path: string;
  /** Hash of the file; of shards, of their names and hashes. */
  sha256: string;
  /** The sizes, read off the shapes, and what the config beside them says besides. */
  config: ClipConfig;
  /** The config file that was followed; absent where there is none, or the weights are published ones. */
  from?: string;
  /** What no file said and was taken to be as in OpenAI's CLIPs, a sentence. */
  assumed?: string;
  /** The tokenizer; absent where it is CLIP's own. */
  tokenizer?: TextTokenizer;
  /** A tensor in single precision, by OpenAI's key. */
  get(key: string): StoredTensor<Float32Array>;
  /** The token table row by row, where the file has some of its rows alone and the others are made. */
  tokens?: TokenTable;
}

/**
 * Checks the weights at `path`: a safetensors file or one of PyTorch's, the index of shards, or a folder with one of these.
 * What the shapes do not show is read from the `open_clip_config.json`, or in transformers' layout the `config.json`, beside
 * them; where there is none, it is taken to be as in OpenAI's CLIPs, and `assumed` says so. Keys, shapes and types are
 * checked on the header alone; then each tensor is read once, to find a NaN or an infinity. No handle stays open.
 *
 * @param name What to call them, by default the file's name. If it is a published model's (`ViT-B/16`), the weights have
 *   to be that model's.
 * @throws {UserError} naming the key, and for a shape both, if anything is missing, surplus, of another shape or not a
 *   number; and what a config says that is not computed, or that the weights contradict.
 */
export async function loadWeights(path: string, name?: string): Promise<Weights> {
  const found = await findWeightsFile(path);
  const { tensors, layout } = canonical(found.tensors);
  const published = publishedNames.find((known) => known === name);
  const sha256 = hashOf(found.files);
  const isKnown = published !== undefined ||
    Object.values(hubSources).some((source) => source.sha256 === sha256);
  const stated = isKnown ? undefined : await statedBeside(found.folder, layout);
  const { config, get, tokens } = checkWeights(tensors, name, stated);
  const text = stated?.tokenizer &&
    await tokenizerBeside(found.folder, stated.tokenizer, config.text);
  if (!text) checkVocabulary(config, tensors.name, stated);
  const whole = text ? { ...config, text: { ...config.text, tokenizer: text.config } } : config;
  const assumed = isKnown ? undefined : assumptions(config, stated, tensors.name);
  return {
    name: name ??
      builtin("node:path").basename(found.path).replace(
        /\.(safetensors|safetensors\.index\.json|pt|pth|bin)$/,
        "",
      ),
    path: found.path,
    sha256,
    config: whole,
    ...stated && { from: stated.from },
    ...assumed !== undefined && { assumed },
    ...text && { tokenizer: text.tokenizer },
    get,
    ...tokens && { tokens },
  };
}

/** The tensors by OpenAI's keys. */
function canonical(file: TensorFile): { tensors: TensorFile; layout: Layout } {
  const own = unwrapped(file);
  const transformers = fromTransformers(own);
  if (transformers) return { tensors: transformers, layout: "transformers" };
  return { tensors: fromOpenClip(own) ?? own, layout: "open_clip" };
}

/** The same for a file that is open, by OpenAI's keys, whose token table may be compact. */
export function checkWeights(
  stored: TensorFile,
  name?: string,
  stated?: Stated,
): Pick<Weights, "config" | "get" | "tokens"> {
  const { file, tokens } = withAllTokens(stored);
  const shapes = new Map(file.keys.map((key) => [key, file.shape(key)]));
  const seen = checkShapes(shapes, file.name, name);
  const config = stated ? settle(seen, stated, file.name) : seen;
  const keys = [...expectedShapes(config).keys()];
  for (const key of keys) checkType(file, key);
  for (const key of keys) checkFinite(stored, key); // rows that are made are finite
  return { config, get: (key) => file.readFloats(key), ...tokens && { tokens } };
}

/** CLIP's own tokenizer makes ids up to that of EOT. */
function checkVocabulary({ text: { vocab } }: ClipConfig, where: string, stated?: Stated): void {
  if (vocab === EOT + 1) return;
  throw new UserError(
    `${where}: token_embedding.weight has ${vocab} rows, CLIP's tokenizer has ${EOT + 1} tokens: ` +
      (stated
        ? `${stated.from} names no other tokenizer, so texts cannot be read.`
        : "put the config and the tokenizer that were published with the weights beside them."),
  );
}

/** What nothing beside the weights says. */
function assumptions(
  config: ClipConfig,
  stated: Stated | undefined,
  where: string,
): string | undefined {
  if (stated) {
    return stated.pixels
      ? undefined
      : `${stated.from} says nothing of how pictures become pixels: ` +
        "OpenAI's mean, deviation and bicubic resizing to a centre crop are assumed";
  }
  refuseUnknown(config, where);
  return "no config lies beside the weights: QuickGELU, attention heads 64 wide, CLIP's tokenizer, and OpenAI's mean, " +
    "deviation and bicubic resizing to a centre crop are assumed, as in OpenAI's CLIPs";
}

/** Widths at which published CLIPs' heads are not 64 wide (ViT-H, g, bigG, e). */
const otherHeads = [1280, 1408, 1664, 1792];

/** Weights unlike OpenAI's, of which nothing can be assumed. */
function refuseUnknown({ vision, text, logitBias }: ClipConfig, where: string): void {
  const usual = ["kind", "width", "layers", "patch", "heads", "contextLength", "vocab"];
  const strange = [...Object.keys(vision), ...Object.keys(text), ...logitBias ? ["logitBias"] : []]
    .find((key) => !usual.includes(key)) ??
    (vision.kind === "vit" && otherHeads.includes(vision.width) ? "heads" : undefined);
  if (strange === undefined) return;
  throw new UserError(
    `${where}: these weights are built otherwise than OpenAI's (${strange}), and no config lies beside them that says ` +
      "their activation and heads: put the open_clip_config.json or config.json there that was published with them.",
  );
}

/**
 * The sizes of the CLIP with these tensors, once they are exactly the tensors of a CLIP of those sizes.
 *
 * @param where The file, for messages.
 * @param name The published model it has to be, if it is the name of one.
 * @throws {UserError} naming the key and both shapes.
 */
export function checkShapes(shapes: Shapes, where: string, name?: string): ClipConfig {
  refuseOtherTowers(shapes, where);
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

/** Towers that are not computed, by a key that each has. */
const otherTowers: [key: RegExp, what: string][] = [
  [
    /^(patch_embed\.proj\.weight|stem\.conv1\.conv\.weight)$/,
    "timm's image tower without a text tower; take open_clip_model.safetensors, which lies beside it",
  ],
  [
    /^text\.transformer\.(embeddings|encoder|shared)\b/,
    "a text tower of transformers (BERT, mT5, XLM-R, NLLB), which is not computed",
  ],
  [/^text_decoder\./, "CoCa with its decoder, which is not computed"],
  [/^visual\.attn_pool\.query$/, "CoCa's attentional pool, which is not computed"],
  [
    /^visual\.trunk\.(stages|layers|stem|network)\./,
    "an image tower of convolutions or windows (ConvNeXt, Swin, MobileCLIP, ViTamin), which is not computed",
  ],
  [
    /^visual\.trunk\.blocks\.0\.(attn\.(norm|q_norm|q_proj)|mlp\.(w12|fc1_g|norm))\b/,
    "EVA-02's image tower with rotary embeddings, which is not computed",
  ],
  [
    /^vision_model\.embeddings\.patch_embedding\.proj\b/,
    "SigLIP 2 for pictures of any shape (NaFlex), which is not computed",
  ],
  [
    /^(vision_model|text_model)\..*(lora_|adapter)/,
    "an adapter's weights, which are not merged into the model's",
  ],
];

function refuseOtherTowers(shapes: Shapes, where: string): void {
  for (const key of shapes.keys()) {
    const found = otherTowers.find(([pattern]) => pattern.test(key));
    if (found) throw new UserError(`${where} has the key ${key}, so it is ${found[1]}.`);
  }
}

function checkType(file: TensorFile, key: string): void {
  const dtype = file.dtype(key);
  if (!["F64", "F32", "F16", "BF16"].includes(dtype)) {
    throw new UserError(
      `${file.name}: ${key} has type ${dtype}, expected F32, F16 or BF16; convert the file again.`,
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

function hashOf(files: string[]): string {
  if (files.length === 1) return sha256(files[0]!);
  const hash = builtin("node:crypto").createHash("sha256");
  for (const file of files) hash.update(`${builtin("node:path").basename(file)} ${sha256(file)}\n`);
  return hash.digest("hex");
}

function sha256(path: string): string {
  const hash = builtin("node:crypto").createHash("sha256");
  using file = Deno.openSync(path);
  const chunk = new Uint8Array(1 << 22);
  for (let got = file.readSync(chunk); got !== null; got = file.readSync(chunk)) {
    hash.update(chunk.subarray(0, got));
  }
  return hash.digest("hex");
}
