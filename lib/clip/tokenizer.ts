/**
 * CLIP's tokenizer as OpenAI published it (simple_tokenizer.py, clip.tokenize): ftfy, HTML entities twice, white space,
 * lower case, the regular expression, byte-pair encoding over 49,408 entries (byte_pairs.ts, by `@huggingface/tokenizers`).
 *
 * Two things stay outside the library. The text is cut into words here, because the published expression also takes a
 * long s (ſ) for an s; and `<|startoftext|>` and `<|endoftext|>` count only where that expression finds them as words,
 * not wherever the characters stand ("!<|endoftext|>" has none), which the library's added tokens cannot express.
 */

import { UserError } from "../errors.ts";
import { checkOptions, flag, whole } from "../options_given.ts";
import { decodeIds, encodeWord, specialWords } from "./byte_pairs.ts";
import { fixText } from "./ftfy/fix_text.ts";
import { remembered } from "./remembered.ts";
import { unescapeHtml } from "./unescape.ts";

/** The id of `<|startoftext|>`, with which every prompt begins. */
export const SOS = 49406;

/** The id of `<|endoftext|>`, with which every prompt ends; it is the largest, so the features are read at the arg max. */
export const EOT = 49407;

/**
 * The token ids of `text` of at most 20,000 letters, without SOS and EOT. The words `<|startoftext|>` and `<|endoftext|>` in a text become the
 * ids of those tokens, as in the published tokenizer.
 *
 * @example
 * ```ts
 * import { encode } from "@plumbline/plumbline/clip";
 * import assert from "node:assert/strict";
 * assert.deepEqual(encode("A photo of a cat!"), [320, 1125, 539, 320, 2368, 256]);
 * ```
 */
export function encode(text: string): readonly number[] {
  return idsOf(text);
}

/**
 * The text of token ids, as the published `decode` gives it: a space after every word, U+FFFD for broken UTF-8.
 *
 * @throws {UserError} if an id is not in the vocabulary.
 *
 * @example
 * ```ts
 * import { decode } from "@plumbline/plumbline/clip";
 * import assert from "node:assert/strict";
 * assert.equal(decode([320, 1125, 539, 320, 2368, 256]), "a photo of a cat ! ");
 * ```
 */
export function decode(ids: ArrayLike<number>): string {
  const list = Array.from(ids);
  const stranger = list.find((id) => !Number.isInteger(id) || id < 0 || id > EOT);
  if (stranger !== undefined) {
    throw new UserError(
      `Token id ${stranger} is not in CLIP's vocabulary; ids are whole numbers from 0 to ${EOT}.`,
    );
  }
  return list.length === 0 ? "" : decodeIds(list);
}

/** How {@linkcode tokenize} treats the length. */
export interface TokenizeOptions {
  /** Cut texts that are too long, keeping EOT as the last token, instead of throwing. Default false. */
  truncate?: boolean;
  /** Tokens a row, SOS and EOT included; 77 for every published CLIP. */
  contextLength?: number;
}

/**
 * One row of token ids for each text: SOS, the text, EOT, then zeros up to the context length.
 *
 * @throws {UserError} if a text is too long and `truncate` is not set.
 *
 * @example
 * ```ts
 * import { tokenize } from "@plumbline/plumbline/clip";
 * import assert from "node:assert/strict";
 * const [row] = tokenize(["a cat"]);
 * assert.equal(row!.length, 77);
 * assert.deepEqual([...row!.subarray(0, 5)], [49406, 320, 2368, 49407, 0]);
 * ```
 */
export function tokenize(texts: readonly string[], options: TokenizeOptions = {}): Int32Array[] {
  checkOptions("tokenize", options, { truncate: flag, contextLength: whole(2) });
  const { truncate = false, contextLength = 77 } = options;
  return texts.map((text) => {
    const ids = [SOS, ...encode(text), EOT];
    if (ids.length > contextLength) {
      if (!truncate) throw tooLong(text, ids.length, contextLength);
      ids.length = contextLength;
      ids[contextLength - 1] = EOT;
    }
    const row = new Int32Array(contextLength);
    row.set(ids);
    return row;
  });
}

/** The error of a text with more tokens than are read. */
export function tooLong(text: string, tokens: number, contextLength: number): UserError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new UserError(
    `The text ${JSON.stringify(shown)} has ${tokens} tokens with start and end, but CLIP reads ` +
      `${contextLength}: shorten it, or pass { truncate: true } to cut it.`,
  );
}

/** Letters of a text at most: CLIP reads 77 tokens, and entities within entities take a pass each. */
const LONGEST = 20_000;

const idsOf = remembered((text) => {
  if (text.length > LONGEST) {
    throw new UserError(
      `The text ${
        JSON.stringify(`${text.slice(0, 60)}…`)
      } has ${text.length} letters, more than the ${LONGEST} that ` +
        "are read: shorten it.",
    );
  }
  const ids = clean(text).match(words)?.flatMap((word) => specials.get(word) ?? encodeWord(word));
  return Object.freeze(ids ?? []);
});

const specials = new Map(specialWords.map((word, i) => [word, SOS + i]));

/** White space as Python's `regex` module has it: U+0085 is, U+FEFF is not. */
const space = "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const spaces = new RegExp(`[${space}]+`, "g");

/**
 * The published expression for text in lower case. Ignoring case, a long s (ſ) passes for an s; and the iota subscript
 * U+0345, no letter but a letter's other case, belongs to no class and is dropped. Letters that Unicode got after the
 * version in the JavaScript engine count as signs.
 */
const words = new RegExp(
  `<\\|[sſ]tartoftext\\|>|<\\|endoftext\\|>|'[sſ]|'t|'re|'ve|'m|'ll|'d|` +
    `\\p{L}+|\\p{N}|[^${space}\\p{L}\\p{N}\\u0345]+`,
  "gu",
);

function clean(text: string): string {
  const readable = unescapeHtml(unescapeHtml(fixText(text)));
  // Only U+0020 is left to trim.
  return readable.replace(spaces, " ").replace(/^ | $/g, "").toLowerCase();
}
