/**
 * What programs of our own compute, for comparison with wasm's kernels: at sizes that CLIP uses and at those that do not fill
 * a group of threads or a vector; values, gradients, and gradients of gradients.
 */

import assert from "node:assert/strict";
import {
  add,
  attention,
  attentionBeyond,
  centre,
  convolve,
  dispose,
  grad,
  matMul,
  mergeHeads,
  mul,
  read,
  rowDot,
  rowIndex,
  scale,
  shift,
  silu,
  softmax,
  splitHeads,
  square,
  standardize,
  sum,
  takeRows,
  type Tensor,
  tensor,
  tidy,
  unitLength,
  useBackend,
  vjp,
} from "../../lib/tensor/mod.ts";
import { uniform } from "../tiny_clip.ts";

/** An op that is compared. */
export interface Op {
  f: (...inputs: Tensor[]) => Tensor;
  shapes: number[][];
  /** Whether only its values are compared. */
  alone?: boolean;
  /** Whether a third derivative is, too. */
  thrice?: boolean;
}

/** All of them, by name. */
export const ops: Record<string, Op> = {
  "layer normalisation, ViT-B's width": { f: (x) => standardize(x), shapes: [[51, 768]] },
  "layer normalisation, an odd width": { f: (x) => standardize(x), shapes: [[3, 5, 67]] },
  "unit length, a narrow row": { f: (x) => unitLength(x), shapes: [[9, 3]] },
  "unit length with ε, the text tower's": { f: (x) => unitLength(x, 1e-3), shapes: [[77, 512]] },
  "without its mean": { f: (x) => centre(x), shapes: [[77, 512]] },
  "SiLU, an MLP's": { f: silu, shapes: [[33, 2048]] },
  "SiLU, of more entries than one CPU thread takes": { f: silu, shapes: [[301, 768]] },
  "SiLU, far from zero": { f: (x) => silu(scale(x, 200)), shapes: [[9, 31]], alone: true },
  "unit length, of more rows than one CPU thread takes": {
    f: (x) => unitLength(x, 1e-3),
    shapes: [[301, 768]],
  },
  "inner products of rows": { f: rowDot, shapes: [[8, 5, 64], [8, 5, 64]] },
  "times and plus a number": { f: (x) => shift(scale(x, -3), 0.5), shapes: [[1025]] },
  "a scalar": { f: (x) => scale(x, 7), shapes: [[]] },
  "SiLU, three times": { f: silu, shapes: [[3, 7]], thrice: true },
  "unit length, three times": { f: (x) => unitLength(x, 1e-3), shapes: [[4, 5]], thrice: true },
  "softmax, three times": { f: softmax, shapes: [[4, 5]], thrice: true },
  ...Object.fromEntries([1, 2, 3].map((parts): [string, Op] => [
    `${parts} parts by heads and back`,
    {
      f: (x) => {
        const split = splitHeads(x, 3, 2, parts);
        return add(mergeHeads(split[0]!), mergeHeads(split[parts - 1]!));
      },
      shapes: [[12, 10 * parts]],
    },
  ])),
  "rows of a table, some of zeros": {
    f: (x) => takeRows(x, rowIndex([2, -1, 0, 2, 4], 5)),
    shapes: [[5, 7]],
  },
  "attention with a causal mask": {
    f: (q, k, v) => attention(q, k, v, causal(20)),
    shapes: [[2, 3, 20, 16], [2, 3, 20, 16], [2, 3, 20, 16]],
  },
  "attention with a mask for each sequence": {
    f: (q, k, v) => attention(q, k, v, random([3, 1, 20], 5)),
    shapes: [[2, 3, 1, 16], [2, 3, 20, 16], [2, 3, 20, 16]],
  },
  "attention with a mask that broadcasts within": {
    f: (q, k, v) => attention(q, k, v, random([3, 1, 20], 5)),
    shapes: [[2, 3, 4, 16], [2, 3, 20, 16], [2, 3, 20, 16]],
  },
  "attention beyond a common beginning": {
    f: (q, k, v, keys, values) => attentionBeyond({ keys, values }, q, k, v, causal(7), 4),
    shapes: [[2, 3, 28, 16], [2, 3, 28, 16], [2, 3, 28, 16], [2, 3, 5, 16], [2, 3, 5, 16]],
  },
  "one token's beyond it, with a mask for each": {
    f: (q, k, v, keys, values) =>
      attentionBeyond({ keys, values }, q, k, v, random([12, 1, 7], 5), 4),
    shapes: [[2, 3, 4, 16], [2, 3, 28, 16], [2, 3, 28, 16], [2, 3, 5, 16], [2, 3, 5, 16]],
  },
  "attention of wide heads, its last tile not full": {
    f: (q, k, v) => attention(scale(q, 0.1), k, v, causal(7)),
    shapes: [[1, 2, 7, 100], [1, 2, 7, 100], [1, 2, 7, 100]],
  },
  "attention to more keys than a group of threads keeps": {
    f: attention,
    shapes: [[1, 2, 3, 8], [1, 2, 330, 8], [1, 2, 330, 8]],
  },
  "attention of more tiles than one dimension of a dispatch has": {
    f: attention,
    shapes: [[1, 65600, 1, 4], [1, 65600, 2, 4], [1, 65600, 2, 4]],
    alone: true,
  },
  "what attention pulls back, as a function of what it is given": {
    f: (q, k, v, d) => {
      const { pull } = vjp(() => [attention(q, k, v)], [q, k, v]);
      return pull([d]).map((x) => mul(x, x)).map((x) => sum(x)).reduce(add);
    },
    shapes: [[1, 2, 5, 8], [1, 2, 6, 8], [1, 2, 6, 8], [1, 2, 5, 8]],
  },
  "a product over a long side, the second factor transposed": {
    f: (a, b) => scale(matMul(a, b, false, true), 0.1),
    shapes: [[48, 3072], [12, 3072]],
  },
  "a product over a long side": {
    f: (a, b) => scale(matMul(a, b), 0.1),
    shapes: [[33, 2050], [2050, 20]],
  },
  "a convolution of one pixel over many channels": {
    f: (x) => convolve(x, { filter: random([1, 1, 2048, 64], 3), stride: 1, padding: 0 }),
    shapes: [[1, 7, 7, 2048]],
    alone: true,
  },
  "a convolution, RN50's": {
    f: (x) =>
      convolve(x, { filter: random([3, 3, 64, 64], 3), stride: 1, padding: 1 }, { relu: true }),
    shapes: [[2, 14, 14, 64]],
    alone: true,
  },
  "patches, ViT-B/16's": {
    f: (x) => convolve(x, { filter: random([16, 16, 3, 768], 3), stride: 16, padding: 0 }),
    shapes: [[1, 64, 64, 3]],
    alone: true,
  },
  "an MLP's product, ViT-B's": {
    f: (x, w) => scale(matMul(x, w), 0.1),
    shapes: [[50, 768], [768, 3072]],
    alone: true,
  },
  "attention": { f: attention, shapes: [[8, 2, 50, 64], [8, 2, 50, 64], [8, 2, 50, 64]] },
  "more rows than one dimension of a dispatch has": {
    f: (x) => standardize(x),
    shapes: [[65537, 2]],
    alone: true,
  },
};

