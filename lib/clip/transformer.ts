/**
 * The pre-norm transformer block that both of CLIP's transformers are made of (Radford et al. 2021, section 2.4).
 *
 * Tokens are rows, [rows, width], whatever sequences they belong to: only attention needs to know.
 *
 * @module
 */
import {
  add,
  type Linear,
  linear,
  type RowIndex,
  takeRows,
  matMul,
  quickGelu,
  reshape,
  slice,
  softmax,
  standardize,
  type Tensor,
  transpose,
} from "../tensor/mod.ts";
import { type Get, readLinear, readNorm } from "./fold.ts";

/** One block's frozen layers, the layer norms and the scale of the attention folded in. */
export interface Block {
  heads: number;
  /** [width, width] */
  query: Linear;
  /** [width, 2·width] */
  keyValue: Linear;
  /** [width, width] */
  out: Linear;
  /** [width, 4·width] */
  expand: Linear;
  /** [4·width, width] */
  contract: Linear;
}

/** Reads the blocks under `name` (`transformer` or `visual.transformer`). */
export function readBlocks(get: Get, name: string, layers: number, heads: number): Block[] {
  return Array.from({ length: layers }, (_, layer) => {
    const at = `${name}.resblocks.${layer}`;
    const inputs = [`${at}.attn.in_proj_weight`, `${at}.attn.in_proj_bias`] as const;
    const width = get(inputs[0]).shape[1];
    const norm = readNorm(get, `${at}.ln_1`);
    return {
      heads,
      query: readLinear(get, ...inputs, {
        norm,
        columns: [0, width],
        scale: Math.sqrt(heads / width),
      }),
      keyValue: readLinear(get, ...inputs, { norm, columns: [width, 3 * width] }),
      out: readLinear(get, `${at}.attn.out_proj.weight`, `${at}.attn.out_proj.bias`),
      expand: readLinear(get, `${at}.mlp.c_fc.weight`, `${at}.mlp.c_fc.bias`, {
        norm: readNorm(get, `${at}.ln_2`),
      }),
      contract: readLinear(get, `${at}.mlp.c_proj.weight`, `${at}.mlp.c_proj.bias`),
    };
  });
}

/** Attention over rows: queries [chosen, width] and keys-and-values [rows, 2·width] to [chosen, width]. */
export type Attend = (queries: Tensor, keysValues: Tensor) => Tensor;

/**
 * x + attention(norm(x)), then x + mlp(norm(x)). Where only some rows are read afterwards (EOT, the class token),
 * `chosen` computes just those. [rows, width] → [chosen, width]
 */
export function runBlock(b: Block, x: Tensor, attend: Attend, chosen?: RowIndex): Tensor {
  const normed = standardize(x);
  const choose = (rows: Tensor) => chosen ? takeRows(rows, chosen) : rows;
  const attended = attend(linear(choose(normed), b.query), linear(normed, b.keyValue));
  const y = add(choose(x), linear(attended, b.out));
  return add(y, linear(quickGelu(linear(standardize(y), b.expand)), b.contract));
}

/** [groups·n, parts·width] → `parts` tensors of [groups, heads, n, width/heads]. */
export function splitHeads(x: Tensor, groups: number, heads: number, parts: number): Tensor[] {
  const [rows, columns] = x.shape;
  const split = reshape(x, [groups, rows / groups, parts * heads, columns / parts / heads]);
  const byHead = transpose(split, [0, 2, 1, 3]);
  if (parts === 1) return [byHead];
  return Array.from({ length: parts }, (_, part) => slice(byHead, 1, part * heads, heads));
}

/** [groups, heads, n, width/heads] → [groups·n, width]. */
export function mergeHeads(x: Tensor): Tensor {
  const [groups, heads, n, size] = x.shape;
  return reshape(transpose(x, [0, 2, 1, 3]), [groups * n, heads * size]);
}

/** softmax(q·kᵀ + mask)·v for [groups, heads, n, size]. */
export function attention(q: Tensor, k: Tensor, v: Tensor, mask?: Tensor): Tensor {
  const scores = matMul(q, k, false, true);
  return matMul(softmax(mask ? add(scores, mask) : scores), v);
}
