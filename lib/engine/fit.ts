/**
 * Training: epochs of steps, from a learner's initial parameters to its last.
 *
 * @module
 */
import type { Item } from "../datasets/mod.ts";
import { UserError } from "../errors.ts";
import type {
  Batch,
  GradientStatistics,
  Learner,
  Observer,
  State,
  Training,
  Vectors,
} from "../methods/mod.ts";
import {
  callback,
  checkOptions,
  fields,
  type Kinds,
  listOf,
  number,
  whole,
} from "../options_given.ts";
import type { Streams } from "../random/mod.ts";
import { dispose, read, type Tensor, tidy } from "../tensor/mod.ts";
import { type Needs, trainingBatches } from "./batches.ts";
import type { Checkpoint, Drawn, Snapshot } from "./checkpoint.ts";
import { stopEarly } from "./early_stopping.ts";
import { begin, chosen, initial, replaced, solve } from "./ends.ts";
import { addTo, means } from "./gradients.ts";
import type { Images } from "./images.ts";
import { epochsOf, stepRate } from "./pace.ts";
import type { EpochRecord } from "./record.ts";
import type { StackPlace } from "./stack.ts";
import { disposeReplaced, disposeState } from "./state.ts";
import { takeNotes, type Watch } from "./watch.ts";

/** What a fit is given: images, how to train, random draws, and who is told what. */
export interface FitOptions {
  /** The training images. */
  items: Item[];
  /** The validation images, for methods that choose something on them. */
  validation?: Item[];
  /** Measures `state` after `epoch` (from 0) of `epochs`, for its record; the fit does not depend on what it finds. */
  measure?:
    | ((state: State, epoch: number, epochs: number) => Promise<EpochRecord["asked"]>)
    | undefined;
  /** What of an image the learner reads. */
  needs: Needs;
  /** How long and how fast to train. */
  training: Training;
  /** Reads and encodes images. */
  images: Images;
  /** The streams that all random draws come from. */
  random: Streams;
  /** How many fixed views of each image are trained on, instead of new crops in every epoch. Absent: new crops. */
  views?: number | undefined;
  /** The least share of an image's area that a crop shows, in place of the papers' 0.08. */
  crops?: number | undefined;
  /**
   * Called after every step: `epoch` and `step` count from 0, `epochs` is how many there will be at most (of a training that
   * counts steps, those that its steps take), `steps` the number of steps in an epoch.
   */
  onStep?:
    | ((at: { epoch: number; epochs: number; step: number; steps: number; loss: number }) => void)
    | undefined;
  /** Called after every epoch, and for each epoch that a checkpoint brings. */
  onEpoch?(epoch: EpochRecord): void;
  /** Where the fit can go on, and leaves what it needs to. Fits that do not go by steps take no notice of it. */
  checkpoint?: Checkpoint | undefined;
  /** Called when it goes on from a checkpoint, with the seconds that went into it before. */
  onResume?(at: { epoch: number; step: number; seconds: number }): void;
  /** Is told the named tensors that each step computes, such as `gradient/text.0`. */
  observe?: Observer;
  /** Is told the numbers that it wants of every step. */
  watch?: Watch;
  /** Its place among trainings whose steps are computed together. Absent: its steps are computed alone. */
  place?: StackPlace | undefined;
  /** The statistics of the gradients that go into the epochs' records. Absent: none. */
  statistics?: GradientStatistics | undefined;
}

const kinds: Kinds<FitOptions> = {
  items: listOf(fields),
  validation: listOf(fields),
  measure: callback,
  needs: fields,
  training: fields,
  images: fields,
  random: callback,
  views: whole(1),
  crops: number(0.01, 1),
  onStep: callback,
  onEpoch: callback,
  checkpoint: fields,
  onResume: callback,
  observe: callback,
  watch: fields,
  statistics: fields,
  place: fields,
};

const needed = ["items", "needs", "training", "images", "random"];

/**
 * Trains a learner: epochs of its steps on batches in a fresh order, each image cropped and flipped anew.
 * → its last state, whose tensors are the caller's
 *
 * @throws {UserError} when there is nothing to train on, or the loss is no longer a number
 *
 * @example
 * ```ts
 * import { fewShot, method, useBackend } from "@plumbline/plumbline";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { drawnShapes, drawShapes } from "@plumbline/plumbline/datasets";
 * import { fit, openImages } from "@plumbline/plumbline/engine";
 * import { resolveSettings } from "@plumbline/plumbline/methods";
 * import { streams } from "@plumbline/plumbline/random";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const root = await Deno.makeTempDir();
 * await drawShapes(root);
 * const data = fewShot(await drawnShapes.load(root), 1, 1);
 * const clip = randomClip(smallConfig, 1);
 * using images = openImages(clip, { workers: 0 });
 * const prograd = method("prograd");
 * const settings = resolveSettings(prograd, { contextLength: 4 });
 * const learner = prograd.learner({ clip, ...data }, settings);
 * const state = await fit(learner, {
 *   items: data.train,
 *   needs: prograd.needs,
 *   training: { ...prograd.presets.paper!.training(1), epochs: 1 },
 *   images,
 *   random: streams(1),
 * });
 * assert.deepEqual(state.params["text.0"]!.shape, [4, 64]);
 * ```
 */
export async function fit(learner: Learner, options: FitOptions): Promise<State> {
  try {
    checkOptions("fit", options, kinds, { needed });
    return await fitted(learner, options);
  } finally {
    options?.place?.leave();
  }
}

