/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv 1711.05101, algorithm 2), as `torch.optim.AdamW` has it.
 *
 * @module
 */
import {
  add,
  div,
  scale,
  shift,
  sqrt,
  square,
  sub,
  type Tensor,
  type Tensors,
  tidy,
} from "../tensor/mod.ts";
import { flatten, unflatten } from "./flat.ts";

/** What stays the same over a run. */
export interface AdamWSettings {
  /** What is kept of the moments' averages: of the gradient's, and of its square's. */
  betas: readonly [first: number, second: number];
  /** Added to the root of the second moment. */
  epsilon: number;
  /** Per unit of rate, the share of each parameter that goes. */
  weightDecay: number;
}

/** PyTorch's defaults. */
export const torchAdamW: AdamWSettings = {
  betas: [0.9, 0.999],
  epsilon: 1e-8,
  weightDecay: 0.01,
};

/** Averages over the steps so far. All parameters lie in them one after the other, so that a step is a dozen operations. */
export interface Moments {
  /** Steps done. */
  steps: number;
  /** Of the gradients, [numbers]. */
  first: Tensor;
  /** Of their squares, [numbers]. */
  second: Tensor;
}

/**
 * One step: m and v average g and g²; p ← p·(1 − rate·weightDecay) − rate·m̂/(√v̂ + ε), both corrected for their start at 0.
 *
 * @param params parameters by name; those without a gradient stay as they are
 * @param gradients gradients by the same names, in the same order at every step
 * @param moments of the last step; undefined before the first
 * @returns new tensors for what moved, and the old ones for what did not
 *
 * @example
 * ```ts
 * import { adamw, tensor, torchAdamW, useBackend } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const settings = { ...torchAdamW, weightDecay: 0 };
 * const { params, moments } = adamw({ x: tensor([1], [1]) }, { x: tensor([3], [1]) }, undefined, 0.1, settings);
 * assert.equal(params.x.dataSync()[0].toFixed(4), "0.9000"); // the first step has the length of the rate
 * assert.equal(moments.steps, 1);
 * ```
 */
export function adamw(
  params: Tensors,
  gradients: Tensors,
  moments: Moments | undefined,
  rate: number,
  settings: AdamWSettings = torchAdamW,
): { params: Tensors; moments: Moments } {
  const { betas: [b1, b2], epsilon, weightDecay } = settings;
  const names = Object.keys(gradients);
  const steps = (moments?.steps ?? 0) + 1;
  const next = tidy(() => {
    const g = flatten(names.map((name) => gradients[name]));
    const average = (before: Tensor | undefined, x: Tensor, kept: number) =>
      before ? add(scale(before, kept), scale(x, 1 - kept)) : scale(x, 1 - kept);
    const first = average(moments?.first, g, b1);
    const second = average(moments?.second, square(g), b2);
    const root = shift(sqrt(scale(second, 1 / (1 - b2 ** steps))), epsilon);
    const move = div(scale(first, rate / (1 - b1 ** steps)), root);
    const from = flatten(names.map((name) => params[name]));
    const to = sub(scale(from, 1 - rate * weightDecay), move);
    return { first, second, params: unflatten(to, params, names) };
  });
  return {
    params: { ...params, ...next.params },
    moments: { steps, first: next.first, second: next.second },
  };
}
