/**
 * CLIP's encoders as the papers write them: 77 tokens for every prompt, nothing shared, cut or folded, layer norms with
 * gain and bias, batch norms as they are stored. Slow and obviously right: the truth that the fast encoders are held to.
 */

import type { ClipConfig } from "../../lib/clip/config.ts";
import type { Slot } from "../../lib/clip/prompt.ts";
import {
  add,
  averagePool,
  concat,
  convolve,
  div,
  matMul,
  mean,
  mul,
  relu,
  reshape,
  scale,
  shift,
  sigmoid,
  slice,
  softmax,
  sqrt,
  square,
  sub,
  type Tensor,
  tensor,
  transpose,
} from "../../lib/tensor/mod.ts";
import type { Get } from "../../lib/clip/fold.ts";

/** The stored arrays as tensors. */
type Stored = (key: string) => Tensor;

function stored(get: Get): Stored {
  return (key) => {
    const { shape, data } = get(key);
    return tensor(data, shape);
  };
}

/**
 * Features of prompts, each group's contexts in their slots; `deep` prompts replace tokens 1 … n before the later blocks.
 * contexts: [groups · contexts, width]. → [groups · prompts, embedding]
 */
export function plainText(
  get: Get,
  { text: { layers, heads, width, contextLength } }: ClipConfig,
  prompts: Slot[][],
  groups: number,
  contexts?: Tensor,
  deep: Tensor[] = [],
): Tensor {
  const at = stored(get);
  const embeddings = get("token_embedding.weight").data;
  const perGroup = (contexts?.shape[0] ?? 0) / groups;
  const features: Tensor[] = [];
  for (let g = 0; g < groups; g++) {
    for (const prompt of prompts) {
      const tokens = Array.from({ length: contextLength }, (_, i) => {
        const slot = prompt[i] ?? 0; // what follows EOT is never read
        if (slot < 0) return slice(contexts!, 0, g * perGroup - 1 - slot, 1);
        return tensor(embeddings.subarray(slot * width, (slot + 1) * width), [1, width]);
      });
      let x = add(concat(tokens, 0), at("positional_embedding"));
      for (let layer = 0; layer < layers; layer++) {
        if (layer > 0 && layer <= deep.length) x = replaced(x, deep[layer - 1]!, 1);
        x = block(at, `transformer.resblocks.${layer}`, x, heads, true);
      }
      features.push(slice(x, 0, prompt.length - 1, 1));
    }
  }
  return matMul(layerNorm(at, "ln_final", concat(features, 0)), at("text_projection"));
}

/** Features of images, prompts[0] after the positions at the end, prompts[i] in their place before block i. */
export function plainTransformer(
  get: Get,
  { vision }: ClipConfig,
  pixels: Tensor,
  prompts: Tensor[] = [],
): Tensor {
  if (vision.kind !== "vit") throw new Error("not a vision transformer");
  const at = stored(get);
  const { width, layers, heads, patch } = vision;
  const filter = transpose(at("visual.conv1.weight"), [2, 3, 1, 0]);
  const features: Tensor[] = [];
  for (let image = 0; image < pixels.shape[0]!; image++) {
    const embedded = convolve(slice(pixels, 0, image, 1), { filter, stride: patch, padding: 0 });
    const tokens = [
      reshape(at("visual.class_embedding"), [1, width]),
      reshape(embedded, [-1, width]),
    ];
    let x = add(concat(tokens, 0), at("visual.positional_embedding"));
    const images = x.shape[0]!;
    if (prompts.length > 0) x = concat([x, prompts[0]!], 0);
    x = layerNorm(at, "visual.ln_pre", x);
    for (let layer = 0; layer < layers; layer++) {
      if (layer > 0 && layer < prompts.length) x = replaced(x, prompts[layer]!, images);
      x = block(at, `visual.transformer.resblocks.${layer}`, x, heads, false);
    }
    features.push(slice(x, 0, 0, 1));
  }
  return matMul(layerNorm(at, "visual.ln_post", concat(features, 0)), at("visual.proj"));
}

