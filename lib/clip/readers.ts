/**
 * Read-only tokens: rows that read a frozen tower's tokens, block by block, and that nobody reads, not even they
 * themselves (RPO, Lee et al. 2023, section 3.2). The tower's own stream is as without them, so it is run first, and its
 * keys and values are what there is to read.
 *
 * @module
 */
import {
  attention,
  broadcastTo,
  centre,
  linear,
  mergeHeads,
  pack,
  reshape,
  splitHeads,
  type Tensor,
  unpack,
} from "../tensor/mod.ts";
import type { Layout } from "./prompt.ts";
import type { TextTower } from "./text.ts";
import { type Block, norm, runBlock } from "./transformer.ts";
import { embedImages } from "./vit.ts";
import type { VisionTransformer } from "./vit_tower.ts";

/** What there is to read in a tower. */
export interface Readable {
  /** Texts or images. */
  sequences: number;
  /** Each block's keys and values, [heads, sequences, tokens, size]. */
  blocks: { keys: Tensor; values: Tensor }[];
  /** Added to the scores, [sequences, 1, tokens]: where a text has no token. */
  mask?: Tensor;
}

/** What there is to read in texts, laid out without a shared beginning: all tokens up to EOT. Inside `tidy`. */
export function readableTexts(tower: TextTower, layout: Layout): Readable {
  const { groups, prompts, shared, apart, frozen, mask, endMask } = layout;
  if (shared > 0) throw new Error("readers need texts without a shared beginning");
  const sequences = groups * prompts;
  const slots = (rows: Tensor) => apart ? unpack(rows, apart) : rows;
  const rows = (slots: Tensor) => apart ? pack(slots, apart) : slots;
  const run = { sequences, slots, rows, mask };
  return { sequences, mask: endMask, blocks: keysAndValues(tower.blocks, centre(frozen), run) };
}

/** What there is to read in images, [batch, size, size, 3]. Inside `tidy`. */
export function readableImages(tower: VisionTransformer, pixels: Tensor): Readable {
  const x = embedImages(tower, pixels);
  const [sequences, , width] = x.shape as [number, number, number];
  const same = (rows: Tensor) => rows;
  const run = { sequences, slots: same, rows: same };
  return { sequences, blocks: keysAndValues(tower.blocks, reshape(x, [-1, width]), run) };
}

/** How rows lie in sequences. */
interface Run {
  sequences: number;
  slots(rows: Tensor): Tensor;
  rows(slots: Tensor): Tensor;
  mask?: Tensor;
}

function keysAndValues(blocks: Block[], first: Tensor, { sequences, slots, rows, mask }: Run) {
  const heard: Readable["blocks"] = [];
  const attend = {
    all(b: Block, together: Tensor) {
      const [q, keys, values] = splitHeads(slots(together), sequences, b.heads, 3) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      heard.push({ keys, values });
      return rows(mergeHeads(attention(q, keys, values, mask)));
    },
  };
  let x = first;
  for (const b of blocks) {
    if (b.all) {
      x = runBlock(b, x, { ...attend, some: refuse }, undefined, true);
      continue;
    }
    const [keys, values] = splitHeads(
      slots(linear(norm(x, b.epsilon), b.keyValue!)),
      sequences,
      b.heads,
      2,
    ) as [Tensor, Tensor];
    heard.push({ keys, values });
  }
  return heard;
}

function refuse(): never {
  throw new Error("the last block's tokens become nothing that is read");
}

/**
 * What K readers, [K, width], become in each sequence: rows of unit length, before the last norm's gain and bias.
 * → [sequences · K, width]
 */
export function read(blocks: Block[], readers: Tensor, readable: Readable): Tensor {
  const { sequences, mask } = readable;
  const [k, width] = readers.shape as [number, number];
  const everywhere = broadcastTo(reshape(centre(readers), [1, k, width]), [sequences, k, width]);
  let x = reshape(everywhere, [sequences * k, width]);
  blocks.forEach((b, i) => {
    const { keys, values } = readable.blocks[i]!;
    const ask = (rows: Tensor, parts: number) =>
      mergeHeads(attention(splitHeads(rows, sequences, b.heads, parts)[0]!, keys, values, mask));
    const attend = {
      all: (_: Block, rows: Tensor) => ask(rows, 3),
      some: (_: Block, queries: Tensor) => ask(queries, 1),
    };
    x = runBlock(b, x, attend, undefined, true);
  });
  return norm(x, blocks[0]!.epsilon);
}
