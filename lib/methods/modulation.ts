/**
 * ProMetaR's learned gradient modulation (Park et al. 2024, section 3.3): how much of the regulariser's gradient each
 * group of entries takes.
 *
 * For prompts of shape [n, d]: γ = sigmoid(W₂·W₁·[vec g; vec g_R]), one γ for each `group` consecutive entries, and
 * M(g, g_R) = g + γ⊙g_R. W₁: 2nd → nd/group, W₂: nd/group → nd/group, no biases, no activation between.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import type { Streams } from "../random/mod.ts";
import {
  add,
  broadcastTo,
  concat,
  mapTensors,
  matMul,
  mul,
  reshape,
  scale,
  sigmoid,
  type Tensors,
} from "../tensor/mod.ts";
import { linearStart } from "./initial.ts";
import type { Observer } from "./method.ts";

/** The modulation's parameters are called `modulation.`, the prompt's name, and `hidden` or `output`. */
export const MODULATION = "modulation.";

/** Weights for every prompt tensor, `text.0`, `image.3`, each initialised as PyTorch's linear layers are. */
export function initModulation(params: Tensors, group: number, random: Streams): Tensors {
  const prompts = Object.entries(params).filter(([name]) => /^(text|image)\.\d+$/.test(name));
  return Object.fromEntries(
    prompts.flatMap(([name, prompt]) => {
      if (prompt.size % group !== 0) {
        throw new UserError(
          `modulationGroup ${group} does not divide the ${prompt.size} numbers of ${name}: take a divisor`,
        );
      }
      const gates = prompt.size / group;
      const inputs = 2 * prompt.size;
      return [
        [`${MODULATION}${name}.hidden`, linearStart(random, [gates, inputs], inputs)],
        [`${MODULATION}${name}.output`, linearStart(random, [gates, gates], gates)],
      ];
    }),
  );
}

/**
 * M(g, g_R) = g + γ⊙g_R for every tensor. A tensor without a modulation of its own takes γ = `gate` for all of its
 * entries: every tensor does when γ is fixed, and MaPLe's maps always do, since their modulation would have 10¹⁰ weights.
 */
export function modulate(
  modulation: Tensors,
  gradients: Tensors,
  regularisers: Tensors,
  gate: number,
  observe?: Observer,
): Tensors {
  return mapTensors(gradients, (gradient, name) => {
    const pulled = regularisers[name]!;
    const layer = `${MODULATION}${name}`;
    if (!modulation[`${layer}.hidden`]) return add(gradient, scale(pulled, gate));
    const { size, shape } = gradient;
    const both = concat([reshape(gradient, [1, size]), reshape(pulled, [1, size])], 1);
    const hidden = matMul(both, modulation[`${layer}.hidden`]!, false, true);
    const gates = sigmoid(matMul(hidden, modulation[`${layer}.output`]!, false, true));
    observe?.(`gamma/${name}`, gates);
    const group = size / gates.size;
    const repeated = broadcastTo(reshape(gates, [gates.size, 1]), [gates.size, group]);
    return add(gradient, mul(reshape(repeated, shape), pulled));
  });
}

/** Observations under a heading: `inner/gamma/text.0`. */
export function under(heading: string, observe?: Observer): Observer | undefined {
  return observe && ((name, value) => observe(`${heading}/${name}`, value));
}
