/**
 * Muon: momentum whose steps are made orthogonal (Keller Jordan et al. 2024, kellerjordan.github.io/posts/muon, and their
 * code, github.com/KellerJordan/Muon). For the matrices inside a network; embeddings, gains and biases take AdamW.
 *
 * @module
 */
import {
  add,
  concat,
  div,
  matMul,
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
  tidy,
} from "../tensor/mod.ts";

/** What stays the same over a run. */
export interface MuonSettings {
  /** What is kept of the gradients' average. */
  momentum: number;
  /** Per unit of rate, the share of each parameter that goes. */
  weightDecay: number;
}

/** The published settings. */
export const publishedMuon: MuonSettings = { momentum: 0.95, weightDecay: 0 };

/**
 * One step of matrices p, [rows, columns]: the average m ← momentum·m + (1 − momentum)·g, looked ahead (Nesterov) to
 * (1 − momentum)·g + momentum·m, is made orthogonal, O, and p ← p·(1 − rate·weightDecay) − rate·√max(1, rows/columns)·O.
 *
 * @param params parameters by name; those without a gradient stay as they are
 * @param gradients gradients by the same names, in the same order at every step
 * @param momentum averages of the last step, by shape, for all matrices of that shape; empty before the first
 * @returns new tensors for what moved, and the old ones for what did not
 *
 * @example
 * ```ts
 * import { muon, tensor, useBackend } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const gradient = tensor([5, 0, 0, 0.1], [2, 2]);
 * const { params } = muon({ w: tensor([0, 0, 0, 0], [2, 2]) }, { w: gradient }, {}, 0.02);
 * const [a, , , d] = params.w.dataSync(); // both directions move alike, however steep they are
 * assert.ok(a < -0.012 && a > -0.026 && d < -0.012 && d > -0.026);
 * ```
 */
export function muon(
  params: Tensors,
  gradients: Tensors,
  momentum: Tensors,
  rate: number,
  settings: MuonSettings = publishedMuon,
): { params: Tensors; momentum: Tensors } {
  const next = { params: { ...params }, momentum: { ...momentum } };
  const kept = settings.momentum;
  const shapes = Map.groupBy(Object.keys(gradients), (name) => gradients[name].shape.join("×"));
  for (const [shape, names] of shapes) {
    const [rows, columns] = gradients[names[0]].shape;
    const stack = (of: Tensors) => concat(names.map((n) => reshape(of[n], [1, rows, columns])), 0);
    const { average, moved } = tidy(() => {
      const g = stack(gradients);
      const fresh = scale(g, 1 - kept);
      const average = momentum[shape] ? add(scale(momentum[shape], kept), fresh) : fresh;
      const step = orthogonalize(add(fresh, scale(average, kept)));
      const reach = rate * Math.sqrt(Math.max(1, rows / columns));
      const p = sub(scale(stack(params), 1 - rate * settings.weightDecay), scale(step, reach));
      const moved = names.map((_, i) => reshape(slice(p, 0, i, 1), [rows, columns]));
      return { average, moved };
    });
    next.momentum[shape] = average;
    names.forEach((name, i) => next.params[name] = moved[i]);
  }
  return next;
}

/** Coefficients of the quintic a·x + b·x³ + c·x⁵, chosen by its authors to lift small singular values fast. */
const [A, B, C] = [3.4445, -4.7750, 2.0315];

/**
 * Nearly the orthogonal matrix nearest to each of x, [matrices, rows, columns]: five Newton–Schulz steps, after which all
 * singular values lie in about 0.7 … 1.2.
 */
export function orthogonalize(x: Tensor): Tensor {
  const [, rows, columns] = x.shape;
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
