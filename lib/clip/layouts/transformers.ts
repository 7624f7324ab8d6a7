/**
 * Hugging Face transformers' `CLIPModel` and `SiglipModel` by OpenAI's keys: queries, keys and values apart, projections
 * stored [out, in].
 *
 * @module
 */
import type { TensorFile } from "../safetensors.ts";
import type { Part } from "./view.ts";
import { view } from "./view.ts";

const blockNames = new Map(Object.entries({
  "layer_norm1": "ln_1",
  "layer_norm2": "ln_2",
  "self_attn.out_proj": "attn.out_proj",
  "mlp.fc1": "mlp.c_fc",
  "mlp.fc2": "mlp.c_proj",
}));

/** Tensors that are no layers of the blocks. */
const names = new Map(Object.entries<[key: string, how?: "transposed" | "scalar"]>({
  "logit_scale": ["logit_scale", "scalar"],
  "logit_bias": ["logit_bias", "scalar"],
  "text_model.embeddings.token_embedding.weight": ["token_embedding.weight"],
  "text_model.embeddings.position_embedding.weight": ["positional_embedding"],
  "text_model.final_layer_norm.weight": ["ln_final.weight"],
  "text_model.final_layer_norm.bias": ["ln_final.bias"],
  "text_projection.weight": ["text_projection", "transposed"],
  "text_model.head.weight": ["text_projection", "transposed"],
  "text_model.head.bias": ["text_projection.bias"],
  "vision_model.embeddings.class_embedding": ["visual.class_embedding"],
  "vision_model.embeddings.patch_embedding.weight": ["visual.conv1.weight"],
  "vision_model.embeddings.patch_embedding.bias": ["visual.conv1.bias"],
  "vision_model.embeddings.position_embedding.weight": ["visual.positional_embedding"],
  "vision_model.pre_layrnorm.weight": ["visual.ln_pre.weight"],
  "vision_model.pre_layrnorm.bias": ["visual.ln_pre.bias"],
  "vision_model.post_layernorm.weight": ["visual.ln_post.weight"],
  "vision_model.post_layernorm.bias": ["visual.ln_post.bias"],
  "visual_projection.weight": ["visual.proj", "transposed"],
  "vision_model.head.probe": ["visual.attn_pool.latent"],
  "vision_model.head.attention.out_proj.weight": ["visual.attn_pool.proj.weight"],
  "vision_model.head.attention.out_proj.bias": ["visual.attn_pool.proj.bias"],
  "vision_model.head.layernorm.weight": ["visual.attn_pool.norm.weight"],
  "vision_model.head.layernorm.bias": ["visual.attn_pool.norm.bias"],
  "vision_model.head.mlp.fc1.weight": ["visual.attn_pool.mlp.fc1.weight"],
  "vision_model.head.mlp.fc1.bias": ["visual.attn_pool.mlp.fc1.bias"],
  "vision_model.head.mlp.fc2.weight": ["visual.attn_pool.mlp.fc2.weight"],
  "vision_model.head.mlp.fc2.bias": ["visual.attn_pool.mlp.fc2.bias"],
}));

/** The file by OpenAI's keys; undefined where it is of another layout. */
export function fromTransformers(file: TensorFile): TensorFile | undefined {
  if (!file.keys.includes("text_model.embeddings.token_embedding.weight")) return undefined;
  const parts = new Map<string, Part>();
  const has = (key: string) => file.keys.includes(key);
  for (const key of file.keys) {
    const [place, how] = names.get(key) ?? [];
    if (place) {
      parts.set(place, {
        keys: [key],
        ...how === "transposed" && { transposed: true as const },
        ...how === "scalar" && file.shape(key).length === 1 && { shape: [] },
      });
      continue;
    }
    if (key.endsWith(".embeddings.position_ids")) continue; // 0, 1, 2, …
    const [, model, block, rest] =
      /^(text|vision)_model\.encoder\.layers\.(\d+)\.(.+)$/.exec(key) ?? [];
    const tower = model === "vision" ? "visual.transformer" : "transformer";
    const [, layer, kind] = /^(.+)\.(weight|bias)$/.exec(rest ?? "") ?? [];
    if (blockNames.get(layer!)) {
      parts.set(`${tower}.resblocks.${block}.${blockNames.get(layer!)}.${kind}`, { keys: [key] });
    } else if (layer === "self_attn.q_proj") {
      const all = ["q", "k", "v"].map((part) =>
        key.replace("self_attn.q_proj", `self_attn.${part}_proj`)
      );
      parts.set(`${tower}.resblocks.${block}.attn.in_proj_${kind}`, {
        keys: all.every(has) ? all : [key],
      });
    } else if (layer !== "self_attn.k_proj" && layer !== "self_attn.v_proj") {
      parts.set(key, { keys: [key] }); // refused by its name
    }
  }
  poolParts(file, parts);
  return view(file, parts);
}

/** PyTorch's attention keeps queries, keys and values in one array; timm's pool, the queries apart. */
function poolParts(file: TensorFile, parts: Map<string, Part>): void {
  for (const kind of ["weight", "bias"]) {
    const key = `vision_model.head.attention.in_proj_${kind}`;
    if (!file.keys.includes(key)) continue;
    parts.delete(key);
    parts.set(`visual.attn_pool.q.${kind}`, { keys: [key], rows: [0, 1 / 3] });
    parts.set(`visual.attn_pool.kv.${kind}`, { keys: [key], rows: [1 / 3, 1] });
  }
}