/** f; and, where asked for, the gradient of Σw·f² with random w, and the gradient of its square, for every input. */
async function computed({ f, shapes, alone, thrice }: Op): Promise<Float32Array[]> {
  const tensors = tidy(() => {
    const inputs = shapes.map((shape, i) => random(shape, 1 + i));
    const value = f(...inputs);
    if (alone) return [value];
    const weighting = random(value.shape, 11);
    const first = () => grad(() => sum(mul(weighting, square(f(...inputs)))), inputs);
    const second = () => grad(() => first().map((g) => sum(square(g))).reduce(add), inputs);
    const third = () => grad(() => second().map((g) => sum(square(g))).reduce(add), inputs);
    return [value, ...first(), ...second(), ...thrice ? third() : []];
  });
  const numbers = await Promise.all(tensors.map(async (x) => (await read(x)).slice()));
  dispose(tensors);
  return numbers;
}

/** 0 where an earlier token is asked, −10⁹ where a later one would be: [1, n, n]. */
function causal(n: number): Tensor {
  const entry = (i: number) => i % n <= Math.floor(i / n) ? 0 : -1e9;
  return tensor(Float32Array.from({ length: n * n }, (_, i) => entry(i)), [1, n, n]);
}

function random(shape: number[], seed: number): Tensor {
  const next = uniform(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(Float32Array.from({ length: size }, () => 2 * next() - 1), shape);
}

/** That a backend computes an op as wasm does. */
export async function agrees(backend: string, op: Op): Promise<void> {
  await useBackend("wasm");
  const expected = await computed(op);
  await useBackend(backend);
  const found = await computed(op);
  for (const [i, values] of expected.entries()) {
    const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6);
    const worst = values.reduce((most, x, j) => Math.max(most, Math.abs(x - found[i]![j]!)), 0);
    assert.equal(found[i]!.length, values.length);
    assert.ok(worst <= 5e-5 * largest, `${i}: off by ${worst}, of ${largest}`);
  }
}
