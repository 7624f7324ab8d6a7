/** A pre-training of seconds; as a program, it trains in the folder that it is given, for tests that kill it. */
import { captionWords } from "../../lib/datasets/mod.ts";
import { pocketConfig, pocketRecipe, pretrain } from "../../lib/pretrain/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

export const tiny = {
  ...pocketConfig,
  embedDim: 32,
  vision: { ...pocketConfig.vision, kind: "vit", width: 64, layers: 1, patch: 16, heads: 1 },
  text: { ...pocketConfig.text, width: 64, layers: 1, heads: 1 },
} as const;

export const recipe = { ...pocketRecipe, steps: 24, batch: 16, warmup: 3 };

export const words = captionWords();

if (import.meta.main) {
  await useBackend();
  await pretrain({ folder: Deno.args[0], recipe, config: tiny, words, checkpointEvery: 7 });
}
