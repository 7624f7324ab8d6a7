/**
 * Which input samples make an output sample of a bicubic or bilinear resize, and by what weights, as Pillow 12 has them
 * (Resample.c): cubic convolution with a = −0.5, normalised in double precision, then rounded to fixed point.
 *
 * @module
 */

/** Pillow's names of what it samples by. */
export type Filter = "bicubic" | "bilinear";

/** How a run of output samples is made of a run of input samples. */
export interface Taps {
  /** The first input sample that is read, and how many follow it, itself included. */
  start: number;
  used: number;
  /** For each output sample, its first input sample counted from `start`, and how many it has. */
  first: Int32Array;
  count: Int32Array;
  /** Their weights × 2²², in rows of `stride`. */
  weights: Int32Array;
  stride: number;
}

/** Bits after the point in a weight: what is left of 32 after 8-bit samples and two bits of headroom. */
export const PRECISION: number = 22;

/** A half in that precision: what makes the final shift round. */
export const HALF: number = 1 << (PRECISION - 1);

/** The weights of outputs `from` … `from + length − 1` when `inSize` samples become `outSize`. */
export function taps(
  inSize: number,
  outSize: number,
  from: number,
  length: number,
  filter: Filter = "bicubic",
): Taps {
  const [reach, kernel] = filter === "bicubic" ? [2, cubic] : [1, triangle];
  const scale = inSize / outSize;
  const widen = Math.max(scale, 1);
  const support = reach * widen;
  const inverse = 1 / widen;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Int32Array(length * stride);
  const exact = new Float64Array(stride);
  for (let i = 0; i < length; i++) {
    const center = (from + i + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - support + 0.5));
    const n = Math.min(inSize, Math.trunc(center + support + 0.5)) - low;
    let sum = 0;
    for (let k = 0; k < n; k++) sum += exact[k] = kernel((low + k - center + 0.5) * inverse);
    for (let k = 0; k < n; k++) {
      const weight = (sum === 0 ? exact[k]! : exact[k]! / sum) * (1 << PRECISION);
      weights[i * stride + k] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    first[i] = low;
    count[i] = n;
  }
  const start = first[0]!;
  const used = first[length - 1]! + count[length - 1]! - start;
  return { start, used, first: first.map((low) => low - start), count, weights, stride };
}

/** Cubic convolution with a = −0.5, in the order of operations in which Pillow rounds. */
function cubic(signed: number): number {
  const a = -0.5;
  const x = Math.abs(signed);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

function triangle(x: number): number {
  return Math.max(0, 1 - Math.abs(x));
}
