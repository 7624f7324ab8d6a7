/**
 * The config that lies beside weights, and their tokenizer where it is not CLIP's.
 *
 * @module
 */
import { readText } from "../../bounds.ts";
import { builtin } from "../../builtin.ts";
import { UserError } from "../../errors.ts";
import { sha256 as hashOf } from "../../sha256.ts";
import type { TextConfig, TokenizerConfig } from "../config.ts";
import { parseTokenizer, type TextTokenizer } from "../text_tokenizer.ts";
import { type Fields, readFields } from "./fields.ts";
import { OPEN_CLIP_CONFIG, openClipStated } from "./open_clip.ts";
import type { Stated, StatedTokenizer } from "./stated.ts";
import { TRANSFORMERS_CONFIG, transformersStated } from "./transformers.ts";

/** Whose names of tensors a file has. */
export type Layout = "open_clip" | "transformers";

/** Bytes of a tokenizer.json at most: Gemma's has 34 million. */
const LONGEST_TOKENIZER = 2 ** 26;

/** What the config beside weights of this layout says; undefined where there is none. */
export async function statedBeside(folder: string, layout: Layout): Promise<Stated | undefined> {
  if (layout === "open_clip") {
    const file = await readFields(builtin("node:path").join(folder, OPEN_CLIP_CONFIG));
    return file && openClipStated(file);
  }
  const file = await readFields(builtin("node:path").join(folder, TRANSFORMERS_CONFIG));
  if (!file) return undefined;
  return transformersStated(
    file,
    await readFields(builtin("node:path").join(folder, "preprocessor_config.json")),
    (await tokenizerFields(folder))?.text("tokenizer_class"),
  );
}

async function tokenizerFields(folder: string): Promise<Fields | undefined> {
  return await readFields(builtin("node:path").join(folder, "tokenizer_config.json"));
}

/**
 * The tokenizer in the `tokenizer.json` beside weights.
 *
 * @throws {UserError} where there is none, or it does not fit the text tower
 */
export async function tokenizerBeside(
  folder: string,
  { name, clean, end, stripEnd }: StatedTokenizer,
  text: TextConfig,
): Promise<{ config: TokenizerConfig; tokenizer: TextTokenizer }> {
  const path = builtin("node:path").join(folder, "tokenizer.json");
  let json: string;
  try {
    json = await readText(path, LONGEST_TOKENIZER);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(
      `${folder}: these weights read texts by the tokenizer ${name}, not by CLIP's: put its tokenizer.json and ` +
        "tokenizer_config.json beside them.",
    );
  }
  const parsed = parseTokenizer(json, clean, path);
  if (parsed.size > text.vocab) {
    throw new UserError(
      `${path} has ${parsed.size} tokens, the weights ${text.vocab}: take the tokenizer that was published with them.`,
    );
  }
  const fields = await tokenizerFields(folder);
  if (fields?.text("padding_side") === "left") {
    fields.fail("texts padded on the left are not computed");
  }
  const id = (key: string) => idOf(fields, key, parsed.idOf);
  // Gemma's file does not say how texts begin and end: its flags do.
  const isFlagged = /^(Gemma|Siglip2)/.test(fields?.text("tokenizer_class") ?? "");
  const marks = isFlagged
    ? {
      begin: fields!.flag("add_bos_token") === true ? [required(id("bos_token"), "bos_token")] : [],
      end: fields!.flag("add_eos_token") === true ? [required(id("eos_token"), "eos_token")] : [],
    }
    : parsed.tokenizer;
  const pad = id("pad_token") ?? parsed.pad;
  if (pad === undefined) {
    throw new UserError(
      `${path} says no padding, and there is no pad_token in a tokenizer_config.json beside it: put that there.`,
    );
  }
  const tokenizer = {
    ...parsed.tokenizer,
    begin: marks.begin,
    end: stripEnd ? marks.end.map(() => pad) : marks.end,
  };
  const sha256 = hashOf(json);
  return { tokenizer, config: { name, sha256, clean, pad, ...end !== undefined && { end } } };
}

function required(id: number | undefined, key: string): number {
  if (id !== undefined) return id;
  throw new UserError(`tokenizer_config.json names no ${key} that tokenizer.json has.`);
}

/** The id of a special token, which is named by its text or in an object with it. */
function idOf(
  fields: Fields | undefined,
  key: string,
  known: (token: string) => number | undefined,
): number | undefined {
  const raw = fields?.raw(key);
  const text = typeof raw === "string" ? raw : (raw as { content?: unknown } | undefined)?.content;
  return typeof text === "string" ? known(text) : undefined;
}
