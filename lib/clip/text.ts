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
  cut,
  type Linear,
  linear,
  mergeHeads,
  mul,
  pack,
  splitHeads,
  takeRows,
  type Tensor,
  unpack,
} from "../tensor/mod.ts";
import type { TextConfig } from "./config.ts";
import { readProjection, type Source } from "./fold.ts";
import type { Hook } from "./hook.ts";
import type { Late } from "./late.ts";
import type { Embeddings, Layout } from "./prompt.ts";
import {
  type Attend,
  type Block,
  consume,
  EPSILON,
  norm,
  readBlocks,
  runBlock,
} from "./transformer.ts";

/** The frozen text tower. */
export interface TextTower extends Embeddings {
  /** Transformer blocks, first to last. */
  blocks: Block[];
  /** ε of the final norm. */
  epsilon: number;
  /** The projection to the embedding, [width, embedding], the final norm folded in. */
  project: Linear;
}

/** Reads the text tower, but for its embeddings, which layouts need on the host. */
export function readTextTower(
  source: Source,
  config: TextConfig,
  embeddings: Pick<Embeddings, "tokens" | "positions" | "whole">,
): TextTower {
  return {
    width: config.width,
    ...embeddings,
    layers: config.layers,
    epsilon: config.epsilon ?? EPSILON,
    blocks: readBlocks(source, "transformer", config),
    project: readProjection(source, "text_projection", "ln_final", config),
  };
}

/** What may be put into the text tower. */
export interface IntoTexts {
  /** What is put into the blocks. */
  hook?: Hook;
  /** Added to the embedded rows before the first block, [rows, width]. */
  entering?: Tensor | undefined;
  /** Where the contexts enter before a later block than the first. */
  late?: Late;
}

/**
 * Text features, not yet of unit length. → [groups · prompts, embedding]
 *
 * `contexts`: [groups · contexts, width], the vectors that the prompts' context slots name. `deep[i]`, of the same shape,
 * replaces what became of them before block i + 1; where it is undefined they go on.
 */
export function encodeText(
  tower: TextTower,
  layout: Layout,
  contexts?: Tensor,
  deep: (Tensor | undefined)[] = [],
  { hook, entering, late }: IntoTexts = {},
): Tensor {
  const { contexts: index, others, ends } = layout;
  const begin = late?.before ?? layout;
  const placed = (vectors: Tensor) => takeRows(vectors, index!);
  let attend = attendWithin(begin);
  const embedded = begin.contexts && contexts ? add(begin.frozen, placed(contexts)) : begin.frozen;
  let x = centre(entering ? add(embedded, entering) : embedded);
  tower.blocks.forEach((b, i) => {
    if (late && contexts && i === late.layer) {
      x = add(takeRows(x, late.rows), placed(centre(contexts)));
      attend = attendWithin(layout);
    }
    const next = i > 0 ? deep[i - 1] : undefined;
    if (index && others && next) x = add(mul(x, others), placed(centre(next)));
    x = runBlock(b, x, attend, ends, false, hook?.(i));
  });
  return linear(norm(x, tower.epsilon), tower.project);
}

type Pair = [Tensor, Tensor];
type Triple = [Tensor, Tensor, Tensor];

/** Attention within each prompt of the layout. */
function attendWithin(layout: Layout): Attend {
  const { groups, prompts, shared, apart, mask, endMask, beginningMask } = layout;
  const slots = <T>(rows: Tensor, f: (slots: Tensor) => T) =>
    apart ? consume(unpack(rows, apart), f) : f(rows);
  const packed = (y: Tensor) => apart ? consume(y, (y) => pack(y, apart)) : y;
  if (shared === 0) {
    const each = groups * prompts;
    const split = (rows: Tensor, b: Block, parts: number) =>
      slots(rows, (own) => splitHeads(own, each, b.heads, parts));
    return {
      all(b, rows) {
        const [q, k, v] = split(rows, b, 3) as [Tensor, Tensor, Tensor];
        return packed(mergeHeads(attention(q, k, v, mask)));
      },
      some(b, queries, rows) {
        const [q] = splitHeads(queries, each, b.heads, 1) as [Tensor];
        const [k, v] = split(rows, b, 2) as [Tensor, Tensor];
        return mergeHeads(attention(q, k, v, endMask));
      },
    };
  }
  const split = (rows: Tensor, b: Block, parts: number) =>
    slots(
      rows,
      (slots) =>
        cut(slots, groups * shared).map((rows) => splitHeads(rows, groups, b.heads, parts)),
    );
  return {
    all(b, rows) {
      const [[q0, keys, values], [q, k, v]] = split(rows, b, 3) as [Triple, Triple];
      const first = mergeHeads(attention(q0, keys, values, beginningMask));
      const rest = mergeHeads(attentionBeyond({ keys, values }, q, k, v, mask, prompts));
      return packed(consume(first, (first) => consume(rest, (rest) => concat([first, rest], 0))));
    },
    some(b, queries, rows) {
      const [[keys, values], [k, v]] = split(rows, b, 2) as [Pair, Pair];
      const [q] = splitHeads(queries, groups, b.heads, 1) as [Tensor];
      return mergeHeads(attentionBeyond({ keys, values }, q, k, v, endMask, prompts));
    },
  };
}
