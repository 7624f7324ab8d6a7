/**
 * open_clip's `open_clip_config.json` (its `CLIPVisionCfg` and `CLIPTextCfg`, whose defaults are these).
 *
 * @module
 */
import type { Activation, VitConfig } from "../config.ts";
import type { Fields } from "./fields.ts";
import { openClipPixels } from "./pixels.ts";
import type { Stated, StatedTokenizer } from "./stated.ts";
import { timmTower } from "./timm.ts";

/** The file's name. */
export const OPEN_CLIP_CONFIG = "open_clip_config.json";

/**
 * What the file says.
 *
 * @throws {UserError} naming what of it is not computed
 */
export function openClipStated(file: Fields): Stated {
  const model = file.object("model_cfg") ?? file;
  const preprocess = file.object("preprocess_cfg");
  if (model.object("multimodal_cfg")) model.fail("CoCa's multimodal decoder is not computed");
  model.only([
    ...["embed_dim", "vision_cfg", "text_cfg", "quick_gelu", "custom_text", "init_logit_scale"],
    ...["init_logit_bias", "nonscalar_logit_scale", "cast_dtype", "output_dict"],
    ...model === file ? ["preprocess_cfg"] : [],
  ]);
  const vision = model.object("vision_cfg") ?? model.fail("vision_cfg is missing");
  const text = model.object("text_cfg") ?? model.fail("text_cfg is missing");
  const activation = model.flag("quick_gelu") ? "quick-gelu" : "gelu";
  return {
    from: OPEN_CLIP_CONFIG,
    embedDim: model.number("embed_dim"),
    ...imageTower(vision, activation),
    ...textTower(text, activation),
    ...preprocess && { pixels: openClipPixels(preprocess) },
  };
}

/** What changes no feature of a frozen model. */
const harmless = ["patch_dropout", "output_tokens", "pos_embed_type"];

const timmFields = [
  ...["timm_model_name", "timm_model_pretrained", "timm_pool", "timm_proj", "timm_proj_bias"],
  ...["timm_drop", "timm_drop_path"],
];

function imageTower(config: Fields, activation: Activation): Pick<Stated, "vision" | "imageSize"> {
  const imageSize = config.side("image_size") ?? 224;
  refuseVariants(config);
  if (config.raw("attentional_pool")) config.fail("an attentional_pool (CoCa's) is not computed");
  const timm = config.text("timm_model_name");
  if (timm !== undefined) {
    config.only([...timmFields, "image_size", ...harmless]);
    return timmTower(config, timm, imageSize);
  }
  const width = config.number("width") ?? 768;
  const headWidth = config.number("head_width") ?? 64;
  config.only([
    ...["layers", "width", "head_width", "mlp_ratio", "patch_size", "image_size", "ls_init_value"],
    ...["attentional_pool", "attn_pooler_queries", "attn_pooler_heads", "no_ln_pre", "pool_type"],
    ...["final_ln_after_pool", "act_kwargs", "norm_kwargs", ...harmless, ...timmFields],
    ...variants,
  ]);
  if (Array.isArray(config.raw("layers"))) {
    const layers = config.numbers("layers", 4) as [number, number, number, number];
    return {
      imageSize,
      vision: { kind: "resnet", width, layers, heads: Math.floor(32 * width / headWidth) },
    };
  }
  const pool = config.text("pool_type") ?? "tok";
  if (pool !== "tok" && pool !== "avg") config.fail(`pool_type ${pool} is not computed`);
  const vit: Partial<VitConfig> = {
    kind: "vit",
    width,
    layers: config.number("layers") ?? 12,
    patch: config.side("patch_size") ?? 16,
    heads: Math.floor(width / headWidth),
    hidden: Math.floor(width * (config.number("mlp_ratio") ?? 4)),
    ...blockTraits(config, activation),
    ...config.flag("no_ln_pre") && { normBefore: false as const },
    ...pool === "avg" && { pool: "mean" as const },
    ...pool === "avg" && config.flag("final_ln_after_pool") && { normAfterPool: true as const },
  };
  return { imageSize, vision: vit };
}

