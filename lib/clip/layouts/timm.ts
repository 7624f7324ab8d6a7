/**
 * timm's vision transformers (vision_transformer.py, eva.py) by OpenAI's keys.
 *
 * @module
 */
import type { TensorFile } from "../safetensors.ts";
import type { Part } from "./view.ts";

const blockNames = new Map(Object.entries({
  "norm1": "ln_1",
  "norm2": "ln_2",
  "attn.proj": "attn.out_proj",
  "mlp.fc1": "mlp.c_fc",
  "mlp.fc2": "mlp.c_proj",
}));

const towerNames = new Map(Object.entries({
  "patch_embed.proj": "conv1",
  "norm_pre": "ln_pre",
  "norm": "ln_post",
}));

/** Where each tensor of an image tower is whose keys begin with `trunk`. What has no place keeps its name, and is refused by it. */
export function timmKeys(file: TensorFile, trunk: string): Map<string, Part> {
  const parts = new Map<string, Part>();
  for (const key of file.keys.filter((key) => key.startsWith(trunk))) {
    const name = key.slice(trunk.length);
    const [place, part] = placed(file, key, name, trunk) ?? [key, { keys: [key] }];
    if (part) parts.set(place, part);
  }
  return parts;
}

function placed(
  file: TensorFile,
  key: string,
  name: string,
  trunk: string,
): [string, Part | undefined] | undefined {
  const [, block, rest] = /^blocks\.(\d+)\.(.+)$/.exec(name) ?? [];
  if (block !== undefined) {
    const at = `visual.transformer.resblocks.${block}`;
    const [, layer, kind] = /^(.+)\.(weight|bias)$/.exec(rest!) ?? [];
    if (layer === "attn.qkv") return [`${at}.attn.in_proj_${kind}`, { keys: [key] }];
    // EVA's keys have no bias.
    if (rest === "attn.q_bias") {
      const values = `${trunk}blocks.${block}.attn.v_bias`;
      return [`${at}.attn.in_proj_bias`, { keys: [key, values], zeros: key }];
    }
    if (rest === "attn.v_bias") return [key, undefined];
    if (rest === "ls1.gamma") return [`${at}.ls_1.gamma`, { keys: [key] }];
    if (rest === "ls2.gamma") return [`${at}.ls_2.gamma`, { keys: [key] }];
    return blockNames.get(layer!) && [`${at}.${blockNames.get(layer!)}.${kind}`, { keys: [key] }] ||
      undefined;
  }
  if (name.startsWith("attn_pool.")) return [`visual.${name}`, { keys: [key] }];
  if (name === "cls_token") {
    return ["visual.class_embedding", { keys: [key], shape: file.shape(key).slice(2) }];
  }
  if (name === "pos_embed") {
    return ["visual.positional_embedding", { keys: [key], shape: file.shape(key).slice(1) }];
  }
  if (name === "head.weight") return ["visual.proj", { keys: [key], transposed: true }];
  if (name === "head.bias") return ["visual.proj.bias", { keys: [key] }];
  const [, layer, kind] = /^(.+)\.(weight|bias)$/.exec(name) ?? [];
  return towerNames.get(layer!) && [`visual.${towerNames.get(layer!)}.${kind}`, { keys: [key] }] ||
    undefined;
}
