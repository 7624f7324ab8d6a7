/**
 * Convolution and pooling for the frozen image towers. Nothing before them is learned, so they have no gradient.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { isTracked, type Tensor } from "./tape.ts";

/** A frozen convolution. */
export interface Convolution {
  /** [height, width, in, out] */
  filter: Tensor;
  /** [out] */
  bias?: Tensor;
  stride: number;
  /** Zeros added on every side. */
  padding: number;
}

/** x ∗ filter + bias, then max(·, 0) when `relu`. x: [batch, height, width, in], padded as PyTorch pads. */
export function convolve(x: Tensor, layer: Convolution, relu = false): Tensor {
  refuseTracked(x);
  const { filter, bias, stride, padding } = layer;
  // Padding by "same" is PyTorch's only for stride 1; tfjs-node knows no padding by numbers.
  const same = stride === 1 && 2 * padding === filter.shape[0] - 1;
  return tf.tidy(() => {
    const sides: [number, number] = [padding, padding];
    const padded = same || padding === 0 ? x : tf.pad(x, [[0, 0], sides, sides, [0, 0]]);
    const y: tf.Tensor = tf.fused.conv2d({
      x: images(padded),
      filter: images(filter),
      strides: stride,
      pad: same ? "same" : "valid",
      bias,
      activation: relu ? "relu" : "linear",
    });
    return y as Tensor;
  });
}

/** Mean over size × size windows that do not overlap. */
export function averagePool(x: Tensor, size: number): Tensor {
  refuseTracked(x);
  if (size === 1) return x;
  const y: tf.Tensor = tf.avgPool(images(x), size, size, "valid");
  return y as Tensor;
}

function images(x: tf.Tensor): tf.Tensor4D {
  return x as tf.Tensor4D;
}

function refuseTracked(x: Tensor): void {
  if (isTracked(x)) throw new Error("convolutions are frozen: no gradient goes through them");
}
