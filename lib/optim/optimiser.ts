/**
 * What an optimiser is: a value with two functions, whose memory is plain named tensors that are passed and never hidden.
 *
 * @module
 */
import type { Tensors } from "../tensor/mod.ts";

/** How parameters follow gradients. Both functions make tensors freely: call them inside `tidy`. */
export interface Optimiser {
  /** The state before the first step: named tensors, such as a `momentum.ctx` of zeros for the parameter `ctx`. */
  init(params: Tensors): Tensors;
  /**
   * One step. Parameters without a gradient stay as they are, and so does what is remembered of them.
   *
   * @param gradients by the parameters' names
   * @param state what `init` or the last step gave
   * @param rate the learning rate
   * @returns new tensors for what changed, and the old ones for what did not
   */
  update(
    gradients: Tensors,
    state: Tensors,
    params: Tensors,
    rate: number,
  ): { params: Tensors; state: Tensors };
}
