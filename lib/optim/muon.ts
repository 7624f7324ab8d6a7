/**
 * Muon: momentum whose steps are made orthogonal (Keller Jordan et al. 2024, kellerjordan.github.io/posts/muon, and their
 * code, github.com/KellerJordan/Muon). For the matrices inside a network; embeddings, gains and biases take AdamW.
 *
 * @module
 */
import { checkOptions, number } from "../options_given.ts";
import {
  add,
  concat,
  div,
  mapTensors,
  matMul,
  nameTensors,
  prefixTensors,
  reshape,
  scale,
  shift,
  slice,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensors,
  tensorsUnder,
  tidy,
  zeros,
} from "../tensor/mod.ts";
import type { Optimiser } from "./optimiser.ts";

/** Muon's settings, which stay the same over a run. */
export interface MuonSettings {
  /** The share of the gradients' average that is kept at a step. */
  momentum: number;
  /** Decoupled weight decay: per unit of rate, the share that is taken off each parameter. */
  decay: number;
}

/** Muon's published settings: momentum 0.95, no weight decay. */
export const publishedMuon: MuonSettings = { momentum: 0.95, decay: 0 };

/**
 * Muon, for matrices p, [rows, columns]: the average m ← momentum·m + (1 − momentum)·g, from 0, looked ahead (Nesterov) to
 * (1 − momentum)·g + momentum·m, is made orthogonal, O, and p ← p·(1 − rate·decay) − rate·√max(1, rows/columns)·O.
 * State: `momentum.NAME`, the averages.
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { muon } from "@plumbline/plumbline/optim";
 * import { readSync, tensor } from "@plumbline/plumbline/tensor";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const start = { w: tensor([0, 0, 0, 0], [2, 2]) };
 * const gradients = { w: tensor([5, 0, 0, 0.1], [2, 2]) };
 * const { params } = muon().update(gradients, muon().init(start), start, 0.02);
 * const [a, , , d] = readSync(params.w!); // both directions move alike, however steep they are
 * assert.ok(a! < -0.012 && a! > -0.026 && d! < -0.012 && d! > -0.026);
 * ```
 */
export function muon(settings: Partial<MuonSettings> = {}): Optimiser {
  checkOptions("muon", settings, { momentum: number(0, 1), decay: number(0) });
  const { momentum: kept, decay } = { ...publishedMuon, ...settings };
  return {
    init: (params) => prefixTensors("momentum.", mapTensors(params, ({ shape }) => zeros(shape))),
    update(gradients, state, params, rate) {
      const next = { params: { ...params }, state: { ...state } };
      // Matrices of one shape are stacked: orthogonalising them together costs less than one by one.
      const shapes = Map.groupBy(
        Object.keys(gradients),
        (name) => gradients[name]!.shape.join("×"),
      );
      for (const names of shapes.values()) {
        const [rows, columns] = gradients[names[0]!]!.shape as [number, number];
        const stack = (of: Tensors) =>
          concat(names.map((n) => reshape(of[n]!, [1, rows, columns])), 0);
        const apart = (all: Tensor) =>
          names.map((_, i) => reshape(slice(all, 0, i, 1), [rows, columns]));
        const { averages, moved } = tidy(() => {
          const fresh = scale(stack(gradients), 1 - kept);
          const average = add(scale(stack(tensorsUnder("momentum.", state)), kept), fresh);
          const step = orthogonalize(add(fresh, scale(average, kept)));
          const reach = rate * Math.sqrt(Math.max(1, rows / columns));
          const p = sub(scale(stack(params), 1 - rate * decay), scale(step, reach));
          return { averages: apart(average), moved: apart(p) };
        });
        Object.assign(next.state, prefixTensors("momentum.", nameTensors(names, averages)));
        Object.assign(next.params, nameTensors(names, moved));
      }
      return next;
    },
  };
}

/** Coefficients of the quintic a·x + b·x³ + c·x⁵, chosen by its authors to lift small singular values fast. */
const [A, B, C] = [3.4445, -4.7750, 2.0315];

/**
 * Nearly the orthogonal matrix nearest to each of x, [matrices, rows, columns]: five Newton–Schulz steps, after which all
 * singular values lie in about 0.7 … 1.2.
 */
export function orthogonalize(x: Tensor): Tensor {
  const [, rows, columns] = x.shape as [number, number, number];
  const tall = rows > columns;
  return tidy(() => {
    let y = div(x, shift(sqrt(sum(square(x), [1, 2], true)), 1e-7));
    for (let i = 0; i < 5; i++) {
      const gram = matMul(y, y, tall, !tall); // [matrices, n, n] for the shorter side n
      const even = add(scale(gram, B), scale(matMul(gram, gram), C));
      y = add(scale(y, A), tall ? matMul(y, even) : matMul(even, y));
    }
    return y;
  });
}
