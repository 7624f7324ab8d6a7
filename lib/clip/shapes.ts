/**
 * Every key of a CLIP with its shape, in OpenAI's layout; what OpenAI's have not, by open_clip's names and, for the attention
 * pool, timm's.
 *
 * @module
 */
import type { BlockTraits, ClipConfig, Projection, ResNetConfig, VitConfig } from "./config.ts";

/** Every key of a CLIP of these sizes with its shape, in OpenAI's layout. A scalar's shape is []. */
export function expectedShapes(
  { embedDim, imageSize, vision, text, logitBias }: ClipConfig,
): Map<string, number[]> {
  return new Map([
    ...(vision.kind === "vit"
      ? vitShapes(vision, imageSize, embedDim)
      : resnetShapes(vision, imageSize, embedDim)),
    ...blockShapes("transformer", text),
    ["token_embedding.weight", [text.vocab, text.width]],
    ["positional_embedding", [text.contextLength, text.width]],
    ...linearShapes("ln_final", [text.width]),
    ...projectionShapes("text_projection", text.width, embedDim, text.projection),
    ["logit_scale", []],
    ...logitBias ? [["logit_bias", []]] as Keys : [],
  ]);
}

type Keys = [key: string, shape: number[]][];

function vitShapes(config: VitConfig, imageSize: number, embedDim: number): Keys {
  const { width, patch, patchBias, classToken, normBefore, pool, projection } = config;
  const before = classToken === false ? 0 : 1;
  const given = (condition: boolean, keys: Keys): Keys => condition ? keys : [];
  return [
    ["visual.conv1.weight", [width, 3, patch, patch]],
    ...given(patchBias === true, [["visual.conv1.bias", [width]]]),
    ...given(before > 0, [["visual.class_embedding", [width]]]),
    ["visual.positional_embedding", [(imageSize / patch) ** 2 + before, width]],
    ...given(normBefore !== false, linearShapes("visual.ln_pre", [width])),
    ...blockShapes("visual.transformer", config),
    ...linearShapes("visual.ln_post", [width]),
    ...given(pool === "attention", poolShapes(config)),
    ...projectionShapes("visual.proj", width, embedDim, projection),
  ];
}

/** timm's `AttentionPoolLatent`: one learned query, and a perceptron on what it found. */
function poolShapes({ width, hidden = 4 * width }: VitConfig): Keys {
  const at = "visual.attn_pool";
  return [
    [`${at}.latent`, [1, 1, width]],
    ...linearShapes(`${at}.q`, [width, width]),
    ...linearShapes(`${at}.kv`, [2 * width, width]),
    ...linearShapes(`${at}.proj`, [width, width]),
    ...linearShapes(`${at}.norm`, [width]),
    ...linearShapes(`${at}.mlp.fc1`, [hidden, width]),
    ...linearShapes(`${at}.mlp.fc2`, [width, hidden]),
  ];
}

function projectionShapes(
  key: string,
  width: number,
  embedDim: number,
  projection: Projection = "matrix",
): Keys {
  if (projection === "none") return [];
  const bias: Keys = projection === "biased" ? [[`${key}.bias`, [embedDim]]] : [];
  return [[key, [width, embedDim]], ...bias];
}

function blockShapes(
  tower: string,
  { width, layers, hidden = 4 * width, layerScale }: BlockTraits & {
    width: number;
    layers: number;
  },
): Keys {
  return Array.from({ length: layers }, (_, layer): Keys => {
    const at = `${tower}.resblocks.${layer}`;
    const scales: Keys = layerScale
      ? [[`${at}.ls_1.gamma`, [width]], [`${at}.ls_2.gamma`, [width]]]
      : [];
    return [
      ...linearShapes(`${at}.ln_1`, [width]),
      [`${at}.attn.in_proj_weight`, [3 * width, width]],
      [`${at}.attn.in_proj_bias`, [3 * width]],
      ...linearShapes(`${at}.attn.out_proj`, [width, width]),
      ...linearShapes(`${at}.ln_2`, [width]),
      ...linearShapes(`${at}.mlp.c_fc`, [hidden, width]),
      ...linearShapes(`${at}.mlp.c_proj`, [width, hidden]),
      ...scales,
    ];
  }).flat();
}

/** A weight and a bias for each of its rows. */
function linearShapes(name: string, shape: number[]): Keys {
  return [[`${name}.weight`, shape], [`${name}.bias`, [shape[0]!]]];
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
    ...channels.map((part): Keys[number] => [`${norm}.${part}`, [shape[0]!]]),
  ];
}
