/**
 * Ways of joining the gradient of cross-entropy, G_d, with that of the distillation loss, G_g: ProGrad's projection
 * (Zhu et al. 2023, equation 5), and what multi-task learning has for the same end.
 *
 * @module
 */
import {
  add,
  div,
  dot,
  mapTensors,
  mul,
  neg,
  relu,
  scale,
  shift,
  sub,
  type Tensor,
  type Tensors,
} from "../tensor/mod.ts";

/** Joins two gradients of the same parameters. */
export type Join = (task: Tensors, general: Tensors, lambda: number) => Tensors;

/** The names of the ways of joining two gradients. */
export type JoinName = "project" | "add" | "pcgrad" | "agem";

/** The ways of joining two gradients, by name. */
export const joins: Record<JoinName, Join> = {
  /** ProGrad: for each tensor, G_d without its part against G_g. */
  project: (task, general, lambda) =>
    mapTensors(task, (g, name) => projectConflict(g, general[name]!, lambda)),
  /** G_d + λ·G_g: the distillation loss added instead. */
  add: (task, general, lambda) =>
    mapTensors(task, (g, name) => add(g, scale(general[name]!, lambda))),
  /** PCGrad (Yu et al. 2020): for each tensor, either gradient without its part against the other, summed. */
  pcgrad: (task, general, lambda) =>
    mapTensors(task, (g, name) =>
      add(
        projectConflict(g, general[name]!, lambda),
        projectConflict(general[name]!, g, lambda),
      )),
  /** A-GEM (Chaudhry et al. 2019, equation 11): all tensors as one vector. With one tensor it is ProGrad's. */
  agem: (task, general, lambda) => {
    const share = opposition(
      total(task, (name) => dot(task[name]!, general[name]!)),
      total(task, (name) => dot(general[name]!, general[name]!)),
      total(task, (name) => dot(task[name]!, task[name]!)),
    );
    return mapTensors(task, (g, name) => add(g, mul(general[name]!, scale(share, lambda))));
  },
};

/**
 * G_d − λ·(⟨G_d, G_g⟩/‖G_g‖²)·G_g if ⟨G_d, G_g⟩ < 0, else G_d. Both of one shape.
 *
 * Where the student is its teacher (ProGrad's own initialisation, if the context is as long as the template), G_g is 0 but for
 * rounding, and so is what it opposes: the published code divides the noise by its length and follows it. Here ‖G_g‖² is
 * taken to be at least (τ·‖G_d‖)² with τ = 2⁻¹³, which is above float32's noise and below every recorded G_g: what is taken
 * away falls to nothing with ‖G_g‖, and is exactly the equation's above τ·‖G_d‖.
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { projectConflict } from "@plumbline/plumbline/methods";
 * import { readSync, tensor } from "@plumbline/plumbline/tensor";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const general = tensor([0, 2], [2]);
 * assert.deepEqual([...readSync(projectConflict(tensor([1, -1], [2]), general, 1))], [1, 0]);
 * assert.deepEqual([...readSync(projectConflict(tensor([1, 1], [2]), general, 1))], [1, 1]);
 * ```
 */
export function projectConflict(task: Tensor, general: Tensor, lambda: number): Tensor {
  const share = opposition(dot(task, general), dot(general, general), dot(task, task));
  return add(task, mul(general, scale(share, lambda)));
}

/** max(−product, 0)/max(‖G_g‖², τ²‖G_d‖²): how much of G_g would have to be added to G_d. */
function opposition(product: Tensor, square: Tensor, taskSquare: Tensor): Tensor {
  const least = scale(taskSquare, DEGENERATE ** 2);
  const divisor = add(square, relu(sub(least, square)));
  return div(relu(neg(product)), shift(divisor, SMALLEST));
}

/** The least ‖G_g‖/‖G_d‖ at which G_g still has a direction. */
const DEGENERATE = 2 ** -13;

/** The smallest normal float32: keeps 0/0 at 0. */
const SMALLEST = 2 ** -126;

function total(tensors: Tensors, f: (name: string) => Tensor): Tensor {
  return Object.keys(tensors).map(f).reduce(add);
}
