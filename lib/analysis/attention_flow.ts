/**
 * Attention of all layers made into one row: how much each token has to do with the class token in the end.
 *
 * @module
 */
import type { Tensor } from "../tensor/mod.ts";

/** A layer's attention in one image: tokens × tokens row by row, or, in the last layer, the class token's row alone. */
export interface LayerAttention {
  /** Rows: tokens, or 1. */
  asking: number;
  tokens: number;
  /** The attention weights of each head, and the gradient of something towards them. */
  heads: { weights: ArrayLike<number>; gradients: ArrayLike<number> }[];
}

/**
 * The class token's row of R through all layers, from R = 1. `rollout`: R ← ½(Ā + 1)·R with Ā the mean over heads.
 * `relevance`: R ← R + Ā·R with Ā the mean over heads of relu(∇A ⊙ A). Prompts (the last tokens) that a layer replaces
 * start anew there.
 *
 * @param prompts those of the first layers; of each, only its number of tokens is read
 */
export function flow(
  rule: "rollout" | "relevance",
  layers: readonly LayerAttention[],
  prompts: readonly Pick<Tensor, "shape">[],
): Float64Array {
  const { tokens } = layers[0]!;
  let row = unit(tokens, 0);
  // The class token's row, from the last layer back to the first: no product of whole matrices.
  for (let layer = layers.length - 1; layer >= 0; layer--) {
    row = backThrough(rule, layers[layer]!, row);
    if (layer > 0 && layer < prompts.length) row.fill(0, tokens - prompts[layer]!.shape[0]!);
  }
  return row;
}

/** row·½(Ā + 1), or row·(1 + Ā). */
function backThrough(
  rule: "rollout" | "relevance",
  { asking, tokens, heads }: LayerAttention,
  row: Float64Array,
): Float64Array {
  const next = new Float64Array(tokens);
  for (let i = 0; i < asking; i++) {
    if (row[i] === 0) continue;
    for (const { weights, gradients } of heads) {
      for (let j = 0; j < tokens; j++) {
        const weight = weights[i * tokens + j]!;
        const used = rule === "rollout" ? weight : Math.max(0, weight * gradients[i * tokens + j]!);
        next[j]! += row[i]! * used / heads.length;
      }
    }
  }
  const kept = rule === "rollout" ? 0.5 : 1;
  return next.map((value, j) => kept * (value + row[j]!));
}

function unit(n: number, at: number): Float64Array {
  return new Float64Array(n).fill(1, at, at + 1);
}
