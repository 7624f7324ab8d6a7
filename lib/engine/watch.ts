/**
 * Looking at training: after each step, the numbers of what it computed. A watch costs no tensor operations, only the
 * reading of what it wants; without one nothing is kept and nothing is read.
 *
 * @module
 */
import type { Observer, Vectors } from "../methods/mod.ts";
import { clone, dispose, keep, read, type Tensor } from "../tensor/mod.ts";

/** Where a step stands. */
export interface StepAt {
  /** The epoch, from 0. */
  epoch: number;
  /** The step within the epoch, from 0. */
  step: number;
  /** The number of steps in an epoch. */
  steps: number;
  /** The training loss before the step. */
  loss: number;
}

/** Who looks at a training. */
export interface Watch {
  /** Whether it wants what is observed under the name, such as `task/text.0`. */
  wants(name: string): boolean;
  /** Told after every step. */
  step(at: StepAt, seen: Vectors): void;
}

/** Keeps what is wanted of one step until it is read. */
export interface Notes {
  /** The observer to give to the step. */
  observe: Observer;
  /** The numbers by name; frees the tensors. */
  read(): Promise<Record<string, Float32Array>>;
}

/** Notes of one step. What is observed is also told to `observe`. */
export function takeNotes(wants: Watch["wants"], observe?: Observer): Notes {
  const kept = new Map<string, Tensor>();
  return {
    observe(name, value) {
      observe?.(name, value);
      if (!wants(name)) return;
      const before = kept.get(name);
      if (before) dispose(before);
      kept.set(name, keep(clone(value)));
    },
    async read() {
      const seen: Record<string, Float32Array> = {};
      for (const [name, x] of kept) seen[name] = (await read(x)).slice();
      dispose([...kept.values()]);
      return seen;
    },
  };
}
