/**
 * open_clip's `CustomTextCLIP`: the text tower under `text.`, its projection a linear layer; the image tower open_clip's own
 * or, under `visual.trunk.`, timm's.
 *
 * @module
 */
import type { TensorFile } from "../safetensors.ts";
import { timmKeys } from "./timm.ts";
import { type Part, view } from "./view.ts";

/** The file by OpenAI's keys; undefined where it is of another layout. */
export function fromOpenClip(file: TensorFile): TensorFile | undefined {
  const isOwn = file.keys.includes("token_embedding.weight");
  const isCustom = file.keys.includes("text.token_embedding.weight");
  const hasTrunk = file.keys.some((key) => key.startsWith("visual.trunk."));
  if (!isOwn && !isCustom) return undefined;
  const scalar = ["logit_scale", "logit_bias"].some((key) =>
    file.keys.includes(key) && file.shape(key).join() === "1"
  );
  const biased = file.keys.some((key) => /(^|\.)text_projection\.weight$/.test(key));
  if (isOwn && !hasTrunk && !scalar && !biased) return file;
  const parts = new Map<string, Part>();
  for (const key of file.keys) {
    if (key.startsWith("visual.trunk.")) continue;
    const own = isCustom && key.startsWith("text.") ? key.slice("text.".length) : key;
    if (own === "text_projection.weight") {
      parts.set("text_projection", { keys: [key], transposed: true });
    } else if ((own === "logit_scale" || own === "logit_bias") && file.shape(key).join() === "1") {
      parts.set(own, { keys: [key], shape: [] });
    } else parts.set(own, { keys: [key] });
  }
  if (hasTrunk) { for (const [key, part] of timmKeys(file, "visual.trunk.")) parts.set(key, part); }
  return view(file, parts);
}