/** Features of images from the modified ResNet. */
export function plainResNet(
  get: Get,
  { vision }: ClipConfig,
  pixels: Tensor,
): Tensor {
  if (vision.kind !== "resnet") throw new Error("not a ResNet");
  const at = stored(get);
  const convolution = (name: string, norm: string, x: Tensor, stride = 1, padding = 0) => {
    const filter = transpose(at(`${name}.weight`), [2, 3, 1, 0]);
    const y = convolve(x, { filter, stride, padding });
    const deviation = sqrt(shift(at(`${norm}.running_var`), 1e-5));
    const normed = div(sub(y, at(`${norm}.running_mean`)), deviation);
    return add(mul(normed, at(`${norm}.weight`)), at(`${norm}.bias`));
  };
  let x = pixels;
  for (const i of [1, 2, 3]) {
    x = relu(convolution(`visual.conv${i}`, `visual.bn${i}`, x, i === 1 ? 2 : 1, 1));
  }
  x = averagePool(x, 2);
  vision.layers.forEach((blocks, stage) => {
    for (let i = 0; i < blocks; i++) {
      const name = `visual.layer${stage + 1}.${i}`;
      const stride = stage > 0 && i === 0 ? 2 : 1;
      let y = relu(convolution(`${name}.conv1`, `${name}.bn1`, x));
      y = relu(convolution(`${name}.conv2`, `${name}.bn2`, y, 1, 1));
      y = convolution(`${name}.conv3`, `${name}.bn3`, averagePool(y, stride));
      const shortcut = i === 0
        ? convolution(`${name}.downsample.0`, `${name}.downsample.1`, averagePool(x, stride))
        : x;
      x = relu(add(y, shortcut));
    }
  });
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const pooled: Tensor[] = [];
  for (let image = 0; image < batch; image++) {
    const places = reshape(slice(x, 0, image, 1), [height * width, channels]);
    const pool = "visual.attnpool";
    const tokens = add(
      concat([mean(places, [0], true), places], 0),
      at(`${pool}.positional_embedding`),
    );
    const [q, k, v] = ["q", "k", "v"].map((part) => dense(at, `${pool}.${part}_proj`, tokens)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const attended = attend(q, k, v, vision.heads);
    pooled.push(slice(dense(at, `${pool}.c_proj`, attended), 0, 0, 1));
  }
  return concat(pooled, 0);
}

function block(at: Stored, name: string, x: Tensor, heads: number, causal: boolean): Tensor {
  const width = x.shape[1]!;
  const normed = layerNorm(at, `${name}.ln_1`, x);
  const weight = at(`${name}.attn.in_proj_weight`);
  const bias = at(`${name}.attn.in_proj_bias`);
  const [q, k, v] = [0, 1, 2].map((part) =>
    add(
      matMul(normed, slice(weight, 0, part * width, width), false, true),
      slice(bias, 0, part * width, width),
    )
  ) as [Tensor, Tensor, Tensor];
  const y = add(x, dense(at, `${name}.attn.out_proj`, attend(q, k, v, heads, causal)));
  const hidden = dense(at, `${name}.mlp.c_fc`, layerNorm(at, `${name}.ln_2`, y));
  const gated = mul(hidden, sigmoid(scale(hidden, 1.702)));
  return add(y, dense(at, `${name}.mlp.c_proj`, gated));
}

function attend(q: Tensor, k: Tensor, v: Tensor, heads: number, causal = false): Tensor {
  const [tokens, width] = q.shape as [number, number];
  const size = width / heads;
  const mask = Array.from(
    { length: tokens * tokens },
    (_, i) => causal && i % tokens > Math.floor(i / tokens) ? -1e9 : 0,
  );
  const outputs = Array.from({ length: heads }, (_, head) => {
    const part = (x: Tensor) => slice(x, 1, head * size, size);
    const scores = scale(matMul(part(q), part(k), false, true), 1 / Math.sqrt(size));
    return matMul(softmax(add(scores, tensor(mask, [tokens, tokens]))), part(v));
  });
  return concat(outputs, 1);
}

function dense(at: Stored, name: string, x: Tensor): Tensor {
  return add(matMul(x, at(`${name}.weight`), false, true), at(`${name}.bias`));
}

function layerNorm(at: Stored, name: string, x: Tensor): Tensor {
  const centred = sub(x, mean(x, [1], true));
  const deviation = sqrt(shift(mean(square(centred), [1], true), 1e-5));
  return add(mul(div(centred, deviation), at(`${name}.weight`)), at(`${name}.bias`));
}

/** The n tokens from `from` on replaced by a prompt. */
function replaced(x: Tensor, prompt: Tensor, from: number): Tensor {
  const after = from + prompt.shape[0]!;
  const parts = [slice(x, 0, 0, from), prompt];
  if (after < x.shape[0]!) parts.push(slice(x, 0, after, x.shape[0]! - after));
  return concat(parts, 0);
}
