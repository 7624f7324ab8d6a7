/**
 * Named tensors: the parameters, gradients or optimiser's state of a method, and what is done to all of them at once.
 *
 * @module
 */
import type { Tensor } from "./tape.ts";

/** Named tensors: the parameters, gradients or optimiser's state of a method. */
export type Tensors = Record<string, Tensor>;

/**
 * `f` of every tensor, under the same names and in the same order.
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { mapTensors, readSync, scale, tensor } from "@plumbline/plumbline/tensor";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const doubled = mapTensors({ x: tensor([3], [1]) }, (x) => scale(x, 2));
 * assert.equal(readSync(doubled.x!)[0], 6);
 * ```
 */
export function mapTensors(tensors: Tensors, f: (x: Tensor, name: string) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, f(x, name)]));
}

/** The tensors whose name and value `wanted` accepts. */
export function filterTensors(
  tensors: Tensors,
  wanted: (name: string, x: Tensor) => boolean,
): Tensors {
  return Object.fromEntries(Object.entries(tensors).filter(([name, x]) => wanted(name, x)));
}

/** Tensors under their names, one for one. */
export function nameTensors(names: readonly string[], tensors: readonly Tensor[]): Tensors {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
}

/** The tensors under a heading, without it: `tensorsUnder("momentum.", state)` has `text.0` of `momentum.text.0`. */
export function tensorsUnder(heading: string, tensors: Tensors): Tensors {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(heading));
  return Object.fromEntries(own.map(([name, x]) => [name.slice(heading.length), x]));
}

/** The tensors with a heading before their names: what {@linkcode tensorsUnder} takes away. */
export function prefixTensors(heading: string, tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [heading + name, x]));
}
