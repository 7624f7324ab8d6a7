/**
 * Adam (Kingma & Ba 2015, arXiv 1412.6980, algorithm 1) as `torch.optim.Adam` has it, and with decoupled weight decay
 * (Loshchilov & Hutter 2019, arXiv 1711.05101, algorithm 2) as `torch.optim.AdamW` has it.
 *
 * @module
 */
import { checkOptions, type Kinds, listOf, number } from "../options_given.ts";
import {
  add,
  div,
  mapTensors,
  prefixTensors,
  readSync,
  scale,
  shift,
  sqrt,
  square,
  sub,
  tensor,
  type Tensors,
  tensorsUnder,
  tidy,
  zeros,
} from "../tensor/mod.ts";
import { flatten, unflatten } from "./flat.ts";
import type { Optimiser } from "./optimiser.ts";

/** Adam's and AdamW's settings, which stay the same over a run. */
export interface AdamSettings {
  /** β₁ and β₂: the shares that the running averages of the gradient and of its square keep of themselves in a step. */
  betas: readonly [first: number, second: number];
  /** ε, added to the root of the second average, so that nothing is divided by 0. */
  eps: number;
  /** Weight decay, 0 for none. Adam adds decay·p to the gradient; AdamW takes rate·decay·p off the parameter. */
  decay: number;
}

/** PyTorch's defaults of Adam; AdamW's differ by a decay of 0.01. */
export const torchAdam: AdamSettings = { betas: [0.9, 0.999], eps: 1e-8, decay: 0 };

const adamKinds: Kinds<AdamSettings> = {
  betas: listOf(number(0, 1), 2),
  eps: number(0),
  decay: number(0),
};

/**
 * Adam: g ← g + decay·p; m and v average g and g²; p ← p − rate·m̂/(√v̂ + eps), where m̂ and v̂ are corrected for their
 * initialisation at 0. State: `expAvg.NAME`, `expAvgSq.NAME`, and `step`, a scalar, the steps taken.
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { adam } from "@plumbline/plumbline/optim";
 * import { readSync, tensor } from "@plumbline/plumbline/tensor";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const optimiser = adam({ eps: 1e-4 });
 * const start = { x: tensor([1], [1]) };
 * const { params, state } = optimiser.update({ x: tensor([3], [1]) }, optimiser.init(start), start, 0.1);
 * assert.equal(readSync(params.x!)[0]!.toFixed(4), "0.9000"); // the first step has the length of the rate
 * assert.equal(readSync(state.step!)[0], 1);
 * ```
 */
export function adam(settings: Partial<AdamSettings> = {}): Optimiser {
  checkOptions("adam", settings, adamKinds);
  return adaptive({ ...torchAdam, ...settings }, "added");
}

/**
 * AdamW: {@linkcode adam} without decay in the gradient, after p ← p·(1 − rate·decay).
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { adamw } from "@plumbline/plumbline/optim";
 * import { readSync, tensor } from "@plumbline/plumbline/tensor";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const optimiser = adamw({ decay: 0.5 });
 * const start = { x: tensor([1], [1]) };
 * const { params } = optimiser.update({ x: tensor([3], [1]) }, optimiser.init(start), start, 0.1);
 * assert.equal(readSync(params.x!)[0]!.toFixed(4), "0.8500"); // 1 − 0.1·0.5, and then − 0.1
 * ```
 */
export function adamw(settings: Partial<AdamSettings> = {}): Optimiser {
  checkOptions("adamw", settings, adamKinds);
  return adaptive({ ...torchAdam, decay: 0.01, ...settings }, "decoupled");
}

/** All tensors of a kind are handled as one vector: a step is a dozen operations, however many there are. */
function adaptive(
  { betas: [b1, b2], eps, decay }: AdamSettings,
  decaying: "added" | "decoupled",
): Optimiser {
  const start = (params: Tensors, heading: string) =>
    prefixTensors(heading, mapTensors(params, ({ shape }) => zeros(shape)));
  return {
    init: (params) => ({
      ...start(params, "expAvg."),
      ...start(params, "expAvgSq."),
      step: tensor([0], []),
    }),
    update(gradients, state, params, rate) {
      const names = Object.keys(gradients);
      if (names.length === 0) return { params, state };
      const step = readSync(state.step!)[0]! + 1; // never an operand, so it stays on the host
      const next = tidy(() => {
        const all = (of: Tensors) => flatten(names.map((name) => of[name]!));
        const split = (flat: ReturnType<typeof all>) => unflatten(flat, params, names);
        const p = all(params);
        const raw = all(gradients);
        const g = decaying === "added" && decay !== 0 ? add(raw, scale(p, decay)) : raw;
        const average = (before: Tensors, x: typeof g, kept: number) =>
          add(scale(all(before), kept), scale(x, 1 - kept));
        const first = average(tensorsUnder("expAvg.", state), g, b1);
        const second = average(tensorsUnder("expAvgSq.", state), square(g), b2);
        const root = shift(sqrt(scale(second, 1 / (1 - b2 ** step))), eps);
        const move = div(scale(first, rate / (1 - b1 ** step)), root);
        const from = decaying === "decoupled" ? scale(p, 1 - rate * decay) : p;
        return { first: split(first), second: split(second), params: split(sub(from, move)) };
      });
      return {
        params: { ...params, ...next.params },
        state: {
          ...state,
          ...prefixTensors("expAvg.", next.first),
          ...prefixTensors("expAvgSq.", next.second),
          step: tensor([step], []),
        },
      };
    },
  };
}
