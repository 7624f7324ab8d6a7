/**
 * A pre-training of seconds, in wasm: its bits depend neither on the number of threads nor on what other tests do to the
 * environment. As a program, `tiny_run.ts FOLDER [STEP]` trains in the folder, and kills itself after the step.
 */
import { captionWords } from "../../lib/datasets/mod.ts";
import {
  pocketConfig,
  pocketRecipe,
  pretrain,
  type PretrainLogEntry,
} from "../../lib/pretrain/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

export const tiny = {
  ...pocketConfig,
  embedDim: 32,
  vision: { ...pocketConfig.vision, kind: "vit", width: 64, layers: 1, patch: 16, heads: 1 },
  text: { ...pocketConfig.text, width: 64, layers: 1, heads: 1 },
} as const;

export const recipe = { ...pocketRecipe, steps: 12, batch: 8, warmup: 3 };

export const checkpointEvery = 5;

export const words = captionWords();

if (import.meta.main) {
  const [folder, last] = Deno.args as [string, string];
  await useBackend("wasm");
  const onStep = ({ step }: PretrainLogEntry) => {
    if (step === Number(last)) Deno.kill(Deno.pid, "SIGKILL");
  };
  await pretrain({ folder, recipe, config: tiny, words, checkpointEvery, onStep });
}
