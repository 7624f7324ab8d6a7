/**
 * CLIP's vision transformer, with room for visual prompts: shallow and deep (VPT, Jia et al. 2022; IVLP and ProMetaR).
 *
 * @module
 */
import {
  add,
  attention,
  broadcastTo,
  centre,
  concat,
  type Convolution,
  convolve,
  type Linear,
  linear,
  mergeHeads,
  mul,
  reshape,
  type RowIndex,
  rowIndex,
  slice,
  splitHeads,
  standardize,
  type Tensor,
  wrap,
} from "../tensor/mod.ts";
import { type Get, readNorm, readProjection } from "./fold.ts";
import { type Attend, type Block, norm, readBlocks, runBlock } from "./transformer.ts";

/** The frozen image tower. */
export interface VisionTransformer {
  kind: "vit";
  /** Cuts the image into patches and embeds them. */
  embed: Convolution;
  /** The class embedding at its position, [1, 1, width]. */
  classToken: Tensor;
  /** The patches' positions, [1, patches, width]. */
  positions: Tensor;
  /** The norm before the first block. */
  norm: { gain: Tensor; bias: Tensor };
  blocks: Block[];
  /** [width, embedding], the final norm folded in. */
  project: Linear;
  /** By batch size: where the class tokens are. */
  classRows: Map<string, RowIndex>;
}

/** Reads the tower under `visual.`. */
export function readVisionTransformer(
  get: Get,
  { layers, heads }: { layers: number; heads: number },
): VisionTransformer {
  const { shape: [width, channels, patch], data } = get("visual.conv1.weight");
  const filter = new Float32Array(data.length);
  for (let at = 0, o = 0; o < width; o++) {
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < patch * patch; p++) filter[(p * channels + c) * width + o] = data[at++];
    }
  }
  const positions = get("visual.positional_embedding").data;
  const classToken = get("visual.class_embedding").data.map((v, i) => v + positions[i]);
  const first = readNorm(get, "visual.ln_pre");
  return {
    kind: "vit",
    embed: {
      filter: wrap(filter, [patch, patch, channels, width]),
      stride: patch,
      padding: 0,
    },
    classToken: wrap(classToken, [1, 1, width]),
    positions: wrap(positions.slice(width), [1, positions.length / width - 1, width]),
    norm: { gain: wrap(first.gain, [width]), bias: wrap(first.bias, [width]) },
    blocks: readBlocks(get, "visual.transformer", layers, heads),
    project: readProjection(get, "visual.proj", readNorm(get, "visual.ln_post")),
    classRows: new Map(),
  };
}

/**
 * Image features, not yet of unit length. [batch, size, size, 3] → [batch, embedding]
 *
 * `prompts[0]`, [n, width], are put at the end of the sequence before the first norm; `prompts[i]` replaces the last n
 * tokens before block i. Later blocks go on with what the last prompts became.
 */
export function encodeWithTransformer(
  tower: VisionTransformer,
  pixels: Tensor,
  prompts: Tensor[] = [],
): Tensor {
  const batch = pixels.shape[0];
  const width = tower.norm.gain.size;
  const preNorm = (x: Tensor) => centre(add(mul(standardize(x), tower.norm.gain), tower.norm.bias));
  const overBatch = (x: Tensor) => broadcastTo(reshape(x, [1, ...x.shape]), [batch, ...x.shape]);

  const patches = reshape(convolve(pixels, tower.embed), [batch, -1, width]);
  const classTokens = broadcastTo(tower.classToken, [batch, 1, width]);
  let x = preNorm(concat([classTokens, add(patches, tower.positions)], 1)); // [batch, tokens, width]
  const images = x.shape[1];
  if (prompts.length > 0) x = concat([x, overBatch(preNorm(prompts[0]))], 1);
  const tokens = x.shape[1];
  const chosen = classRows(tower, batch, tokens);
  const attend = attendWithin(batch);
  let rows = reshape(x, [batch * tokens, width]);
  tower.blocks.forEach((b, i) => {
    if (i > 0 && i < prompts.length) {
      const kept = slice(reshape(rows, [batch, tokens, width]), 1, 0, images);
      rows = reshape(concat([kept, overBatch(centre(prompts[i]))], 1), [batch * tokens, width]);
    }
    rows = runBlock(b, rows, attend, chosen);
  });
  return linear(norm(rows), tower.project);
}

/** Attention of all tokens of an image. */
function attendWithin(batch: number): Attend {
  return {
    all(b, rows) {
      const [q, k, v] = splitHeads(rows, batch, b.heads, 3);
      return mergeHeads(attention(q, k, v));
    },
    some(b, queries, rows) {
      const [q] = splitHeads(queries, batch, b.heads, 1);
      const [k, v] = splitHeads(rows, batch, b.heads, 2);
      return mergeHeads(attention(q, k, v));
    },
  };
}

function classRows(tower: VisionTransformer, batch: number, tokens: number): RowIndex {
  const key = `${batch}×${tokens}`;
  let index = tower.classRows.get(key);
  if (!index) {
    index = rowIndex(Array.from({ length: batch }, (_, i) => i * tokens), batch * tokens);
    tower.classRows.set(key, index);
  }
  return index;
}
