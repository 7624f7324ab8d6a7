/**
 * OpenAI's byte-pair vocabulary. The encoding is `@huggingface/tokenizers`', on a tokenizer.json made here from OpenAI's list
 * of merges (`data/clip/README.md`). Its tables of all 49,408 entries take as long to build as the rest of a small run's
 * start, and the words of a run's prompts need a few hundred of them: each word is encoded with the entries that stand in it.
 */

import { Tokenizer } from "@huggingface/tokenizers";
import bpe from "../../data/clip/bpe.json" with { type: "json" };
import { remembered } from "./remembered.ts";

/** What marks the last byte of a word. */
const END = "</w>";

/** The words that are tokens of their own, in the order of their ids, the last. */
export const specialWords = ["<|startoftext|>", "<|endoftext|>"];

/** The ids of a word, which is none of the special ones. */
export const encodeWord = remembered((word) => {
  const entries = entriesIn(word);
  return library(entries, mergesOf(entries)).encode(word).ids;
});

/** The text of ids, a space after every word. */
export function decodeIds(ids: number[]): string {
  return (decoder ??= library(vocabulary().ids, [])).decode(ids);
}

let decoder: Tokenizer | undefined;

/** The vocabulary's entries that stand in a word, with their ids. No other merge can happen in it. */
function entriesIn(word: string): Map<string, number> {
  const { ids, characters, longest } = vocabulary();
  const letters = Array.from(new TextEncoder().encode(word), (byte) => characters[byte]!);
  letters.push(`${letters.pop()}${END}`);
  const found = new Map<string, number>();
  for (let start = 0; start < letters.length; start++) {
    let piece = "";
    for (let end = start; end < Math.min(start + longest, letters.length); end++) {
      piece += letters[end];
      const id = ids.get(piece);
      if (id !== undefined) found.set(piece, id);
    }
  }
  return found;
}

/** The merges that make entries, in their order. */
function mergesOf(entries: ReadonlyMap<string, number>): string[] {
  const { merges, bytes } = vocabulary();
  return [...entries.values()].sort((a, b) => a - b)
    .flatMap((id) => merges[id - 2 * bytes.length] ?? []);
}

/** The library's tokenizer on some entries of the vocabulary. */
function library(entries: ReadonlyMap<string, number>, merges: string[]): Tokenizer {
  const tokenizerJson = {
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: false },
    model: {
      type: "BPE",
      end_of_word_suffix: END,
      vocab: Object.fromEntries(entries),
      merges,
      ignore_merges: false,
    },
    post_processor: null,
    decoder: { type: "ByteLevel" },
  };
  return new Tokenizer(tokenizerJson, { clean_up_tokenization_spaces: false });
}

/** The vocabulary: bytes, bytes that end a word, merges in order, the special words. */
interface Vocabulary {
  /** The merges, two entries with a space between. */
  merges: string[];
  /** The entries' ids. */
  ids: ReadonlyMap<string, number>;
  /** The character of each byte, by its value. */
  characters: readonly string[];
  /** The same in the vocabulary's order. */
  bytes: readonly string[];
  /** The letters of the longest entry. */
  longest: number;
}

let known: Vocabulary | undefined;

function vocabulary(): Vocabulary {
  if (known) return known;
  const merges = bpe.merges.split("\n");
  const { characters, bytes } = byteCharacters();
  const ids = new Map<string, number>();
  let longest = 0;
  for (const entry of [...bytes, ...bytes.map((b) => `${b}${END}`)]) ids.set(entry, ids.size);
  for (const merge of merges) {
    const entry = merge.replace(" ", "");
    longest = Math.max(longest, entry.length);
    ids.set(entry, ids.size);
  }
  for (const word of specialWords) ids.set(word, ids.size);
  return known = { merges, ids, characters, bytes, longest };
}

/** GPT-2's printable stand-ins for the 256 bytes: in the vocabulary's order the printable bytes are first. */
function byteCharacters(): Pick<Vocabulary, "characters" | "bytes"> {
  const isPrintable = (b: number) => (b > 32 && b < 127) || (b > 160 && b < 256 && b !== 173);
  let others = 0;
  const characters = Array.from(
    { length: 256 },
    (_, b) => String.fromCharCode(isPrintable(b) ? b : 256 + others++),
  );
  const printable = characters.filter((_, b) => isPrintable(b));
  return { characters, bytes: [...printable, ...characters.filter((_, b) => !isPrintable(b))] };
}
