/**
 * Stochastic gradient descent as PyTorch and Dassl have it: momentum without dampening, weight decay added to the
 * gradient before it.
 *
 * @module
 */
import { add, scale, sub, type Tensors, tidy } from "../tensor/mod.ts";

/** What stays the same over a run. */
export interface SgdSettings {
  /** What is kept of the last step's buffer. */
  momentum: number;
  /** What each gradient gets of its parameter. */
  weightDecay: number;
}

/** Dassl's settings, which every method of both papers trains with. */
export const dasslSgd: SgdSettings = { momentum: 0.9, weightDecay: 5e-4 };

/**
 * One step: d = g + weightDecay·p; buffer = d at first, then momentum·buffer + d; p ← p − rate·buffer.
 *
 * @param params parameters by name; those without a gradient stay as they are
 * @param gradients gradients by the same names
 * @param momentum buffers of the last step; empty before the first
 * @returns new tensors for what moved, and the old ones for what did not
 */
export function sgd(
  params: Tensors,
  gradients: Tensors,
  momentum: Tensors,
  rate: number,
  settings: SgdSettings = dasslSgd,
): { params: Tensors; momentum: Tensors } {
  const next = { params: { ...params }, momentum: { ...momentum } };
  for (const [name, gradient] of Object.entries(gradients)) {
    const [buffer, param] = tidy(() => {
      const decayed = add(gradient, scale(params[name], settings.weightDecay));
      const buffer = momentum[name]
        ? add(scale(momentum[name], settings.momentum), decayed)
        : decayed;
      return [buffer, sub(params[name], scale(buffer, rate))];
    });
    next.momentum[name] = buffer;
    next.params[name] = param;
  }
  return next;
}
