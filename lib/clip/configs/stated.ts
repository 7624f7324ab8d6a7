/**
 * What a config file beside weights says of them, and how that and the weights' own shapes become one: what both say must
 * agree, what neither says is as in OpenAI's CLIPs and is told.
 *
 * @module
 */
import { CLIP_PIXELS, type PixelFormat } from "../../image/mod.ts";
import { UserError } from "../../errors.ts";
import type { Cleaning, ClipConfig, ResNetConfig, TextConfig, VitConfig } from "../config.ts";

/** A config file's words. */
export interface Stated {
  /** The file's name. */
  from: string;
  /** Length of the features. */
  embedDim?: number | undefined;
  /** Side of the images, in pixels. */
  imageSize?: number;
  /** What the file says of the image tower. */
  vision: Partial<VitConfig> | Partial<ResNetConfig>;
  /** What the file says of the text tower. */
  text: Partial<Omit<TextConfig, "tokenizer">>;
  /** How pictures become pixels; absent where the file does not say. */
  pixels?: PixelFormat;
  /** A tokenizer that is not CLIP's. */
  tokenizer?: StatedTokenizer | undefined;
}

/** What a config says of a tokenizer that is not CLIP's. */
export interface StatedTokenizer {
  /** Its name on the Hub. */
  name: string;
  /** What is done to texts first. */
  clean: Cleaning;
  /** The id that a text is read at, where the config names one. */
  end?: number;
  /** Whether what ends a text counts as padding (CLIPA). */
  stripEnd?: true;
}

/**
 * The config of weights: what their shapes show (`seen`), with what the file says and no shape shows.
 *
 * @throws {UserError} for what the two say differently
 */
export function settle(seen: ClipConfig, stated: Stated, where: string): ClipConfig {
  const { from } = stated;
  same(stated.embedDim, seen.embedDim, "features of length", from, where);
  const { vision } = seen;
  const towers = {
    vision: settleTower({ ...vision }, stated.vision, "image tower", from, where),
    text: settleTower({ ...seen.text }, stated.text, "text tower", from, where),
  };
  const side = vision.kind === "vit" ? vision.patch : 32;
  if (stated.imageSize !== undefined) {
    // A size that patches do not fill is cut.
    same(
      Math.floor(stated.imageSize / side),
      seen.imageSize / side,
      "patches a side:",
      from,
      where,
    );
  }
  const { pixels } = stated;
  const isUsual = pixels === undefined || JSON.stringify(pixels) === JSON.stringify(CLIP_PIXELS);
  return {
    ...seen,
    ...towers as unknown as Pick<ClipConfig, "vision" | "text">,
    imageSize: stated.imageSize ?? seen.imageSize,
    ...!isUsual && { pixels },
  };
}

type Tower = Record<string, unknown> & { width: number; heads: number; layers: unknown };

/** What every tower's shapes show. */
const shown = ["kind", "width", "layers", "patch", "contextLength", "vocab"];

/** What a tower is like where nothing is said of it: left out of a config. */
const usual: Record<string, unknown> = { activation: "quick-gelu", epsilon: 1e-5, pool: "class" };

function settleTower(
  seen: Tower,
  stated: Record<string, unknown>,
  what: string,
  from: string,
  where: string,
): Tower {
  const config = { ...seen };
  const wide = seen.kind === "resnet" ? 32 * seen.width : seen.width;
  for (const [key, value] of Object.entries(stated)) {
    if (value === undefined) continue;
    if (shown.includes(key)) same(value, seen[key], `${what} with ${key}`, from, where);
    else if (key === "hidden") {
      same(value, seen.hidden ?? 4 * wide, `${what} with ${key}`, from, where);
    } else if (key === "pool" && (value === "attention") !== (seen.pool === "attention")) {
      same(value, seen.pool ?? "class", `${what} with ${key}`, from, where);
    } else if (decided.includes(key)) same(value, seen[key], `${what} with ${key}`, from, where);
    else if (usual[key] !== value) config[key] = value;
  }
  if (!(Number.isInteger(config.heads) && config.heads > 0 && wide % config.heads === 0)) {
    throw new UserError(
      `${where}: ${from} gives the ${what} ${config.heads} heads, which do not share its ${wide} numbers: ` +
        "take the config that was published with the weights.",
    );
  }
  return config;
}

/** What is there or not, as the keys show. */
const decided = ["patchBias", "classToken", "normBefore", "layerScale", "projection"];

function same(stated: unknown, seen: unknown, what: string, from: string, where: string): void {
  if (stated === undefined || JSON.stringify(stated) === JSON.stringify(seen)) return;
  throw new UserError(
    `${where}: ${from} says ${what} ${JSON.stringify(stated)}, the weights have ${
      JSON.stringify(seen) ?? "none"
    }: they do not belong together; put the weights beside their own config.`,
  );
}
