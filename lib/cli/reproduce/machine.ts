/**
 * What this machine does with the active backend, measured in a tenth of a second.
 *
 * @module
 */
import type { Machine } from "../../protocols/mod.ts";
import { add, matMul, read, type Tensor, tidy, wrap } from "../../tensor/mod.ts";

/** Times a matrix product and a chain of small sums; the fastest of a few tries counts. */
export async function measureMachine(): Promise<Machine> {
  const [rows, inner, columns] = [256, 512, 512];
  const a = filled([rows, inner]);
  const b = filled([inner, columns]);
  const small = filled([8]);
  const links = 100;
  const chain = () => {
    let x = small;
    for (let i = 0; i < links; i++) x = add(x, small);
    return x;
  };
  const product = await fastest(() => matMul(a, b));
  const sums = await fastest(chain);
  for (const x of [a, b, small]) x.dispose();
  return { rate: 2 * rows * inner * columns / product, overhead: sums / links };
}

async function fastest(make: () => Tensor): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < 8; i++) {
    const begun = performance.now();
    const made = tidy(make);
    await read(made);
    if (i > 0) best = Math.min(best, (performance.now() - begun) / 1000);
    made.dispose();
  }
  return best;
}

function filled(shape: number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return wrap(Float32Array.from({ length: size }, (_, i) => (i % 7) / 7), shape);
}
