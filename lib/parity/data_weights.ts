/**
 * State dictionaries: sizes read off the weights are those that made them.
 *
 * @module
 */
import { expectedShapes } from "../clip/shapes.ts";
import type { ClipConfig, Weights } from "../clip/mod.ts";
import { type Comparison, near, same } from "./compare.ts";
import type { DataCheck } from "./data.ts";

/** `rn_tiny`, `vit_tiny`. */
export const weightsCheck: DataCheck = {
  matches: ({ name, tensors }) =>
    tensors ? "token_embedding.weight" in tensors : /^(rn|vit)_/.test(name),
  async check(folder, record) {
    const weights = await folder.weights(record.file);
    const comparisons = record.tensors ? [keys(weights, record.tensors)] : [];
    return [...comparisons, ...stated(weights, record.note ?? "")];
  },
};

/** Every key that a CLIP of these sizes has is listed with that shape. */
function keys(weights: Weights, listed: Record<string, { shape: number[] }>): Comparison {
  const expected = [...expectedShapes(weights.config)];
  return same(
    "shapes of the sizes read off the weights",
    expected,
    expected.map(([key]) => [key, listed[key]?.shape]),
  );
}

/** `config {'embed_dim': 64, …}; logit_scale=ln(20.0)` in the record's note. */
function stated({ config, get }: Weights, note: string): Comparison[] {
  const comparisons: Comparison[] = [];
  const written = note.match(/config (\{.*?\})/)?.[1];
  if (written) {
    const json = written.replaceAll("'", '"').replaceAll("(", "[").replaceAll(")", "]")
      .replaceAll("None", "null");
    comparisons.push(same("sizes in the note", published(config), sorted(JSON.parse(json))));
  }
  const scale = note.match(/logit_scale ?= ?ln\(([\d.]+)\)/)?.[1];
  if (scale) {
    const recorded = [Math.log(Number(scale))];
    comparisons.push(near("logit_scale", get("logit_scale").data, recorded, 1e-6));
  }
  return comparisons;
}

/** Our sizes under the names of OpenAI's constructor. */
function published({ embedDim, imageSize, vision, text }: ClipConfig): Record<string, unknown> {
  return sorted({
    embed_dim: embedDim,
    image_resolution: imageSize,
    vision_layers: vision.layers,
    vision_width: vision.width,
    vision_patch_size: vision.kind === "vit" ? vision.patch : null,
    context_length: text.contextLength,
    vocab_size: text.vocab,
    transformer_width: text.width,
    transformer_heads: text.heads,
    transformer_layers: text.layers,
  });
}

function sorted(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => a < b ? -1 : 1));
}
