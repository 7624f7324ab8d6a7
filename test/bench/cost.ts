/**
 * The cost model: a step takes its FLOPs at the machine's rate of matrix products, and its operations at their overhead.
 * What the measurement has beyond that is memory traffic and products too small for the rate.
 */

import { add, countWork, matMul, tensor, tidy } from "../../lib/tensor/mod.ts";
import { uniform } from "../tiny_clip.ts";

/** What a backend does on this machine. */
export interface Machine {
  /** FLOPs a second of a large matrix product. */
  rate: number;
  /** Seconds that an operation on next to no data takes. */
  overhead: number;
}

/** Predicted seconds of a step. */
export function predict({ ops, flops }: { ops: number; flops: number }, on: Machine): number {
  return flops / on.rate + ops * on.overhead;
}

/** Measures the machine with the active backend. */
export async function measureMachine(): Promise<Machine> {
  const a = random([512, 1024]);
  const b = random([1024, 1024]);
  const product = () => tidy(() => void matMul(a, b).dataSync());
  const small = random([8]);
  const chain = () =>
    tidy(() => {
      let x = small;
      for (let i = 0; i < 200; i++) x = add(x, small);
      x.dataSync();
    });
  const { flops } = await countWork(product);
  return { rate: flops / fastest(product, 20), overhead: fastest(chain, 20) / 200 };
}

function fastest(f: () => void, times: number): number {
  f();
  return Math.min(...Array.from({ length: times }, () => {
    const started = performance.now();
    f();
    return (performance.now() - started) / 1000;
  }));
}

function random(shape: number[]) {
  return tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, uniform(1)),
    shape,
  );
}
