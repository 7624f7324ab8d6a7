/**
 * The sizes of a CLIP, read off its weights by OpenAI's rules (`build_model` in clip/model.py), and in return every key
 * and shape that a CLIP of those sizes has.
 */

import { UserError } from "../errors.ts";

/** The shapes of stored tensors by key. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** The vision transformer's sizes. */
export interface VitConfig {
  /** Tells the towers apart. */
  kind: "vit";
  /** Numbers that make up a token. */
  width: number;
  /** Transformer blocks. */
  layers: number;
  /** Side of a patch, in pixels. */
  patch: number;
  /** Attention heads of a block. */
  heads: number;
}

/** The modified ResNet's sizes. */
export interface ResNetConfig {
  /** Tells the towers apart. */
  kind: "resnet";
  /** Channels after the stem; the last stage has 32 times as many. */
  width: number;
  /** Bottleneck blocks of each of the four stages. */
  layers: [number, number, number, number];
  /** Of the attention pool. */
  heads: number;
}

/** The text transformer's sizes. */
export interface TextConfig {
  /** Numbers that make up a token. */
  width: number;
  /** Transformer blocks. */
  layers: number;
  /** Attention heads of a block. */
  heads: number;
  /** Tokens a prompt, SOS and EOT included. */
  contextLength: number;
  /** Rows of the token embedding. */
  vocab: number;
}

/** The sizes of a CLIP. */
export interface ClipConfig {
  /** Length of image and text features. */
  embedDim: number;
  /** Side of the images it reads, in pixels. */
  imageSize: number;
  /** The image tower's sizes. */
  vision: VitConfig | ResNetConfig;
  /** The text tower's sizes. */
  text: TextConfig;
}

/**
 * The sizes of the CLIP whose tensors have these shapes. A head is 64 wide, as in every published CLIP.
 *
 * @throws {UserError} naming the first key that is missing or has a shape from which no size can be read.
 */
export function inspect(shapes: Shapes): ClipConfig {
  const size = (key: string, rank: number, axis: number) => {
    const shape = shapes.get(key);
    if (!shape) throw new UserError(`${key} is missing; these are no whole CLIP's weights.`);
    if (shape.length === rank && shape.every((n) => n > 0)) return shape[axis];
    throw new UserError(
      `${key} has shape [${shape}], expected ${rank} sizes above 0; these are no CLIP's weights.`,
    );
  };
  const [imageSize, vision] = inspectVision(shapes, size);
  const width = size("ln_final.weight", 1, 0);
  return {
    embedDim: size("text_projection", 2, 1),
    imageSize,
    vision,
    text: {
      width,
      layers: countBlocks(shapes, "transformer.resblocks."),
      heads: headsOf(width),
      contextLength: size("positional_embedding", 2, 0),
      vocab: size("token_embedding.weight", 2, 0),
    },
  };
}

type Size = (key: string, rank: number, axis: number) => number;

function inspectVision(shapes: Shapes, size: Size): [imageSize: number, ClipConfig["vision"]] {
  const grid = (key: string) => {
    const positions = size(key, 2, 0) - 1;
    const side = Math.round(Math.sqrt(positions));
    if (side > 0 && side * side === positions) return side;
    throw new UserError(
      `${key} has ${
        positions + 1
      } rows, expected a square number and one; these are no CLIP's weights.`,
    );
  };
  if (shapes.has("visual.proj") || shapes.has("visual.class_embedding")) {
    const width = size("visual.conv1.weight", 4, 0);
    const patch = size("visual.conv1.weight", 4, 3);
    const layers = countBlocks(shapes, "visual.transformer.resblocks.");
    return [
      patch * grid("visual.positional_embedding"),
      { kind: "vit", width, layers, patch, heads: headsOf(width) },
    ];
  }
  const width = size("visual.layer1.0.conv1.weight", 4, 0);
  const stage = (n: number) => countBlocks(shapes, `visual.layer${n}.`);
  // The stem and the stages halve the image five times.
  return [32 * grid("visual.attnpool.positional_embedding"), {
    kind: "resnet",
    width,
    layers: [stage(1), stage(2), stage(3), stage(4)],
    heads: headsOf(32 * width),
  }];
}

function headsOf(width: number): number {
  return Math.max(1, Math.floor(width / 64));
}

function countBlocks(shapes: Shapes, prefix: string): number {
  const blocks = new Set<string>();
  for (const key of shapes.keys()) {
    if (key.startsWith(prefix)) blocks.add(key.slice(prefix.length).split(".", 1)[0]);
  }
  return blocks.size;
}

