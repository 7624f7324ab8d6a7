/**
 * WebGPU's own programs against wasm's kernels, at sizes that CLIP uses and at those that do not fill a group of threads:
 * values, gradients, and gradients of gradients.
 */

import assert from "node:assert/strict";
import {
  add,
  attention,
  centre,
  dispose,
  grad,
  mul,
  read,
  rowDot,
  scale,
  shift,
  silu,
  square,
  standardize,
  sum,
  type Tensor,
  tensor,
  tidy,
  unitLength,
  useBackend,
} from "../../lib/tensor/mod.ts";
import { uniform } from "../tiny_clip.ts";
import { onAdapter } from "./adapter.ts";

interface Op {
  f: (...inputs: Tensor[]) => Tensor;
  shapes: number[][];
  /** Whether only its values are compared. */
  alone?: boolean;
}

const ops: Record<string, Op> = {
  "layer normalisation, ViT-B's width": { f: (x) => standardize(x), shapes: [[51, 768]] },
  "layer normalisation, an odd width": { f: (x) => standardize(x), shapes: [[3, 5, 67]] },
  "unit length, a narrow row": { f: (x) => unitLength(x), shapes: [[9, 3]] },
  "unit length with ε, the text tower's": { f: (x) => unitLength(x, 1e-3), shapes: [[77, 512]] },
  "without its mean": { f: (x) => centre(x), shapes: [[77, 512]] },
  "SiLU, an MLP's": { f: silu, shapes: [[33, 2048]] },
  "inner products of rows": { f: rowDot, shapes: [[8, 5, 64], [8, 5, 64]] },
  "times and plus a number": { f: (x) => shift(scale(x, -3), 0.5), shapes: [[1025]] },
  "a scalar": { f: (x) => scale(x, 7), shapes: [[]] },
  "attention": { f: attention, shapes: [[8, 2, 50, 64], [8, 2, 50, 64], [8, 2, 50, 64]] },
  "more rows than one dimension of a dispatch has": {
    f: (x) => standardize(x),
    shapes: [[65537, 2]],
    alone: true,
  },
};

/** f; and, where asked for, the gradient of Σw·f² with random w, and the gradient of its square, for every input. */
async function computed({ f, shapes, alone }: Op): Promise<Float32Array[]> {
  const tensors = tidy(() => {
    const inputs = shapes.map((shape, i) => random(shape, 1 + i));
    const value = f(...inputs);
    if (alone) return [value];
    const weighting = random(value.shape, 11);
    const first = () => grad(() => sum(mul(weighting, square(f(...inputs)))), inputs);
    const second = grad(() => first().map((g) => sum(square(g))).reduce(add), inputs);
    return [value, ...first(), ...second];
  });
  const numbers = await Promise.all(tensors.map(async (x) => (await read(x)).slice()));
  dispose(tensors);
  return numbers;
}

function random(shape: number[], seed: number): Tensor {
  const next = uniform(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(Float32Array.from({ length: size }, () => 2 * next() - 1), shape);
}

for (const [name, op] of Object.entries(ops)) {
  onAdapter(`${name}: as wasm computes it, with two derivatives`, async () => {
    await useBackend("wasm");
    const expected = await computed(op);
    await useBackend("webgpu:software");
    const found = await computed(op);
    for (const [i, values] of expected.entries()) {
      const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6);
      const worst = values.reduce((most, x, j) => Math.max(most, Math.abs(x - found[i][j])), 0);
      assert.equal(found[i].length, values.length);
      assert.ok(worst <= 5e-5 * largest, `${i}: off by ${worst}, of ${largest}`);
    }
  });
}
