/**
 * A CLIP's tokenizer: OpenAI's own, or the one in the `tokenizer.json` that lies beside weights (SigLIP's sentencepiece,
 * CLIPA's word pieces, XLM-V's), by `@huggingface/tokenizers`.
 *
 * @module
 */
import { Tokenizer } from "@huggingface/tokenizers";
import { UserError } from "../errors.ts";
import type { Cleaning } from "./config.ts";
import { fixText } from "./ftfy/fix_text.ts";
import { encode, EOT, SOS } from "./tokenizer.ts";
import { unescapeHtml } from "./unescape.ts";

/** How texts become tokens. */
export interface TextTokenizer {
  /** The ids that every prompt begins with. */
  begin: readonly number[];
  /** The ids that every prompt ends with. */
  end: readonly number[];
  /** The ids of a text, without those. */
  encode(text: string): readonly number[];
}

/** The tokenizer of OpenAI's CLIPs. */
export const clipTokenizer: TextTokenizer = { begin: [SOS], end: [EOT], encode };

/** What a `tokenizer.json` holds. */
export interface ParsedTokenizer {
  /** The tokenizer. */
  tokenizer: TextTokenizer;
  /** The size of the vocabulary: one more than the largest id. */
  size: number;
  /** The id that pads, where the file says one. */
  pad?: number | undefined;
  /** The id of a token. */
  idOf(token: string): number | undefined;
}

/** Letters of a text at most, as for CLIP's own. */
const LONGEST = 20_000;

/**
 * The tokenizer of a `tokenizer.json`.
 *
 * @param where the file, for messages
 * @throws {UserError} when it is none
 */
export function parseTokenizer(json: string, clean: Cleaning, where: string): ParsedTokenizer {
  const [library, pad] = open(json, where);
  const encodeWith = (text: string, specials: boolean) => {
    try {
      return library.encode(text, { add_special_tokens: specials }).ids;
    } catch (error) {
      throw new UserError(
        `${where} cannot encode ${JSON.stringify(text.slice(0, 60))} (${
          (error as Error).message.split("\n")[0]
        }): take the file that was published with the weights.`,
      );
    }
  };
  const [plain, marked] = [encodeWith("a", false), encodeWith("a", true)];
  const at = marked.findIndex((_, i) => plain.every((id, j) => marked[i + j] === id));
  const tokenizer = {
    begin: at < 0 ? [] : marked.slice(0, at),
    end: at < 0 ? [] : marked.slice(at + plain.length),
    encode(text: string) {
      if (text.length > LONGEST) {
        throw new UserError(
          `A text of ${text.length} letters is more than the ${LONGEST} that are read: shorten it.`,
        );
      }
      return encodeWith(cleaned(text, clean), false);
    },
  };
  const largest = library.get_vocab(true).values().reduce((a, b) => Math.max(a, b), -1);
  return { tokenizer, size: largest + 1, pad, idOf: (token) => library.token_to_id(token) };
}

function open(json: string, where: string): [Tokenizer, pad: number | undefined] {
  try {
    const parsed = JSON.parse(json);
    const pad = parsed.padding?.pad_id;
    return [new Tokenizer(parsed, {}), Number.isInteger(pad) ? pad : undefined];
  } catch (error) {
    throw new UserError(
      `${where} is no tokenizer that is read (${
        (error as Error).message.split("\n")[0]
      }): take the tokenizer.json that was published with the weights.`,
    );
  }
}

function spaced(text: string): string {
  return text.split(/\s+/u).filter((word) => word !== "").join(" ");
}

/** Python's `string.punctuation`. */
const punctuation = /[!-/:-@[-`{-~]/g;

/** What a {@linkcode Cleaning} makes of a text; open_clip's begin with ftfy and HTML entities, twice. */
export function cleaned(text: string, clean: Cleaning): string {
  if (clean === "lowercase") return text.toLowerCase();
  if (clean === "siglip") return spaced(text.toLowerCase().replace(punctuation, ""));
  const readable = unescapeHtml(unescapeHtml(fixText(text)));
  if (clean === "whitespace") return spaced(readable);
  if (clean === "lower") return spaced(readable).toLowerCase();
  return spaced(readable.replaceAll("_", " ").replace(punctuation, "").toLowerCase());
}
