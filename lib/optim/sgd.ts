/**
 * Stochastic gradient descent as PyTorch and Dassl have it: momentum without dampening, weight decay added to the
 * gradient before it.
 *
 * @module
 */
import { checkOptions, number } from "../options_given.ts";
import { mapTensors, momentumStep, prefixTensors, zeros } from "../tensor/mod.ts";
import type { Optimiser } from "./optimiser.ts";

/** SGD's settings, which stay the same over a run. */
export interface SgdSettings {
  /** The share of the last step's momentum buffer that is kept. */
  momentum: number;
  /** L2 weight decay: the multiple of each parameter that is added to its gradient. */
  decay: number;
}

/** Dassl's settings, which every method of both papers trains with. */
export const dasslSgd: SgdSettings = { momentum: 0.9, decay: 5e-4 };

/**
 * SGD: d = g + decay·p; buffer ← momentum·buffer + d, from 0; p ← p − rate·buffer. State: `momentum.NAME`, the buffers.
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { sgd } from "@plumbline/plumbline/optim";
 * import { readSync, tensor } from "@plumbline/plumbline/tensor";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const optimiser = sgd({ momentum: 0.5, decay: 0 });
 * const start = { x: tensor([1], [1]) };
 * const one = optimiser.update({ x: tensor([2], [1]) }, optimiser.init(start), start, 0.25);
 * assert.equal(readSync(one.params.x!)[0], 0.5); // 1 − 0.25·2
 * const two = optimiser.update({ x: tensor([0], [1]) }, one.state, one.params, 0.25);
 * assert.equal(readSync(two.params.x!)[0], 0.25); // the buffer is 0.5·2
 * ```
 */
export function sgd(settings: Partial<SgdSettings> = {}): Optimiser {
  checkOptions("sgd", settings, { momentum: number(0, 1), decay: number(0) });
  const { momentum, decay } = { ...dasslSgd, ...settings };
  return {
    init: (params) => prefixTensors("momentum.", mapTensors(params, ({ shape }) => zeros(shape))),
    update(gradients, state, params, rate) {
      const next = { params: { ...params }, state: { ...state } };
      for (const [name, gradient] of Object.entries(gradients)) {
        const kept = state[`momentum.${name}`]!;
        const now = { param: params[name]!, gradient, kept };
        const [buffer, param] = momentumStep({ ...now, momentum, decay, rate });
        next.state[`momentum.${name}`] = buffer;
        next.params[name] = param;
      }
      return next;
    },
  };
}
