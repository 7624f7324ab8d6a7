/**
 * The image towers of timm that open_clip's configs name, as far as they are computed: plain vision transformers.
 *
 * @module
 */
import type { VitConfig } from "../config.ts";
import type { Fields } from "./fields.ts";
import type { Stated } from "./stated.ts";

/** Width, blocks, heads and hidden numbers of timm's sizes (timm/models/vision_transformer.py, eva.py). */
const sizes: Record<string, Required<Pick<VitConfig, "width" | "layers" | "heads" | "hidden">>> = {
  base: { width: 768, layers: 12, heads: 12, hidden: 3072 },
  large: { width: 1024, layers: 24, heads: 16, hidden: 4096 },
  so400m: { width: 1152, layers: 27, heads: 16, hidden: 4304 },
  giantopt: { width: 1536, layers: 40, heads: 16, hidden: 6144 },
};

/**
 * What a tower's name says.
 *
 * @throws {UserError} for one that is not computed
 */
export function timmTower(
  config: Fields,
  name: string,
  imageSize: number,
): Pick<Stated, "vision" | "imageSize"> {
  const pool = config.text("timm_pool") ?? "avg";
  const projection = config.text("timm_proj") ?? "";
  const [, siglip, siglipPatch] = /^vit_(base|large|so400m|giantopt)_patch(\d+)_siglip_\d+$/
    .exec(name) ?? [];
  if (siglip !== undefined && pool === "map" && projection === "none") {
    return {
      imageSize,
      vision: {
        kind: "vit",
        ...sizes[siglip],
        patch: Number(siglipPatch),
        activation: siglip === "giantopt" ? "gelu-tanh" : "gelu",
        epsilon: 1e-6,
        patchBias: true,
        classToken: false,
        normBefore: false,
        pool: "attention",
        projection: "none",
      },
    };
  }
  const [, clip, clipPatch] = /^vit_(base|large)_patch(\d+)_clip_\d+$/.exec(name) ?? [];
  if (clip !== undefined && pool === "token" && projection === "") {
    return {
      imageSize,
      vision: {
        kind: "vit",
        ...sizes[clip],
        patch: Number(clipPatch),
        activation: "gelu",
        epsilon: 1e-5,
        projection: "biased",
      },
    };
  }
  if (name === "eva_giant_patch14_224" && pool === "token" && projection === "") {
    return {
      imageSize,
      vision: {
        kind: "vit",
        ...{ width: 1408, layers: 40, heads: 16, hidden: 6144, patch: 14 },
        activation: "gelu",
        epsilon: 1e-6,
        patchBias: true,
        normBefore: false,
        projection: "biased",
      },
    };
  }
  return config.fail(`the image tower ${name} of timm is not computed`);
}