async function fitted(learner: Learner, options: FitOptions): Promise<State> {
  const { items, training, random } = options;
  if (!learner.step && !learner.solve && !learner.gather) return initial(learner, random);
  if (items.length === 0) {
    throw new UserError("there are no training images: check the split and --shots");
  }
  if (learner.solve) return await solve(learner, options);
  if (!learner.step) return await chosen(learner, await begin(learner, options), options);
  const batches = await trainingBatches(items, options.needs, {
    ...options,
    views: options.views ?? training.views,
    crops: options.crops ?? training.crops,
    size: training.batchSize,
  });
  const count = epochsOf(training, batches.count);
  const saved = await options.checkpoint?.load();
  const early = stopEarly(learner, options, saved?.best);
  const epochs = saved?.epochs ?? [];
  let state = saved?.state ?? await begin(learner, options);
  if (saved) announce(saved, options);
  for (let epoch = saved?.epoch ?? 0; epoch < count && !early.stopped(); epoch++) {
    const rateOf = (step: number) => stepRate(training, batches.count, epoch, step);
    const resumed = epoch === saved?.epoch && saved.step > 0 ? saved : undefined;
    if (saved && epoch === saved.epoch) restore(random, saved.atEpoch);
    const atEpoch = random.state();
    const sums = resumed?.sums ?? { loss: 0, right: 0, seen: 0, seconds: 0, gradients: {} };
    const clock = stopwatch(sums.seconds);
    const offer = (epoch: number, step: number, atEpoch: Drawn) =>
      options.checkpoint?.offer({
        ...{ epoch, step, atEpoch, now: random.state(), epochs, state, best: early.seen() },
        sums: { ...sums, seconds: clock() },
      });
    let step = resumed?.step ?? 0;
    for await (const batch of batches.epoch(step)) {
      if (step === resumed?.step) restore(random, resumed.now);
      const done = await takeStep(learner, state, batch, rateOf(step), options);
      state = done.state;
      step++;
      sums.loss += done.loss;
      sums.right += done.right;
      sums.seen += done.of;
      if (options.statistics) addTo(sums.gradients, options.statistics.from(done.seen));
      if (!Number.isFinite(done.loss)) {
        disposeState(state);
        throw new UserError(
          `the training loss is ${done.loss} in epoch ${
            epoch + 1
          }, step ${step}: lower the learning rate`,
        );
      }
      const at = { epoch, step: step - 1, steps: batches.count, loss: done.loss };
      options.watch?.step(at, done.seen);
      options.onStep?.({ ...at, epochs: count });
      if (epoch * batches.count + step === training.steps) break;
      if (step < batches.count) await offer(epoch, step, atEpoch);
    }
    state = replaced(state, learner.endEpoch?.bind(learner, state, epoch, count));
    await early.note(state);
    const seconds = clock();
    const asked = await options.measure?.(state, epoch, count);
    const { loss, right, seen } = sums;
    const gradients = means(sums.gradients);
    epochs.push({
      ...{ epoch, rate: rateOf(0), seconds },
      ...{ loss: loss / step, accuracy: 100 * right / seen },
      ...gradients && { gradients },
      ...asked && { asked },
    });
    options.onEpoch?.(epochs.at(-1)!);
    await offer(epoch + 1, 0, random.state());
  }
  state = early.best(state);
  state = replaced(state, learner.finish?.bind(learner, state));
  return await chosen(learner, state, options);
}

function announce({ epoch, step, sums, epochs }: Snapshot, options: FitOptions): void {
  for (const done of epochs) options.onEpoch?.(done);
  const before = epochs.reduce((sum, { seconds }) => sum + seconds, 0);
  options.onResume?.({ epoch, step, seconds: before + (step > 0 ? sums.seconds : 0) });
}

function restore(random: Streams, drawn: Drawn): void {
  for (const [name, state] of Object.entries(drawn)) random(name).restore(state);
}

/** Seconds since now, and `before`. */
function stopwatch(before: number): () => number {
  const begun = performance.now();
  return () => before + (performance.now() - begun) / 1000;
}

/** One step; frees the batch and what the step replaced. */
async function takeStep(
  learner: Learner,
  state: State,
  batch: Batch,
  rate: number,
  { random, observe, watch, statistics, place }: FitOptions,
): Promise<{ state: State; loss: number; right: number; of: number; seen: Vectors }> {
  const draws = learner.draw?.(batch.labels, random);
  const wants = (name: string) => watch?.wants(name) || statistics?.wants(name) || false;
  const notes = watch || statistics ? takeNotes(wants, observe) : undefined;
  const context = { rate, draws, observe: notes?.observe ?? observe };
  const result = place
    ? await place.step(learner, state, batch, context)
    : tidy(() => learner.step!(state, batch, context));
  const [loss] = await read(result.loss);
  const labels = result.labels ?? batch.labels;
  const right = await countRight(result.logits, labels);
  dispose([batch.pixels, batch.features, result.loss, result.logits].filter((x) => x));
  disposeReplaced(state, result.state);
  const { state: next } = result;
  return { state: next, loss: loss!, right, of: labels.length, seen: await notes?.read() ?? {} };
}

async function countRight(logits: Tensor, labels: number[]): Promise<number> {
  const values = await read(logits);
  const classes = logits.shape[1]!;
  return labels.filter((label, i) => {
    const row = values.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b))) === label;
  }).length;
}
