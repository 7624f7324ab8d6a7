/** The text tower alone: features of all classes, and a gradient of them for the context. */

import type { ClipConfig } from "../../lib/clip/config.ts";
import { context, encodeText, layOut, tokenSlots } from "../../lib/clip/mod.ts";
import { grad, keep, numbersOf, sum, tensor } from "../../lib/tensor/mod.ts";
import { randomClip, uniform } from "../tiny_clip.ts";

/**
 * One forward and one backward pass a call. `whole` runs the same kernels on all 77 tokens of every prompt, as the
 * published code does: what the shorter, shared layout saves.
 */
export function textPass(
  config: ClipConfig,
  names: string[],
  contexts: number,
  { whole = false }: { whole?: boolean } = {},
): () => Promise<void> {
  const clip = randomClip(config);
  const { text } = clip;
  const vectors = Array.from({ length: contexts }, (_, i) => context(i));
  const prompts = tokenSlots(clip, names.map((name) => `${name}.`)).map(([start, ...rest]) => {
    const prompt = [start!, ...vectors, ...rest];
    if (!whole) return prompt;
    return [...prompt, ...Array<number>(config.text.contextLength - prompt.length).fill(0)];
  });
  const layout = layOut(prompts, contexts, 1, text, whole ? false : undefined);
  const next = uniform(3);
  const shape = [contexts, config.text.width];
  const x = keep(tensor(Float32Array.from({ length: shape[0]! * shape[1]! }, next), shape));
  return async () =>
    void await numbersOf(() => grad(() => sum(encodeText(text, layout, x)), [x])[0]);
}
