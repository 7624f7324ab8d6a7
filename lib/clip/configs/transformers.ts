/**
 * Hugging Face transformers' `config.json` of CLIP and SigLIP models. Its files leave out what is as in the library, whose
 * defaults these are (configuration_clip.py, configuration_siglip.py).
 *
 * @module
 */
import type { Activation } from "../config.ts";
import type { Fields } from "./fields.ts";
import { transformersPixels } from "./pixels.ts";
import type { Stated, StatedTokenizer } from "./stated.ts";

/** The file's name. */
export const TRANSFORMERS_CONFIG = "config.json";

/** The library's defaults: hidden size, intermediate size, layers, heads, positions (or image), vocabulary (or patch). */
interface Defaults {
  text: readonly [number, number, number, number, number, number];
  vision: readonly [number, number, number, number, number, number];
  activation: string;
  epsilon: number;
}

const models = new Map(Object.entries<Defaults>({
  clip: {
    text: [512, 2048, 12, 8, 77, 49408],
    vision: [768, 3072, 12, 12, 224, 32],
    activation: "quick_gelu",
    epsilon: 1e-5,
  },
  siglip: {
    text: [768, 3072, 12, 12, 64, 32000],
    vision: [768, 3072, 12, 12, 224, 16],
    activation: "gelu_pytorch_tanh",
    epsilon: 1e-6,
  },
}));

const activations = new Map(Object.entries<Activation>({
  quick_gelu: "quick-gelu",
  gelu: "gelu",
  gelu_pytorch_tanh: "gelu-tanh",
  gelu_new: "gelu-tanh",
}));

/**
 * What the file says, with the `preprocessor_config.json` beside it where there is one.
 *
 * @param tokenizerClass of `tokenizer_config.json`
 * @throws {UserError} naming what of it is not computed
 */
export function transformersStated(
  file: Fields,
  preprocessor: Fields | undefined,
  tokenizerClass: string | undefined,
): Stated {
  const type = file.text("model_type") ?? file.fail("model_type is missing");
  const defaults = models.get(type);
  if (!defaults) {
    return file.fail(`models of type ${type.slice(0, 40)} are not computed, clip and siglip are`);
  }
  const empty = () => emptyFields;
  const text = file.object("text_config") ?? file.object("text_config_dict") ?? empty();
  const vision = file.object("vision_config") ?? file.object("vision_config_dict") ?? empty();
  if (text.flag("is_decoder") || text.flag("add_cross_attention")) {
    text.fail("text_config describes a decoder, which is not computed");
  }
  const isSiglip = type === "siglip";
  if (isSiglip && vision.flag("vision_use_head") === false) {
    vision.fail("an image tower without its head is not computed");
  }
  const tower = (config: Fields, [width, hidden, layers, heads]: Defaults["text"]) => ({
    width: config.number("hidden_size") ?? width,
    hidden: config.number("intermediate_size") ?? hidden,
    layers: config.number("num_hidden_layers") ?? layers,
    heads: config.number("num_attention_heads") ?? heads,
    activation: activationOf(config, defaults.activation),
    epsilon: config.number("layer_norm_eps") ?? defaults.epsilon,
  });
  return {
    from: TRANSFORMERS_CONFIG,
    embedDim: isSiglip ? text.number("projection_size") : file.number("projection_dim") ?? 512,
    imageSize: vision.side("image_size") ?? defaults.vision[4],
    vision: {
      kind: "vit",
      ...tower(vision, defaults.vision),
      patch: vision.side("patch_size") ?? defaults.vision[5],
      ...isSiglip && { pool: "attention" as const },
    },
    text: {
      ...tower(text, defaults.text),
      contextLength: text.number("max_position_embeddings") ?? defaults.text[4],
      vocab: text.number("vocab_size") ?? defaults.text[5],
      ...isSiglip && { causal: false as const, read: "last" as const },
    },
    ...preprocessor && { pixels: transformersPixels(preprocessor) },
    ...isSiglip && { tokenizer: siglipTokenizer(file, tokenizerClass) },
  };
}

/** SigLIP's own tokenizer takes punctuation and capitals out of texts; SigLIP 2's is Gemma's, for texts in lower case. */
function siglipTokenizer(file: Fields, name: string | undefined): StatedTokenizer {
  if (name?.startsWith("SiglipTokenizer")) return { name, clean: "siglip" };
  if (name && /^(Gemma|Siglip2)Tokenizer/.test(name)) return { name, clean: "lowercase" };
  return file.fail(
    `tokenizer_config.json beside it ${
      name ? `names a ${name.slice(0, 40)}` : "is missing"
    }, and it says how texts are cleaned: put SigLIP's there`,
  );
}

function activationOf(config: Fields, usual: string): Activation {
  const name = config.text("hidden_act") ?? usual;
  return activations.get(name) ??
    config.fail(`the activation ${name.slice(0, 40)} is not computed`);
}

const emptyFields: Fields = {
  number: () => undefined,
  flag: () => undefined,
  text: () => undefined,
  numbers: () => undefined,
  side: () => undefined,
  object: () => undefined,
  raw: () => undefined,
  only: () => {},
  fail: (what) => {
    throw new Error(what);
  },
};
