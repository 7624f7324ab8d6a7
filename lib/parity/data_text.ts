/**
 * Token ids, published templates, and the words that ProGrad's context starts from.
 *
 * @module
 */
import { decode, encode, tokenize } from "../clip/mod.ts";
import {
  type CustomSet,
  customTemplate,
  datasets,
  ensemble,
  type EnsembleName,
} from "../datasets/mod.ts";
import { UserError } from "../errors.ts";
import { type Comparison, same, skip } from "./compare.ts";
import type { DataCheck } from "./data.ts";

/** `tokenizer`. Of a refusal only that it comes is compared: its words are ours. */
export const tokenizerCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("tokenizer"),
  async check(folder, record) {
    const { rows } = await folder.readJson<{ rows: TokenizedText[] }>(record.file);
    return rows.map(({ text, ids, decoded, tokenize77, tokenize77_truncated }) => {
      const own = { ids: encode(text), decoded: decode(ids), whole: whole(text), cut: cut(text) };
      const recorded = { ids, decoded, whole: tokenize77 ?? null, cut: tokenize77_truncated };
      return same(JSON.stringify(text).slice(0, 40), own, recorded);
    });
  },
};

interface TokenizedText {
  text: string;
  ids: number[];
  decoded: string;
  /** Without the zeros at the end; absent where the text is refused. */
  tokenize77?: number[];
  tokenize77_truncated: number[];
}

function whole(text: string): number[] | null {
  try {
    return withoutPadding(tokenize([text])[0]!);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function cut(text: string): number[] {
  return withoutPadding(tokenize([text], { truncate: true })[0]!);
}

function withoutPadding(row: Int32Array): number[] {
  return [...row.subarray(0, row.findLastIndex((id) => id !== 0) + 1)];
}

/** The published code's names of template lists. */
const ensembles: Record<string, EnsembleName> = {
  coop_imagenet_templates: "imagenet_80",
  imagenet_templates_select: "imagenet_7",
  prometar_imagenet_templates: "prometar_60",
  promptsrc_imagenet_templates: "prometar_60",
};

/** And of one template for each data set. */
const customs: Record<string, CustomSet> = {
  coop_custom_templates: "coop",
  kgcoop_custom_templates: "kgcoop",
};

/** `templates`. */
export const templatesCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("templates"),
  async check(folder, record) {
    const lists = await folder.readJson<Record<string, string[] | Record<string, string>>>(
      record.file,
    );
    return Object.entries(lists).flatMap(([key, recorded]): Comparison[] => {
      if (Object.hasOwn(ensembles, key)) return [same(key, ensemble(ensembles[key]!), recorded)];
      if (!Object.hasOwn(customs, key)) return [skip(key, "no list of templates has this name")];
      return Object.entries(recorded).map(([set, template]) =>
        same(`${key}, ${set}`, customTemplate(shortName(set), customs[key]), template)
      );
    });
  },
};

/** `prograd_notes`: the template's words that the context takes. What the published code refuses is no number to match. */
export const contextWordsCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("prograd_notes"),
  async check(folder, record) {
    const { ctx_init_word_vs_token_count: counts, ...others } = await folder.readJson<
      { ctx_init_word_vs_token_count: Record<string, ContextWords> }
    >(record.file);
    return [
      ...Object.entries(counts).map(([set, recorded]) => {
        const template = customTemplate(shortName(set), "prograd");
        const ctx_init = template.replace(" {}.", "");
        const ids = encode(ctx_init);
        const own = {
          template,
          ctx_init,
          words: ctx_init.split(" ").length,
          bpe_tokens: ids.length,
          ids,
        };
        return same(set, own, recorded);
      }),
      ...Object.keys(others).map((key) => skip(key, "it is no number")),
    ];
  },
};

interface ContextWords {
  template: string;
  ctx_init: string;
  words: number;
  bpe_tokens: number;
  ids: number[];
}

/** `OxfordPets` → `oxford_pets`. The published class of DTD is called DescribableTextures, of Flowers102 OxfordFlowers. */
function shortName(published: string): string {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  if (published === "DescribableTextures") return "dtd";
  return datasets.find(({ name }) => plain(name) === plain(published))?.name ?? published;
}
