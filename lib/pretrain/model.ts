/**
 * The pocket CLIP before it has learned anything: its sizes, and OpenAI's initial weights (`initialize_parameters` in clip/model.py,
 * with the text tower's scheme for both towers).
 *
 * @module
 */
import { type ClipConfig, clipShapes, encode, EOT, SOS } from "../clip/mod.ts";
import { type Random, streams } from "../random/mod.ts";
import { type Tensors, wrap } from "../tensor/mod.ts";

/** A small CLIP by OpenAI's conventions: 1.4 million parameters besides its token table. */
export const pocketConfig: ClipConfig = {
  embedDim: 128,
  imageSize: 48,
  vision: { kind: "vit", width: 128, layers: 4, patch: 8, heads: 2 },
  text: { width: 128, layers: 3, heads: 2, contextLength: 77, vocab: 49408 },
};

/** The tokens that words are written with, and those of beginning and end, in rising order. */
export function vocabularyOf(words: Iterable<string>): number[] {
  const tokens = new Set([SOS, EOT]);
  for (const word of words) for (const token of encode(word)) tokens.add(token);
  return [...tokens].sort((a, b) => a - b);
}

/** Initial weights by OpenAI's keys; of the token table only `rows` rows. The caller disposes of them. */
export function initialWeights(config: ClipConfig, rows: number, seed: number): Tensors {
  const of = streams(seed);
  const compact = { ...config, text: { ...config.text, vocab: rows } };
  return Object.fromEntries([...clipShapes(compact)].map(([key, shape]) => {
    const values = new Float32Array(shape.reduce((size, n) => size * n, 1));
    fill(values, key, shape, config, of(key));
    return [key, wrap(values, shape)];
  }));
}

function fill(
  values: Float32Array,
  key: string,
  shape: number[],
  { vision, text }: ClipConfig,
  random: Random,
): void {
  if (key === "logit_scale") values.fill(Math.log(1 / 0.07));
  else if (/\.ln_\w+\.weight$|^ln_final\.weight$/.test(key)) values.fill(1);
  else if (!key.endsWith("bias")) {
    const tower = key.startsWith("visual.") ? vision : text;
    const deviation = deviationOf(key, shape, tower.width, tower.layers as number);
    for (let i = 0; i < values.length; i++) values[i] = random.gauss(0, deviation);
  }
}

/** Of the normal distribution that a weight is drawn from. */
function deviationOf(key: string, shape: number[], width: number, layers: number): number {
  if (key === "token_embedding.weight") return 0.02;
  if (key === "positional_embedding") return 0.01;
  if (key === "visual.conv1.weight") return (shape[1]! * shape[2]! * shape[3]!) ** -0.5;
  if (key.endsWith("c_fc.weight")) return (2 * width) ** -0.5;
  const entersStream = key.endsWith("out_proj.weight") || key.endsWith("c_proj.weight");
  return width ** -0.5 * (entersStream ? (2 * layers) ** -0.5 : 1);
}
