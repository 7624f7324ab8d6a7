/**
 * CLIP's text tower with learnable context vectors and deep prompts, computed with a shared beginning (see prompt.ts).
 *
 * @module
 */
import {
  add,
  attention,
  attentionBeyond,
  centre,
  concat,
  type Linear,
  linear,
  mergeHeads,
  mul,
  splitHeads,
  takeRows,
  type Tensor,
} from "../tensor/mod.ts";
import { type Get, readNorm, readProjection } from "./fold.ts";
import type { Embeddings, Layout } from "./prompt.ts";
import { type Attend, type Block, norm, readBlocks, runBlock } from "./transformer.ts";

/** The frozen text tower. */
export interface TextTower extends Embeddings {
  blocks: Block[];
  /** [width, embedding], the final norm folded in. */
  project: Linear;
}

/** Reads the text tower. */
export function readTextTower(
  get: Get,
  { layers, heads }: { layers: number; heads: number },
): TextTower {
  const tokens = get("token_embedding.weight");
  return {
    width: tokens.shape[1],
    tokens: tokens.data,
    positions: get("positional_embedding").data,
    layers,
    blocks: readBlocks(get, "transformer", layers, heads),
    project: readProjection(get, "text_projection", readNorm(get, "ln_final")),
  };
}

/**
 * Text features, not yet of unit length. → [groups · prompts, embedding]
 *
 * `contexts`: [groups · contexts, width], the vectors that the prompts' context slots name. `deep[i]`, of the same shape,
 * replaces what became of them before block i + 1.
 */
export function encodeText(
  tower: TextTower,
  layout: Layout,
  contexts?: Tensor,
  deep: Tensor[] = [],
): Tensor {
  const { frozen, contexts: index, others, ends } = layout;
  const attend = attendWithin(layout);
  let x = centre(index && contexts ? add(frozen, takeRows(contexts, index)) : frozen);
  tower.blocks.forEach((b, i) => {
    if (index && others && i > 0 && i <= deep.length) {
      x = add(mul(x, others), takeRows(centre(deep[i - 1]), index));
    }
    x = runBlock(b, x, attend, ends);
  });
  return linear(norm(x), tower.project);
}

/** Attention within each prompt of the layout, causal. */
function attendWithin(layout: Layout): Attend {
  const { groups, prompts, beginning, own, packed, mask, endMask, beginningMask } = layout;
  const take = (rows: Tensor) => own ? takeRows(rows, own) : rows;
  if (!beginning) {
    const each = groups * prompts;
    return {
      all(b, rows) {
        const [q, k, v] = splitHeads(take(rows), each, b.heads, 3);
        const y = mergeHeads(attention(q, k, v, mask));
        return packed ? takeRows(y, packed) : y;
      },
      some(b, queries, rows) {
        const [q] = splitHeads(queries, each, b.heads, 1);
        const [k, v] = splitHeads(take(rows), each, b.heads, 2);
        return mergeHeads(attention(q, k, v, endMask));
      },
    };
  }
  return {
    all(b, rows) {
      const [q0, keys, values] = splitHeads(takeRows(rows, beginning), groups, b.heads, 3);
      const [q, k, v] = splitHeads(take(rows), groups, b.heads, 3);
      const first = attention(q0, keys, values, beginningMask);
      const rest = attentionBeyond({ keys, values }, q, k, v, mask, prompts);
      return takeRows(concat([mergeHeads(first), mergeHeads(rest)], 0), packed!);
    },
    some(b, queries, rows) {
      const [keys, values] = splitHeads(takeRows(rows, beginning), groups, b.heads, 2);
      const [q] = splitHeads(queries, groups, b.heads, 1);
      const [k, v] = splitHeads(take(rows), groups, b.heads, 2);
      return mergeHeads(attentionBeyond({ keys, values }, q, k, v, endMask, prompts));
    },
  };
}