/** Every key of a CLIP of these sizes with its shape, in OpenAI's layout. A scalar's shape is []. */
export function expectedShapes(
  { embedDim, imageSize, vision, text }: ClipConfig,
): Map<string, number[]> {
  return new Map([
    ...(vision.kind === "vit"
      ? vitShapes(vision, imageSize, embedDim)
      : resnetShapes(vision, imageSize, embedDim)),
    ...blockShapes("transformer", text.width, text.layers),
    ["token_embedding.weight", [text.vocab, text.width]],
    ["positional_embedding", [text.contextLength, text.width]],
    ...linearShapes("ln_final", [text.width]),
    ["text_projection", [text.width, embedDim]],
    ["logit_scale", []],
  ]);
}

type Keys = [key: string, shape: number[]][];

function vitShapes({ width, layers, patch }: VitConfig, imageSize: number, embedDim: number): Keys {
  return [
    ["visual.conv1.weight", [width, 3, patch, patch]],
    ["visual.class_embedding", [width]],
    ["visual.positional_embedding", [(imageSize / patch) ** 2 + 1, width]],
    ...linearShapes("visual.ln_pre", [width]),
    ...blockShapes("visual.transformer", width, layers),
    ...linearShapes("visual.ln_post", [width]),
    ["visual.proj", [width, embedDim]],
  ];
}

function blockShapes(tower: string, width: number, layers: number): Keys {
  return Array.from({ length: layers }, (_, layer): Keys => {
    const at = `${tower}.resblocks.${layer}`;
    return [
      ...linearShapes(`${at}.ln_1`, [width]),
      [`${at}.attn.in_proj_weight`, [3 * width, width]],
      [`${at}.attn.in_proj_bias`, [3 * width]],
      ...linearShapes(`${at}.attn.out_proj`, [width, width]),
      ...linearShapes(`${at}.ln_2`, [width]),
      ...linearShapes(`${at}.mlp.c_fc`, [4 * width, width]),
      ...linearShapes(`${at}.mlp.c_proj`, [width, 4 * width]),
    ];
  }).flat();
}

/** A weight and a bias for each of its rows. */
function linearShapes(name: string, shape: number[]): Keys {
  return [[`${name}.weight`, shape], [`${name}.bias`, [shape[0]]]];
}

function resnetShapes({ width, layers }: ResNetConfig, imageSize: number, embedDim: number): Keys {
  const half = width / 2;
  const last = 32 * width;
  return [
    ...convolutionShapes("visual.conv1", "visual.bn1", [half, 3, 3, 3]),
    ...convolutionShapes("visual.conv2", "visual.bn2", [half, half, 3, 3]),
    ...convolutionShapes("visual.conv3", "visual.bn3", [width, half, 3, 3]),
    ...layers.flatMap((blocks, stage) => stageShapes(stage + 1, blocks, width * 2 ** stage, width)),
    ["visual.attnpool.positional_embedding", [(imageSize / 32) ** 2 + 1, last]],
    ...["q_proj", "k_proj", "v_proj"].flatMap((name) =>
      linearShapes(`visual.attnpool.${name}`, [last, last])
    ),
    ...linearShapes("visual.attnpool.c_proj", [embedDim, last]),
  ];
}

/** Bottlenecks of `planes` inner and 4·planes outer channels; the first of a stage has a projected shortcut. */
function stageShapes(stage: number, blocks: number, planes: number, stemWidth: number): Keys {
  return Array.from({ length: blocks }, (_, block): Keys => {
    const at = `visual.layer${stage}.${block}`;
    const before = block > 0 ? 4 * planes : stage > 1 ? 2 * planes : stemWidth;
    return [
      ...convolutionShapes(`${at}.conv1`, `${at}.bn1`, [planes, before, 1, 1]),
      ...convolutionShapes(`${at}.conv2`, `${at}.bn2`, [planes, planes, 3, 3]),
      ...convolutionShapes(`${at}.conv3`, `${at}.bn3`, [4 * planes, planes, 1, 1]),
      ...(block > 0 ? [] : convolutionShapes(`${at}.downsample.0`, `${at}.downsample.1`, [
        4 * planes,
        before,
        1,
        1,
      ])),
    ];
  }).flat();
}

/** A convolution without bias and the batch norm after it. */
function convolutionShapes(name: string, norm: string, shape: number[]): Keys {
  const channels = ["weight", "bias", "running_mean", "running_var"];
  return [
    [`${name}.weight`, shape],
    ...channels.map((part): Keys[number] => [`${norm}.${part}`, [shape[0]]]),
  ];
}
