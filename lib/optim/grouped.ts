/**
 * Parameters in groups, each with an optimiser and a rate of its own, as PyTorch's parameter groups are.
 *
 * @module
 */
import { filterTensors, prefixTensors, type Tensors, tensorsUnder } from "../tensor/mod.ts";
import type { Optimiser } from "./optimiser.ts";

/** How one group of parameters is trained: its optimiser and its rate. */
export interface ParameterGroup {
  /** The optimiser that updates the group's parameters. */
  optimiser: Optimiser;
  /** Its learning rate, as a multiple of the rate that an update is given. Default 1. */
  rate?: number;
}

/**
 * An optimiser that moves each group of parameters by its own. State: what each has, after the group's name and a slash:
 * `slow/momentum.NAME`. A parameter that belongs to no group stays as it is.
 *
 * @param groupOf the group of a parameter, by its name and shape
 *
 * @example Layer norms at a tenth of the rate
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { grouped, sgd } from "@plumbline/plumbline/optim";
 * import { readSync, tensor } from "@plumbline/plumbline/tensor";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const optimiser = grouped((name) => name.startsWith("norm.") ? "norms" : "others", {
 *   norms: { optimiser: sgd({ decay: 0 }), rate: 0.1 },
 *   others: { optimiser: sgd({ decay: 0 }) },
 * });
 * const one = () => tensor([1], [1]);
 * const start = { "norm.gain": one(), "text.0": one() };
 * const gradients = { "norm.gain": one(), "text.0": one() };
 * const { params } = optimiser.update(gradients, optimiser.init(start), start, 0.5);
 * assert.equal(readSync(params["norm.gain"]!)[0]!.toFixed(2), "0.95");
 * assert.equal(readSync(params["text.0"]!)[0], 0.5);
 * ```
 */
export function grouped<G extends string>(
  groupOf: (name: string, shape: number[]) => G | undefined,
  groups: Record<G, ParameterGroup>,
): Optimiser {
  const entries = Object.entries(groups) as [G, ParameterGroup][];
  const of = (group: G, tensors: Tensors) =>
    filterTensors(tensors, (name, { shape }) => groupOf(name, shape) === group);
  return {
    init: (params) =>
      Object.assign(
        {},
        ...entries.map(([group, { optimiser }]) =>
          prefixTensors(`${group}/`, optimiser.init(of(group, params)))
        ),
      ),
    update(gradients, state, params, rate) {
      const next = { params: { ...params }, state: { ...state } };
      for (const [group, { optimiser, rate: share = 1 }] of entries) {
        const own = of(group, gradients);
        if (Object.keys(own).length === 0) continue;
        const moved = optimiser.update(
          own,
          tensorsUnder(`${group}/`, state),
          of(group, params),
          rate * share,
        );
        Object.assign(next.params, moved.params);
        Object.assign(next.state, prefixTensors(`${group}/`, moved.state));
      }
      return next;
    },
  };
}
