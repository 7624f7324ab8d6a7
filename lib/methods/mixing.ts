/**
 * Mixed images and labels: mix-up (Zhang et al. 2018), manifold mix-up of features (Verma et al. 2019) and CutMix (Yun
 * et al. 2019).
 *
 * @module
 */
import { add, matMul, mul, pick, scale, shift, type Tensor, tensor } from "../tensor/mod.ts";
import type { Random } from "../random/mod.ts";

/** For each mixed image, two places in a batch and the first one's share λ. */
export interface Mixture {
  first: number[];
  second: number[];
  shares: number[];
}

/** λ·onehot(first) + (1 − λ)·onehot(second), [mixed, classes]. */
export function mixedTargets(
  { first, second, shares }: Mixture,
  labels: number[],
  classes: number,
): Tensor {
  const targets = new Float32Array(first.length * classes);
  first.forEach((place, i) => {
    targets[i * classes + labels[place]!]! += shares[i]!;
    targets[i * classes + labels[second[i]!]!]! += 1 - shares[i]!;
  });
  return tensor(targets, [first.length, classes]);
}

/** λ·x[first] + (1 − λ)·x[second], for features [batch, embedding]. → [mixed, embedding] */
export function mixedFeatures({ first, second, shares }: Mixture, features: Tensor): Tensor {
  const [batch] = features.shape as [number];
  const matrix = new Float32Array(first.length * batch);
  first.forEach((place, i) => {
    matrix[i * batch + place]! += shares[i]!;
    matrix[i * batch + second[i]!]! += 1 - shares[i]!;
  });
  return matMul(tensor(matrix, [first.length, batch]), features);
}

/**
 * λ·x[first] + (1 − λ)·x[second], for pixels [batch, size, size, 3]; with boxes (four sides for each image, see
 * `drawBoxes`) instead x[first] with the box taken from x[second]. → [mixed, size, size, 3]
 */
export function mixedPixels(
  { first, second, shares }: Mixture,
  pixels: Tensor,
  boxes?: number[],
): Tensor {
  const size = pixels.shape[1]!;
  const kept = boxes
    ? tensor(outside(boxes, size), [first.length, size, size, 1])
    : tensor(shares, [first.length, 1, 1, 1]);
  const replaced = shift(scale(kept, -1), 1);
  return add(mul(pick(pixels, first), kept), mul(pick(pixels, second), replaced));
}

/** 0 inside each box and 1 outside. */
function outside(boxes: number[], size: number): Float32Array {
  const kept = new Float32Array(boxes.length / 4 * size * size).fill(1);
  for (let i = 0; i < boxes.length / 4; i++) {
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.slice(4 * i, 4 * i + 4);
    for (let y = top; y < bottom; y++) {
      const row = (i * size + y) * size;
      kept.fill(0, row + left, row + right);
    }
  }
  return kept;
}

/**
 * CutMix's boxes for images of `size` pixels: area 1 − λ about a uniform centre, cut off at the borders; and what share
 * of each image stays outside, to which λ is set.
 */
export function drawBoxes(
  shares: number[],
  size: number,
  random: Random,
): { boxes: number[]; shares: number[] } {
  const drawn = shares.map((share) => {
    const half = Math.floor(size * Math.sqrt(1 - share)) / 2;
    const [x, y] = [random.randbelow(size), random.randbelow(size)];
    const within = (side: number) => Math.min(size, Math.max(0, Math.floor(side)));
    return [within(x - half), within(y - half), within(x + half), within(y + half)] as const;
  });
  return {
    boxes: drawn.flat(),
    shares: drawn.map(([left, top, right, bottom]) =>
      1 - (right - left) * (bottom - top) / size ** 2
    ),
  };
}
