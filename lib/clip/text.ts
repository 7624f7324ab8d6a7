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
  type RowIndex,
  splitHeads,
  takeRows,
  type Tensor,
} from "../tensor/mod.ts";
import { type Get, readNorm, readProjection } from "./fold.ts";
import type { Embeddings, Layout } from "./prompt.ts";
import { type Attend, type Block, consume, norm, readBlocks, runBlock } from "./transformer.ts";

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
  const split = (
    rows: Tensor,
    index: RowIndex | undefined,
    groups: number,
    b: Block,
    parts: number,
  ) =>
    index
      ? consume(takeRows(rows, index), (taken) => splitHeads(taken, groups, b.heads, parts))
      : splitHeads(rows, groups, b.heads, parts);
  if (!beginning) {
    const each = groups * prompts;
    return {
      all(b, rows) {
        const [q, k, v] = split(rows, own, each, b, 3);
        const y = mergeHeads(attention(q, k, v, mask));
        return packed ? consume(y, (y) => takeRows(y, packed)) : y;
      },
      some(b, queries, rows) {
        const [q] = splitHeads(queries, each, b.heads, 1);
        const [k, v] = split(rows, own, each, b, 2);
        return mergeHeads(attention(q, k, v, endMask));
      },
    };
  }
  return {
    all(b, rows) {
      const [q0, keys, values] = split(rows, beginning, groups, b, 3);
      const [q, k, v] = split(rows, own, groups, b, 3);
      const first = mergeHeads(attention(q0, keys, values, beginningMask));
      const rest = mergeHeads(attentionBeyond({ keys, values }, q, k, v, mask, prompts));
      const both = consume(first, (first) => consume(rest, (rest) => concat([first, rest], 0)));
      return consume(both, (both) => takeRows(both, packed!));
    },
    some(b, queries, rows) {
      const [keys, values] = split(rows, beginning, groups, b, 2);
      const [q] = splitHeads(queries, groups, b.heads, 1);
      const [k, v] = split(rows, own, groups, b, 2);
      return mergeHeads(attentionBeyond({ keys, values }, q, k, v, endMask, prompts));
    },
  };
}
