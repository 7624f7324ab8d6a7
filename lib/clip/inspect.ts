/**
 * The sizes of a CLIP, read off its weights: OpenAI's rules (`build_model` in clip/model.py), and what the shapes show of
 * others' variants.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import {
  type BlockTraits,
  type ClipConfig,
  type Projection,
  type Shapes,
  usualHeads,
} from "./config.ts";

/**
 * The sizes of the CLIP whose tensors have these shapes. What no shape shows is as in OpenAI's CLIPs: a head is 64 wide.
 *
 * @throws {UserError} naming the first key that is missing or has a shape from which no size can be read.
 */
export function inspect(shapes: Shapes): ClipConfig {
  const size = (key: string, rank: number, axis: number) => {
    const shape = shapes.get(key);
    if (!shape) throw new UserError(`${key} is missing; these are no whole CLIP's weights.`);
    if (shape.length === rank && shape.every((n) => n > 0)) return shape[axis]!;
    throw new UserError(
      `${key} has shape [${shape}], expected ${rank} sizes above 0; these are no CLIP's weights.`,
    );
  };
  const [imageSize, vision] = inspectVision(shapes, size);
  const width = size("ln_final.weight", 1, 0);
  // Where pictures are pooled by attention, texts may go without a projection (SigLIP).
  const projection = shapes.has("visual.attn_pool.latent")
    ? projectionOf(shapes, "text_projection")
    : shapes.has("text_projection.bias")
    ? "biased"
    : "matrix";
  return {
    embedDim: projection === "none" ? width : size("text_projection", 2, 1),
    imageSize,
    vision,
    text: {
      width: width,
      layers: countBlocks(shapes, "transformer.resblocks."),
      heads: usualHeads(width),
      contextLength: size("positional_embedding", 2, 0),
      vocab: size("token_embedding.weight", 2, 0),
      ...blockTraits(shapes, "transformer", width),
      ...projection !== "matrix" && { projection },
    },
    ...shapes.has("logit_bias") && { logitBias: true as const },
  };
}

type Size = (key: string, rank: number, axis: number) => number;

function inspectVision(shapes: Shapes, size: Size): [imageSize: number, ClipConfig["vision"]] {
  const grid = (key: string, before: number) => {
    const positions = size(key, 2, 0) - before;
    const side = Math.round(Math.sqrt(positions));
    if (side > 0 && side * side === positions) return side;
    throw new UserError(
      `${key} has ${positions + before} rows, expected a square number${
        before > 0 ? " and one" : ""
      }; these are no CLIP's weights.`,
    );
  };
  const has = (key: string) => shapes.has(`visual.${key}`);
  if (has("proj") || has("class_embedding") || has("attn_pool.latent")) {
    const width = size("visual.conv1.weight", 4, 0);
    const patch = size("visual.conv1.weight", 4, 3);
    const pooled = has("attn_pool.latent");
    const classToken = !pooled || has("class_embedding");
    const projection = projectionOf(shapes, "visual.proj");
    return [patch * grid("visual.positional_embedding", classToken ? 1 : 0), {
      kind: "vit",
      width,
      layers: countBlocks(shapes, "visual.transformer.resblocks."),
      patch,
      heads: usualHeads(width),
      ...blockTraits(shapes, "visual.transformer", width),
      ...has("conv1.bias") && { patchBias: true as const },
      ...!classToken && { classToken: false as const },
      ...lacks(shapes, "visual.ln_pre.") && { normBefore: false as const },
      ...pooled && { pool: "attention" as const },
      ...projection !== "matrix" && { projection },
    }];
  }
  const width = size("visual.layer1.0.conv1.weight", 4, 0);
  const stage = (n: number) => countBlocks(shapes, `visual.layer${n}.`);
  // The stem and the stages halve the image five times.
  return [32 * grid("visual.attnpool.positional_embedding", 1), {
    kind: "resnet",
    width,
    layers: [stage(1), stage(2), stage(3), stage(4)],
    heads: usualHeads(32 * width),
  }];
}

/** What the shapes of a transformer's first block show. */
function blockTraits(shapes: Shapes, tower: string, width: number): BlockTraits {
  const at = `${tower}.resblocks.0`;
  const hidden = shapes.get(`${at}.mlp.c_fc.weight`)?.[0];
  return {
    ...hidden !== undefined && hidden !== 4 * width && { hidden },
    ...shapes.has(`${at}.ls_1.gamma`) && { layerScale: true as const },
  };
}

function projectionOf(shapes: Shapes, key: string): Projection {
  return !shapes.has(key) ? "none" : shapes.has(`${key}.bias`) ? "biased" : "matrix";
}

function lacks(shapes: Shapes, prefix: string): boolean {
  return !shapes.keys().some((key) => key.startsWith(prefix));
}

function countBlocks(shapes: Shapes, prefix: string): number {
  const blocks = new Set<string>();
  for (const key of shapes.keys()) {
    if (key.startsWith(prefix)) blocks.add(key.slice(prefix.length).split(".", 1)[0]!);
  }
  return blocks.size;
}
