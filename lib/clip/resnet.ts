/**
 * CLIP's modified ResNet: a stem of three convolutions, average pooling in place of strides, and attention pooling.
 * No method of the papers learns inside it, so it is computed forward only, batch norms folded into the convolutions.
 *
 * @module
 */
import {
  add,
  averagePool,
  concat,
  type Convolution,
  convolve,
  dispose,
  type Linear,
  linear,
  matMul,
  mean,
  reshape,
  slice,
  softmax,
  type Tensor,
  tidy,
  transpose,
  widened,
  wrap,
} from "../tensor/mod.ts";
import { frozen, type Get, readLinear } from "./fold.ts";
import { readConvolution } from "./resnet_convolution.ts";

/** A block: a convolution between two that change the number of channels, added to what came in. */
export interface Bottleneck {
  /** The 1 × 1 convolution to fewer channels. */
  reduce: Convolution;
  /** The 3 × 3 convolution. */
  spatial: Convolution;
  /** The 1 × 1 convolution to more channels. */
  expand: Convolution;
  /** The pooling that stands for a stride. */
  stride: number;
  /** The projected shortcut around the block, where sizes change. */
  shortcut?: Convolution | undefined;
}

/** The frozen image tower. */
export interface ModifiedResNet {
  /** Tells the towers apart. */
  kind: "resnet";
  /** Three convolutions, batch norm folded in. */
  stem: Convolution[];
  /** Four stages of bottleneck blocks. */
  stages: Bottleneck[][];
  /** What makes one feature of the last stage's positions. */
  pool: AttentionPool;
}

/** The last layer of a modified ResNet: attention of the mean position to all of them. */
export interface AttentionPool {
  /** The position embeddings, [1, 1 + places, channels]. */
  positions: Tensor;
  /** The query projection. */
  query: Linear;
  /** The keys' weights by head, transposed, [heads, size, channels]. */
  keys: Tensor;
  /** The values' weights by head, [heads, channels, size], and the bias of all heads. */
  values: { weight: Tensor; bias: Tensor };
  /** The output projection. */
  out: Linear;
}

/** Reads the tower under `visual.`. */
export function readModifiedResNet(
  get: Get,
  { layers, heads }: { layers: number[]; heads: number },
): ModifiedResNet {
  const read = (name: string, norm: string, stride = 1, padding = 0) =>
    readConvolution(get, `visual.${name}`, `visual.${norm}`, stride, padding);
  const stem = [1, 2, 3].map((i) => read(`conv${i}`, `bn${i}`, i === 1 ? 2 : 1, 1));
  const stages = layers.map((blocks, stage) =>
    Array.from({ length: blocks }, (_, block): Bottleneck => {
      const at = `layer${stage + 1}.${block}`;
      return {
        reduce: read(`${at}.conv1`, `${at}.bn1`),
        spatial: read(`${at}.conv2`, `${at}.bn2`, 1, 1),
        expand: read(`${at}.conv3`, `${at}.bn3`),
        stride: stage > 0 && block === 0 ? 2 : 1,
        shortcut: block === 0 ? read(`${at}.downsample.0`, `${at}.downsample.1`) : undefined,
      };
    })
  );
  const positions = get("visual.attnpool.positional_embedding");
  const [, width] = positions.shape as [number, number];
  const keys = readByHead(get, "k_proj", heads);
  const project = (name: string, scale = 1) =>
    readLinear(
      frozen(get),
      `visual.attnpool.${name}.weight`,
      `visual.attnpool.${name}.bias`,
      () => ({ scale: () => scale }),
    );
  const pool = {
    positions: wrap(positions.data, [1, ...positions.shape]),
    query: project("q_proj", Math.sqrt(heads / width)),
    keys: tidy(() => transpose(keys.weight, [0, 2, 1])),
    values: readByHead(get, "v_proj", heads),
    out: project("c_proj"),
  };
  dispose(keys);
  return {
    kind: "resnet",
    stem,
    stages,
    pool,
  };
}

/** Image features, not yet of unit length. [batch, size, size, 3] → [batch, embedding] */
export function encodeWithResNet(tower: ModifiedResNet, pixels: Tensor): Tensor {
  const [first, second, third] = tower.stem as [Convolution, Convolution, Convolution];
  const relu = true;
  const layers = [
    (x: Tensor) => convolve(x, first, { relu }),
    (x: Tensor) => convolve(x, second, { relu }),
    (x: Tensor) => tidy(() => averagePool(convolve(x, third, { relu }), 2)),
    ...tower.stages.flat().map((block) => (x: Tensor) => tidy(() => bottleneck(block, x))),
  ];
  const last = layers.reduce((x, layer) => {
    const y = layer(x);
    if (x !== pixels) x.dispose(); // nothing goes back through these layers
    return y;
  }, pixels);
  return attentionPool(tower.pool, widened(last));
}

function bottleneck(b: Bottleneck, x: Tensor): Tensor {
  const relu = true;
  const spatial = convolve(convolve(x, b.reduce, { relu }), b.spatial, { relu });
  const onto = b.shortcut ? convolve(averagePool(x, b.stride), b.shortcut) : x;
  return convolve(averagePool(spatial, b.stride), b.expand, { onto, relu });
}

/**
 * The mean token attends to itself and to every place. As it alone asks, it is cheaper to bring each head's query to the
 * width of the places, q·kᵀ = (q·Wₖᵀ)·xᵀ, and to sum places before they become values. The keys' bias adds the same to
 * all scores of a query, so it has no effect.
 */
function attentionPool({ positions, query, keys, values, out }: AttentionPool, x: Tensor): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [heads, , size] = values.weight.shape as [number, number, number];
  const places = reshape(x, [batch, height * width, channels]);
  const tokens = add(concat([mean(places, [1], true), places], 1), positions);
  const first = reshape(slice(tokens, 1, 0, 1), [batch, channels]);
  const asking = reshape(linear(first, query), [batch, heads, size]);
  const queries = transpose(matMul(transpose(asking, [1, 0, 2]), keys), [1, 0, 2]);
  const weights = softmax(matMul(queries, tokens, false, true)); // [batch, heads, places + 1]
  const pooled = transpose(matMul(weights, tokens), [1, 0, 2]);
  const found = transpose(matMul(pooled, values.weight), [1, 0, 2]);
  return linear(add(reshape(found, [batch, channels]), values.bias), out);
}

/** A stored projection with heads apart: its weight [heads, in, size] and its bias. */
function readByHead(
  get: Get,
  name: string,
  heads: number,
): { weight: Tensor; bias: Tensor } {
  const { weight, bias } = readLinear(
    frozen(get),
    `visual.attnpool.${name}.weight`,
    `visual.attnpool.${name}.bias`,
  );
  const [inputs, outputs] = weight.shape as [number, number];
  const apart = tidy(() => transpose(reshape(weight, [inputs, heads, outputs / heads]), [1, 0, 2]));
  weight.dispose();
  return { weight: apart, bias: bias! };
}
