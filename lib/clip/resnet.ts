/**
 * CLIP's modified ResNet: a stem of three convolutions, average pooling in place of strides, and attention pooling.
 * No method of the papers learns inside it, so it is computed forward only, batch norms folded into the convolutions.
 *
 * @module
 */
import {
  add,
  attention,
  averagePool,
  concat,
  type Convolution,
  convolve,
  type Linear,
  linear,
  mean,
  mergeHeads,
  relu,
  reshape,
  slice,
  splitHeads,
  type Tensor,
  tidy,
  wrap,
} from "../tensor/mod.ts";
import { type Get, readLinear } from "./fold.ts";

interface Bottleneck {
  reduce: Convolution;
  spatial: Convolution;
  expand: Convolution;
  /** The pooling that stands for a stride. */
  stride: number;
  shortcut?: Convolution;
}

/** The frozen image tower. */
export interface ModifiedResNet {
  kind: "resnet";
  stem: Convolution[];
  stages: Bottleneck[][];
  /** Attention pooling. */
  pool: {
    positions: Tensor;
    heads: number;
    query: Linear;
    key: Linear;
    value: Linear;
    out: Linear;
  };
}

/** Reads the tower under `visual.`. */
export function readModifiedResNet(
  get: Get,
  { layers, heads }: { layers: number[]; heads: number },
): ModifiedResNet {
  const stem = [1, 2, 3].map((i) =>
    readConvolution(get, `visual.conv${i}`, `visual.bn${i}`, i === 1 ? 2 : 1, 1)
  );
  const stages = layers.map((blocks, stage) =>
    Array.from({ length: blocks }, (_, block): Bottleneck => {
      const at = `visual.layer${stage + 1}.${block}`;
      return {
        reduce: readConvolution(get, `${at}.conv1`, `${at}.bn1`),
        spatial: readConvolution(get, `${at}.conv2`, `${at}.bn2`, 1, 1),
        expand: readConvolution(get, `${at}.conv3`, `${at}.bn3`),
        stride: stage > 0 && block === 0 ? 2 : 1,
        shortcut: block === 0
          ? readConvolution(get, `${at}.downsample.0`, `${at}.downsample.1`)
          : undefined,
      };
    })
  );
  const positions = get("visual.attnpool.positional_embedding");
  const [, width] = positions.shape;
  const project = (name: string, scale = 1) =>
    readLinear(get, `visual.attnpool.${name}.weight`, `visual.attnpool.${name}.bias`, {
      scale: () => scale,
    });
  return {
    kind: "resnet",
    stem,
    stages,
    pool: {
      positions: wrap(positions.data.slice(), [1, ...positions.shape]),
      heads,
      query: project("q_proj", Math.sqrt(heads / width)),
      key: project("k_proj"),
      value: project("v_proj"),
      out: project("c_proj"),
    },
  };
}

/** Image features, not yet of unit length. [batch, size, size, 3] → [batch, embedding] */
export function encodeWithResNet(tower: ModifiedResNet, pixels: Tensor): Tensor {
  const layers = [
    ...tower.stem.map((layer) => (x: Tensor) => convolve(x, layer, true)),
    (x: Tensor) => averagePool(x, 2),
    ...tower.stages.flat().map((block) => (x: Tensor) => tidy(() => bottleneck(block, x))),
  ];
  const last = layers.reduce((x, layer) => {
    const y = layer(x);
    if (x !== pixels) x.dispose(); // nothing goes back through these layers
    return y;
  }, pixels);
  return attentionPool(tower.pool, last);
}

function bottleneck(b: Bottleneck, x: Tensor): Tensor {
  const spatial = convolve(convolve(x, b.reduce, true), b.spatial, true);
  const expanded = convolve(averagePool(spatial, b.stride), b.expand);
  return relu(add(expanded, b.shortcut ? convolve(averagePool(x, b.stride), b.shortcut) : x));
}

/** The mean token attends to itself and to every place. */
function attentionPool(pool: ModifiedResNet["pool"], x: Tensor): Tensor {
  const [batch, height, width, channels] = x.shape;
  const places = reshape(x, [batch, height * width, channels]);
  const tokens = add(concat([mean(places, [1], true), places], 1), pool.positions);
  const rows = reshape(tokens, [-1, channels]);
  const first = reshape(slice(tokens, 1, 0, 1), [batch, channels]);
  const split = (y: Tensor) => splitHeads(y, batch, pool.heads, 1)[0];
  const pooled = attention(
    split(linear(first, pool.query)),
    split(linear(rows, pool.key)),
    split(linear(rows, pool.value)),
  );
  return linear(mergeHeads(pooled), pool.out);
}

/** A convolution with its batch norm's running statistics folded in; PyTorch's [out, in, h, w] → [h, w, in, out]. */
function readConvolution(
  get: Get,
  name: string,
  norm: string,
  stride = 1,
  padding = 0,
): Convolution {
  const { shape: [outputs, inputs, height, width], data } = get(`${name}.weight`);
  const [gain, shift, average, variance] = ["weight", "bias", "running_mean", "running_var"]
    .map((key) => get(`${norm}.${key}`).data);
  const factor = Float64Array.from(gain, (g, o) => g / Math.sqrt(variance[o] + 1e-5));
  const filter = new Float32Array(data.length);
  for (let at = 0, o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let p = 0; p < height * width; p++) {
        filter[(p * inputs + i) * outputs + o] = data[at++] * factor[o];
      }
    }
  }
  const bias = Float32Array.from(shift, (b, o) => b - average[o] * factor[o]);
  return {
    filter: wrap(filter, [height, width, inputs, outputs]),
    bias: wrap(bias, [outputs]),
    stride,
    padding,
  };
}