function textTower(config: Fields, activation: Activation): Pick<Stated, "text" | "tokenizer"> {
  const bert = config.text("hf_model_name");
  if (bert !== undefined) config.fail(`the text tower ${bert} of transformers is not computed`);
  if (config.flag("embed_cls")) {
    config.fail("a text tower with a class token (CoCa's) is not computed");
  }
  refuseVariants(config);
  config.only([
    ...["context_length", "vocab_size", "hf_tokenizer_name", "tokenizer_kwargs", "tokenizer_mode"],
    ...["width", "heads", "layers", "mlp_ratio", "ls_init_value", "embed_cls", "pad_id", "eos_id"],
    ...["no_causal_mask", "final_ln_after_pool", "pool_type", "proj_bias", "proj_type"],
    ...["output_tokens", "act_kwargs", "norm_kwargs", "hf_model_name", "hf_model_pretrained"],
    ...["hf_proj_type", "hf_pooler_type", ...variants],
  ]);
  const width = config.number("width") ?? 512;
  const pool = config.text("pool_type") ?? "argmax";
  if (!["argmax", "eos", "last"].includes(pool)) config.fail(`pool_type ${pool} is not computed`);
  const isCausal = !config.flag("no_causal_mask");
  if (pool === "last" && isCausal) {
    config.fail("a causal text tower read at its last token is not computed");
  }
  const projection = config.text("proj_type") ?? "linear";
  if (projection !== "linear" && projection !== "none") {
    config.fail(`proj_type ${projection} is not computed`);
  }
  return {
    text: {
      width,
      layers: config.number("layers") ?? 12,
      heads: config.number("heads") ?? 8,
      contextLength: config.number("context_length") ?? 77,
      vocab: config.number("vocab_size") ?? 49408,
      hidden: Math.floor(width * (config.number("mlp_ratio") ?? 4)),
      ...blockTraits(config, activation),
      ...!isCausal && { causal: false as const },
      ...pool === "last" && { read: "last" as const },
      ...projection === "none" && { projection: "none" as const },
    },
    tokenizer: tokenizerOf(config, pool),
  };
}

function blockTraits(config: Fields, activation: Activation) {
  const act = config.object("act_kwargs");
  const norm = config.object("norm_kwargs");
  act?.only(["approximate"]);
  norm?.only(["eps"]);
  const approximate = act?.text("approximate") ?? "none";
  if (approximate !== "none" && approximate !== "tanh") {
    config.fail(`GELU's ${approximate} is not known`);
  }
  return {
    activation: approximate === "tanh" ? "gelu-tanh" as const : activation,
    epsilon: norm?.number("eps") ?? 1e-5,
    ...config.number("ls_init_value") !== undefined && { layerScale: true as const },
  };
}

function tokenizerOf(config: Fields, pool: string): StatedTokenizer | undefined {
  const name = config.text("hf_tokenizer_name");
  const options = config.object("tokenizer_kwargs");
  const mode = config.text("tokenizer_mode");
  if (mode !== undefined && mode !== "") config.fail(`tokenizer_mode ${mode} is not computed`);
  options?.only(["clean", "strip_sep_token"]);
  const clean = options?.text("clean") ?? (name === undefined ? "lower" : "whitespace");
  if (name === undefined) {
    return clean === "lower"
      ? undefined
      : config.fail(`CLIP's tokenizer with texts cleaned by ${clean} is not computed`);
  }
  if (clean !== "canonicalize" && clean !== "lower" && clean !== "whitespace") {
    return config.fail(`texts cleaned by ${clean} are not known`);
  }
  return {
    name,
    clean,
    ...pool === "eos" && { end: config.number("eos_id") ?? 2 },
    ...options?.flag("strip_sep_token") && { stripEnd: true as const },
  };
}

/** Variants of blocks that open_clip has and no published model. */
const variants = [
  ...["block_type", "qk_norm", "scaled_cosine_attn", "scale_heads", "scale_attn_inner"],
  ...["scale_attn", "scale_fc"],
];

function refuseVariants(config: Fields): void {
  const used = variants.find((key) => config.raw(key) && config.raw(key) !== "default");
  if (used) config.fail(`blocks with ${used} are not computed`);
}
