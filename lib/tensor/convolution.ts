/**
 * Convolution, pooling and rectifying for the image towers. Nothing before them is learned, so no gradient goes through them; that
 * of a filter is there for the vision transformer's patches.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { reshape } from "./elementwise.ts";
import { matMul } from "./linear.ts";
import { type After, fusedConvolution, hasFused } from "./native_fused.ts";
import { type Half, halfConvolution, halfOf, halfPool, isHalf, widened } from "./native_half.ts";
import { precisionInUse } from "./precision.ts";
import { isTracked, type Tensor } from "./tape.ts";

export type { After } from "./native_fused.ts";

/** A convolution: frozen, unless a tape tracks its filter. */
export interface Convolution {
  /** The filter, [height, width, in, out]. */
  filter: Tensor;
  /** The bias, [out]. Absent: none. */
  bias?: Tensor | undefined;
  /** Pixels between two places of the filter. */
  stride: number;
  /** Zeros added on every side. */
  padding: number;
  /** The filter in bfloat16, made when a convolution in that first needs it. */
  half?: Half;
}

/** Channels of a picture. What reads them is small beside all else, and stays in float32. */
const PICTURE = 3;

/**
 * x ∗ filter + bias, and what follows. x: [batch, height, width, in], padded as PyTorch pads. In bf16 what comes out is in
 * bfloat16, for the next convolution or pooling; `widened` ends that.
 */
export function convolve(x: Tensor, layer: Convolution, { onto, relu }: After = {}): Tensor {
  refuseTracked(x);
  const { filter, bias, stride, padding } = layer;
  if (isTracked(filter)) return embedPatches(x, filter, stride);
  // Padding by "same" is PyTorch's only for stride 1; tfjs-node knows no padding by numbers.
  const same = stride === 1 && 2 * padding === filter.shape[0]! - 1;
  const pad = same ? "same" : "valid";
  return tf.tidy(() => {
    const sides: [number, number] = [padding, padding];
    const padded = same || padding === 0 ? x : tf.pad(widened(x), [[0, 0], sides, sides, [0, 0]]);
    if (precisionInUse() === "bf16" && hasFused() && x.shape[3]! > PICTURE) {
      const filter = layer.half ??= halfOf(layer.filter);
      return halfConvolution(padded, filter, { bias, onto, relu }, stride, pad);
    }
    if (bias && hasFused()) {
      return fusedConvolution(padded, filter, { bias, onto, relu }, stride, pad);
    }
    const y: tf.Tensor = tf.fused.conv2d({
      x: images(padded),
      filter: images(filter),
      ...{ strides: stride, pad },
      ...bias && { bias },
      activation: relu && !onto ? "relu" : "linear",
    });
    return onto ? finished(y as Tensor, { onto, relu }) : y as Tensor;
  });
}

function finished(y: Tensor, { onto, relu }: After): Tensor {
  const whole: Tensor = onto ? tf.add(y, onto) : y;
  return relu ? tf.relu(whole) : whole;
}

/** Mean over size × size windows that do not overlap. */
export function averagePool(x: Tensor, size: number): Tensor {
  refuseTracked(x);
  if (size === 1) return x;
  if (isHalf(x)) return halfPool(x, size);
  const y: tf.Tensor = tf.avgPool(images(x), size, size, "valid");
  return y as Tensor;
}

function images(x: tf.Tensor): tf.Tensor4D {
  return x as tf.Tensor4D;
}

/** The convolution whose windows neither overlap nor leave anything out, as one product. */
function embedPatches(x: Tensor, filter: Tensor, stride: number): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [side, , , outputs] = filter.shape as [number, number, number, number];
  if (side !== stride || height % side !== 0 || width % side !== 0) {
    throw new Error("of all filters, only those of whole patches are learned");
  }
  const [rows, columns] = [height / side, width / side];
  const patches = tf.tidy((): Tensor => {
    const bands: Tensor = tf.reshape(x, [batch * rows, side, columns, side * channels]);
    return tf.reshape(tf.transpose(bands, [0, 2, 1, 3]), [batch * rows * columns, -1]);
  });
  const y = matMul(patches, reshape(filter, [patches.shape[1]!, outputs]));
  return reshape(y, [batch, rows, columns, outputs]);
}

function refuseTracked(x: Tensor): void {
  if (isTracked(x)) throw new Error("convolutions are frozen: no gradient goes through them");
}
