/**
 * What this machine does with the active backend, measured in a tenth of a second.
 *
 * @module
 */
import { productsWith } from "../methods/double_products.ts";
import type { Machine } from "../protocols/mod.ts";
import {
  add,
  disposeLinear,
  linear,
  matMul,
  read,
  slice,
  type Tensor,
  tidy,
  wrap,
} from "../tensor/mod.ts";

/**
 * Times a matrix product, a chain of small sums, and a product of doubles; the fastest of some tries counts.
 *
 * @param product its rows, inner size and columns
 */
export async function measureMachine(
  [rows, inner, columns] = [256, 512, 512],
  tries = 4,
): Promise<Machine> {
  const a = filled([rows, inner]);
  const b = filled([inner, columns]);
  const small = filled([8]);
  const links = 100;
  const chain = () => {
    let x = small;
    for (let i = 0; i < links; i++) x = add(x, small);
    return x;
  };
  // Of the product one row is read: reading all of it would count as well.
  const product = await fastest(tries, computed(() => slice(matMul(a, b), 0, 0, 1)));
  const sums = await fastest(tries, computed(chain));
  for (const x of [a, b, small]) x.dispose();
  return {
    rate: 2 * rows * inner * columns / product,
    overhead: sums / links,
    doubles: await doublesRate(),
  };
}

/** FLOPs a second of a product in double precision, of a small problem's size. */
async function doublesRate(): Promise<number> {
  const [rows, inner, columns] = [64, 512, 64];
  using products = productsWith(new Float64Array(rows * inner).fill(1), inner, columns);
  const by = new Float64Array(inner * columns).fill(1);
  return 2 * rows * inner * columns / await fastest(3, () => products.times(by));
}

/**
 * Whether a frozen layer of 1,024 inputs and outputs is faster in bfloat16, which is in use, than in float32. Intel CPUs
 * without AMX take twice as long, though they have instructions for it.
 */
export async function halfIsFaster(): Promise<boolean> {
  const layer = { weight: filled([1024, 1024]) };
  const x = layer.weight;
  const half = await fastest(8, computed(() => slice(linear(x, layer), 0, 0, 1)));
  const full = await fastest(8, computed(() => slice(matMul(x, x), 0, 0, 1)));
  disposeLinear(layer);
  return half < full;
}

/** Seconds of the fastest of some tries after the first. */
async function fastest(tries: number, run: () => unknown): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < tries; i++) {
    const begun = performance.now();
    await run();
    if (i > 0) best = Math.min(best, (performance.now() - begun) / 1000);
  }
  return best;
}

/** Computes a tensor and reads it. */
function computed(make: () => Tensor): () => Promise<void> {
  return async () => {
    const made = tidy(make);
    await read(made);
    made.dispose();
  };
}

function filled(shape: number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = (i % 7) / 7;
  return wrap(values, shape);
}
