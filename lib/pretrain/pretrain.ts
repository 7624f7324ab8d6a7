/**
 * Pre-training of the pocket CLIP from nothing, on drawn and captioned pictures; resumable to the bit.
 *
 * @module
 */
import { join } from "node:path";
import { type Clip, type ClipConfig, disposeClip } from "../clip/mod.ts";
import {
  callback,
  checkOptions,
  fields,
  type Kinds,
  listOf,
  number,
  text,
  whole,
} from "../options_given.ts";
import { dispose } from "../tensor/mod.ts";
import { CHECKPOINT_FORMAT, readCheckpoint, runIdentity, writeCheckpoint } from "./checkpoint.ts";
import type { DrawnPairs } from "./draw.ts";
import { drawAhead } from "./draw_ahead.ts";
import { initialWeights, pocketConfig, vocabularyOf } from "./model.ts";
import { beginning, type PretrainRecipe, type PretrainState, takeStep } from "./step.ts";
import { clipOf, writeWeights } from "./weights.ts";

/** A line of the log: means over the steps since the last line. */
export interface PretrainLogEntry {
  /** Steps done. */
  step: number;
  /** The loss. */
  loss: number;
  /** exp(logit_scale). */
  scale: number;
  /** The gradients' norm before clipping. */
  norm: number;
  /** Zero-shot accuracy by data set, in percent, where it was looked at. */
  accuracy?: Record<string, number>;
}

/** How the pocket CLIP is trained unless told otherwise. */
export const pocketRecipe: PretrainRecipe = {
  steps: 3000,
  batch: 128,
  seed: 1,
  muonRate: 0.02,
  adamRate: 1e-3,
  weightDecay: 0.05,
  warmup: 60,
  clip: 1,
};

/** What a run is given. */
export interface PretrainOptions {
  /** The folder for weights and checkpoint. */
  folder: string;
  /** What decides the weights. */
  recipe: PretrainRecipe;
  /** The sizes of the CLIP, which reads 48 × 48 pixels; the pocket CLIP's where absent. */
  config?: ClipConfig;
  /** All that captions are made of: the tokens whose rows are trained. */
  words: readonly string[];
  /** Steps between two checkpoints. */
  checkpointEvery?: number;
  /** Steps between two looks at the data sets. */
  lookEvery?: number;
  /** Zero-shot accuracy by data set. */
  look?: ((clip: Clip) => Promise<Record<string, number>>) | undefined;
  /** Told after each step. */
  onStep?: (entry: PretrainLogEntry) => void;
  /** Told the log so far when a checkpoint has been written. */
  onCheckpoint?: (log: readonly PretrainLogEntry[]) => Promise<void>;
  /** Where the pairs of the steps from `first` on come from; a worker where absent. */
  pairs?: (first: number) => AsyncIterable<DrawnPairs>;
}

const kinds: Kinds<PretrainOptions> = {
  folder: text,
  recipe: fields,
  config: fields,
  words: listOf(text, 1),
  checkpointEvery: whole(1),
  lookEvery: whole(1),
  look: callback,
  onStep: callback,
  onCheckpoint: callback,
  pairs: callback,
};

const recipeKinds: Kinds<PretrainRecipe> = {
  steps: whole(),
  batch: whole(1),
  seed: whole(),
  muonRate: number(0),
  adamRate: number(0),
  weightDecay: number(0),
  warmup: whole(),
  clip: number(0),
};

/** Steps that a line of the log stands for. */
const LOG_EVERY = 10;

/**
 * Trains and writes `pocket.safetensors` into the folder. Where the folder has a checkpoint of the same
 * recipe it goes on from there and ends in the same bits.
 *
 * @returns the log, a line for every ten steps
 * @throws {UserError} when the folder's checkpoint is of another recipe
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { captionWords } from "@plumbline/plumbline/datasets";
 * import { pocketConfig, pocketRecipe, pretrain } from "@plumbline/plumbline/pretrain";
 * import assert from "node:assert/strict";
 * await useBackend();
 * const log = await pretrain({
 *   folder: await Deno.makeTempDir(),
 *   recipe: { ...pocketRecipe, steps: 2, batch: 4 }, // far too short to learn anything
 *   words: captionWords(),
 * });
 * assert.ok(log[0]!.loss > 0);
 * ```
 */
export async function pretrain(options: PretrainOptions): Promise<PretrainLogEntry[]> {
  checkOptions("pretrain", options, kinds, { needed: ["folder", "recipe", "words"] });
  checkOptions("the recipe", options.recipe, recipeKinds, { needed: Object.keys(recipeKinds) });
  const { folder, recipe, words, look, onStep, onCheckpoint } = options;
  const { checkpointEvery = 100, lookEvery = 500, config = pocketConfig } = options;
  const vocabulary = vocabularyOf(words);
  const rowOf = new Map(vocabulary.map((id, row) => [id, row]));
  const row = (id: number) => {
    const known = rowOf.get(id);
    if (known === undefined) throw new Error(`a caption has the token ${id}, which no word has`);
    return known;
  };
  const run = runIdentity([CHECKPOINT_FORMAT, config, recipe, vocabulary]);
  const checkpoint = join(folder, "checkpoint.safetensors");
  await Deno.mkdir(folder, { recursive: true });
  const kept = await readCheckpoint(checkpoint, run);
  const log: PretrainLogEntry[] = kept?.log ?? [];
  let training: PretrainState = kept?.training ??
    beginning(recipe, initialWeights(config, vocabulary.length, recipe.seed));
  const pairs = options.pairs ??
    ((first: number) => drawAhead(recipe, first, recipe.steps));
  let recent: PretrainLogEntry[] = kept?.recent ?? [];
  for await (const { pixels, texts } of pairs(training.step)) {
    const rows = texts.map((text) => text.map(row));
    const taken = await takeStep(config, recipe, training, { pixels, texts: rows });
    training = taken.training;
    const { step } = training;
    recent.push({ step, ...taken.shown });
    onStep?.(recent[recent.length - 1]!);
    const last = step === recipe.steps;
    if (recent.length === LOG_EVERY || last) {
      log.push(meanOf(recent));
      recent = [];
    }
    if (look && (step % lookEvery === 0 || last)) {
      const clip = await clipOf(training.params, vocabulary, config);
      log[log.length - 1]!.accuracy = await look(clip);
      disposeClip(clip);
    }
    if (step % checkpointEvery === 0 || last) {
      await writeCheckpoint(checkpoint, run, { training, log, recent });
      await onCheckpoint?.(log);
    }
    if (last) break;
  }
  await writeWeights(
    join(folder, "pocket.safetensors"),
    training.params,
    vocabulary,
    config,
    recipe,
  );
  dispose([training.params, training.optimiser]);
  return log;
}

function meanOf(entries: PretrainLogEntry[]): PretrainLogEntry {
  const mean = (key: "loss" | "norm") =>
    entries.reduce((sum, entry) => sum + entry[key], 0) / entries.length;
  const { step, scale } = entries[entries.length - 1]!;
  return { step, loss: mean("loss"), scale, norm: mean("norm") };
}
