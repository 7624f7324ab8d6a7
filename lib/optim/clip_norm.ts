/**
 * Clipping by the norm of all gradients together, as `torch.nn.utils.clip_grad_norm_` does.
 *
 * @module
 */
import {
  div,
  mapTensors,
  mul,
  neg,
  onesLike,
  relu,
  scale,
  shift,
  sqrt,
  square,
  sum,
  type Tensor,
  type Tensors,
  tidy,
} from "../tensor/mod.ts";
import { flatten } from "./flat.ts";

/**
 * The gradients times min(1, most/(norm + 10⁻⁶)), where `norm` is the Euclidean norm of all of them as one vector; and that
 * norm before clipping, a scalar.
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { clipNorm } from "@plumbline/plumbline/optim";
 * import { tensor } from "@plumbline/plumbline/tensor";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const { gradients, norm } = clipNorm({ x: tensor([3], [1]), y: tensor([4], [1]) }, 1);
 * assert.equal(norm.dataSync()[0], 5);
 * assert.equal(gradients.x!.dataSync()[0]!.toFixed(4), "0.6000");
 * ```
 */
export function clipNorm(
  gradients: Tensors,
  most: number,
): { gradients: Tensors; norm: Tensor } {
  return tidy(() => {
    const norm = sqrt(sum(square(flatten(Object.values(gradients)))));
    const ratio = div(scale(onesLike(norm), most), shift(norm, 1e-6));
    const factor = shift(neg(relu(shift(neg(ratio), 1))), 1); // min(1, ratio)
    return { gradients: mapTensors(gradients, (g) => mul(g, factor)), norm };
  });
}
