/**
 * Training in one call: a method by its name, a CLIP, a few-shot data set → prompts that classify.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import type { LoadedDataset } from "../datasets/mod.ts";
import {
  type Method,
  method,
  type MethodSettings,
  resolve,
  type Resolved,
  type State,
  type Told,
  toldOf,
  type Training,
  zeroShot,
} from "../methods/mod.ts";
import { type Prediction, type Prompts, prompts } from "./classifier.ts";
import { fitMethod } from "./fitted.ts";
import type { Asked } from "./asked.ts";
import { openImages } from "./images.ts";
import { mostOfAClass, originOf } from "./prompt_file.ts";
import type { EpochRecord, Metrics } from "./record.ts";
import { taskOf } from "./setup.ts";
import { fitIdentity, forget, stoppable } from "./stop.ts";
import { checkTrainOptions } from "./train_options.ts";
import { trainingBar } from "./training_bar.ts";

/**
 * What {@linkcode train} may be told beside the data.
 *
 * @category Train
 */
export interface TrainOptions<S = Record<string, unknown>> extends Told<S> {
  /** Seed of all random draws. Default 1. */
  seed?: number;
  /** Threads that read images. Default 0: the calling thread. */
  workers?: number;
  /**
   * Measures accuracy during training: after every so many epochs, on the test images of each of these sets, into the
   * epoch's `asked`. Nothing is chosen by it, and what is learned stays the same to the bit. It costs as many passes over
   * those images; a method that only ends with an average of its epochs is measured as it is then, not as it will end.
   */
  evaluateEvery?: Asked | undefined;
  /** Called after every epoch. */
  onEpoch?(epoch: EpochRecord): void;
  /** Whether a notebook shows a bar with loss and accuracy. Default true; elsewhere nothing is shown. */
  progress?: boolean;
  /** Stops the training between two steps: the call throws the signal's reason. For a minute: `AbortSignal.timeout(60_000)`. */
  signal?: AbortSignal;
  /** A file that keeps where the training is: the same call goes on from there, in another process too, to the same bits. */
  checkpoint?: string;
}

/**
 * What a training came to. Dispose of it to free its tensors; the CLIP stays the caller's.
 *
 * @category Train
 */
export interface TrainedPrompts<S = Record<string, unknown>> extends Prompts {
  /** The trained parameters and the optimiser's state, as named tensors. */
  readonly state: State;
  /** The method's settings, as they were resolved. */
  readonly settings: S;
  /** The training, as it was resolved. */
  readonly training: Training;
  /** What is not as the paper has it, a sentence each: the preset's own, what was told, what this CLIP has no room for. */
  readonly deviations: string[];
  /** Measures on the test images of a data set: the one trained on, its new classes, or any other. */
  test(data: LoadedDataset): Promise<Metrics>;
}

/**
 * Trains a method on the training images of `data`: select them first, by `fewShot` and, for base classes, `baseNew`.
 *
 * @param by the method, or its name
 * @throws {UserError} for a name, preset or setting that does not exist, and where there is nothing to train on
 *
 * @category Train
 *
 * @example
 * ```ts
 * import { fewShot, train, useBackend } from "@plumbline/plumbline";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { drawnShapes, drawShapes } from "@plumbline/plumbline/datasets";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const root = await Deno.makeTempDir();
 * await drawShapes(root);
 * const shapes = fewShot(await drawnShapes.load(root), 1, 1);
 * using clip = randomClip(smallConfig, 1);
 * using coop = await train("coop", clip, shapes, { training: { epochs: 1 } });
 * const [first] = await coop.predict(shapes.test[0]!.path);
 * assert.ok(shapes.classNames.includes(first!.className));
 * assert.equal((await coop.test(shapes)).n, shapes.test.length);
 * ```
 */
export function train<S>(
  by: Method<S>,
  clip: Clip,
  data: LoadedDataset,
  options?: TrainOptions<S>,
): Promise<TrainedPrompts<S>>;
/** Trains a method by its name; the settings of a built-in one are its own type's. */
export function train<N extends string>(
  by: N,
  clip: Clip,
  data: LoadedDataset,
  options?: TrainOptions<SettingsOf<N>>,
): Promise<TrainedPrompts<SettingsOf<N>>>;
export async function train(
  by: string | Method,
  clip: Clip,
  data: LoadedDataset,
  options: TrainOptions = {},
): Promise<TrainedPrompts> {
  const chosen = typeof by === "string" ? method(by) : by;
  checkTrainOptions(chosen, options);
  options.signal?.throwIfAborted();
  const resolved = resolveOn(chosen, clip, data, toldOf(options));
  const { settings, training, deviations } = resolved;
  const images = openImages(clip, { workers: options.workers ?? 0 });
  const { seed = 1, evaluateEvery: asked, onEpoch, signal, checkpoint } = options;
  const bar = options.progress === false ? undefined : trainingBar(resolved);
  const fitted = await fitMethod(resolved, data, {
    ...{ images, seed, asked, onStep: bar?.onStep },
    onEpoch(epoch) {
      bar?.onEpoch(epoch);
      onEpoch?.(epoch);
    },
    checkpoint: stoppable(signal, checkpoint, fitIdentity(resolved, clip, data, seed)),
  }).catch((error) => {
    images[Symbol.dispose]();
    throw error;
  });
  if (checkpoint !== undefined) await forget(checkpoint);
  const { state } = fitted;
  const used = prompts({
    ...{ method: chosen, task: taskOf(data, clip), settings, images, params: state.params },
    origin: originOf(fitted.learner, data, { training, seed, deviations }),
  });
  return {
    ...used,
    ...{ state, settings, training, deviations },
    get record() {
      return used.record;
    },
    test: async (other) => (await fitted.test(other)).metrics,
    [Symbol.dispose]() {
      used[Symbol.dispose]();
      fitted[Symbol.dispose]();
      images[Symbol.dispose]();
    },
  };
}

/** The settings of a method by its name; any, where it is not one of the built-in ones. */
export type SettingsOf<N extends string> = N extends keyof MethodSettings ? MethodSettings[N]
  : Record<string, unknown>;

/** Resolves what a method is told, on the few-shot set that it is run on. */
export function resolveOn<S>(
  by: Method<S>,
  { config }: Clip,
  data: LoadedDataset,
  told: Told<S>,
): Resolved<S> {
  const place = { dataset: data.name, shots: mostOfAClass(data.train), config };
  return resolve(by, place, told);
}

/**
 * What zero-shot CLIP sees in an image file: the classes, the likeliest first. Nothing is learned.
 *
 * @param template the words around a class name, with `{}` in its place
 * @throws {UserError} naming the file where it is not a readable JPEG, PNG or WebP picture
 *
 * @category Predict
 *
 * @example
 * ```ts
 * import { predict, useBackend } from "@plumbline/plumbline";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { encodePng } from "@plumbline/plumbline/image";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * using clip = randomClip(smallConfig, 1);
 * const file = `${await Deno.makeTempDir()}/grey.png`;
 * await Deno.writeFile(file, await encodePng(new Uint8Array(48).fill(128), 4, 4));
 * const [first, second] = await predict(clip, file, ["cat", "dog"]);
 * assert.ok(first!.probability >= second!.probability);
 * ```
 */
export async function predict(
  clip: Clip,
  image: string,
  classNames: string[],
  template: string = "a photo of a {}.",
): Promise<Prediction[]> {
  const words = { name: "", title: "", splitFrom: "", template, classNames };
  using seen = await train(zeroShot, clip, { ...words, train: [], val: [], test: [] });
  return await seen.predict(image);
}
