/**
 * The step that most methods train by, whole: one program for a parameter in place of six kernels, where there are programs.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { add, scale, sub } from "./elementwise.ts";
import { isTracked, type Tensor } from "./tape.ts";
import { hasProgram, programOfSeveral } from "./programs.ts";

/** What a step with momentum is made of. */
export interface MomentumStep {
  /** The parameter. */
  param: Tensor;
  /** The parameter's gradient. */
  gradient: Tensor;
  /** The momentum buffer before the step. */
  kept: Tensor;
  /** The share of the buffer that is kept. */
  momentum: number;
  /** Weight decay, added to the gradient. */
  decay: number;
  /** The learning rate. */
  rate: number;
}

/** [momentum·kept + gradient + decay·param, param − rate·that]: PyTorch's SGD. */
export function momentumStep(
  { param, gradient, kept, momentum, decay, rate }: MomentumStep,
): [buffer: Tensor, param: Tensor] {
  return tf.tidy((): [Tensor, Tensor] => {
    if (hasProgram("Momentum") && ![param, gradient, kept].some(isTracked)) {
      const told = { momentum, decay, rate };
      return programOfSeveral("Momentum", { kept, gradient, param }, told);
    }
    const buffer = add(scale(kept, momentum), add(gradient, scale(param, decay)));
    return [buffer, sub(param, scale(buffer, rate))];
  });
}
