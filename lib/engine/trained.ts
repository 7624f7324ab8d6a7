/**
 * Training in one call: a method by its name, a CLIP, a few-shot data set → prompts that classify.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import type { Item, LoadedDataset } from "../datasets/mod.ts";
import {
  type Method,
  method,
  presetOf,
  resolveSettings,
  type State,
  type Task,
  type Training,
} from "../methods/mod.ts";
import { streams } from "../random/mod.ts";
import { type Prediction, type Prompts, prompts } from "./classifier.ts";
import { fit } from "./fit.ts";
import { openImages } from "./images.ts";
import type { EpochRecord, Metrics } from "./record.ts";
import { fitDepth, taskOf } from "./setup.ts";
import { disposeState } from "./state.ts";

/** What {@linkcode train} may be told beside the data. */
export interface TrainOptions {
  /** A preset of the method; its first, the paper's, where absent. */
  preset?: string;
  /** Settings of the method in place of the preset's: `deno task methods NAME` lists them. */
  settings?: Record<string, unknown>;
  /** Training in place of the preset's, such as `{ epochs: 20 }`. */
  training?: Partial<Training>;
  /** Of all random draws. Default 1. */
  seed?: number;
  /** Threads that read images. Default 0: the calling thread. */
  workers?: number;
  /** Called after every epoch. */
  onEpoch?(epoch: EpochRecord): void;
}

/** What a training came to. Dispose of it to free its tensors; the CLIP stays the caller's. */
export interface TrainedPrompts extends Prompts {
  /** The learned tensors, and the optimiser's. */
  readonly state: State;
  /** The method's settings, as they were resolved. */
  readonly settings: Record<string, unknown>;
  /** The training, as it was resolved. */
  readonly training: Training;
  /** What does not follow the preset because this CLIP has fewer layers, a sentence each. */
  readonly deviations: string[];
  /** Measures on the test images of a data set: the one trained on, its new classes, or any other. */
  test(data: LoadedDataset): Promise<Metrics>;
}

/**
 * Trains a method on the training images of `data`: select them first, by `fewShot` and, for base classes, `baseNew`.
 *
 * @param by the method, or its name
 * @throws {UserError} for a name, preset or setting that is none, and where there is nothing to train on
 *
 * @example
 * ```ts
 * import * as plumbline from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * await plumbline.useBackend("wasm");
 * const root = await Deno.makeTempDir();
 * await plumbline.drawShapes(root);
 * const shapes = plumbline.fewShot(await plumbline.drawnShapes.load(root), 1, 1);
 * const clip = plumbline.randomClip(plumbline.smallConfig, 1);
 * using coop = await plumbline.train("coop", clip, shapes, { training: { epochs: 1 } });
 * const [first] = await coop.predict(shapes.test[0].path);
 * assert.ok(shapes.classNames.includes(first.className));
 * assert.equal((await coop.test(shapes)).n, shapes.test.length);
 * plumbline.disposeClip(clip);
 * ```
 */
export async function train(
  by: string | Method,
  clip: Clip,
  data: LoadedDataset,
  options: TrainOptions = {},
): Promise<TrainedPrompts> {
  const { method: chosen, task, settings, training, deviations } = setUp(by, clip, data, options);
  const seed = options.seed ?? 1;
  const images = openImages(clip, { workers: options.workers ?? 0 });
  const reading = { needs: chosen.needs, images };
  const learner = chosen.learner(task, settings);
  const state = await fit(learner, {
    ...reading,
    items: data.train,
    validation: data.val,
    training,
    random: streams(seed),
    onEpoch: options.onEpoch,
  });
  const used = prompts({
    ...{ method: chosen, task, settings, images, params: state.params },
    origin: {
      data: learner.step || learner.solve ? dataOf(data) : null,
      training: learner.step ? { ...training } : null,
      seed,
      deviations,
    },
  });
  return {
    ...used,
    ...{ state, settings, training, deviations },
    get record() {
      return used.record;
    },
    test: async (other) => (await used.evaluate(other)).metrics,
    [Symbol.dispose]() {
      used[Symbol.dispose]();
      disposeState(state);
      learner.dispose();
      images[Symbol.dispose]();
    },
  };
}

function dataOf({ name, title, train }: LoadedDataset) {
  return { name, title, images: train.length, shots: mostOfAClass(train) };
}

/** A method, set up to be trained. */
export interface SetUp {
  /** The method. */
  method: Method;
  /** What it is set up for. */
  task: Task;
  /** As they were resolved. */
  settings: Record<string, unknown>;
  /** As it was resolved. */
  training: Training;
  /** What does not follow the preset because this CLIP has fewer layers, a sentence each. */
  deviations: string[];
}

/** Resolves what {@linkcode train} is told. */
export function setUp(
  by: string | Method,
  clip: Clip,
  data: LoadedDataset,
  options: Pick<TrainOptions, "preset" | "settings" | "training">,
): SetUp {
  const chosen = typeof by === "string" ? method(by) : by;
  const shots = mostOfAClass(data.train);
  const preset = presetOf(chosen, options.preset);
  const paper = resolveSettings(
    chosen,
    preset.settings,
    preset.adjust?.({ dataset: data.name, shots }) ?? {},
  );
  const { changed, deviations } = fitDepth(paper, clip.config);
  return {
    method: chosen,
    task: taskOf(data, clip),
    settings: resolveSettings(chosen, paper, changed, options.settings ?? {}),
    training: { ...preset.training(shots, data.name), ...options.training },
    deviations,
  };
}

/**
 * What zero-shot CLIP sees in an image file: the classes, the likeliest first. Nothing is learned.
 *
 * @param template the words around a class name, with `{}` in its place
 * @throws {UserError} naming the file where it is not a readable JPEG, PNG or WebP picture
 *
 * @example
 * ```ts
 * import { disposeClip, encodePng, predict, randomClip, smallConfig, useBackend } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const clip = randomClip(smallConfig, 1);
 * const file = `${await Deno.makeTempDir()}/grey.png`;
 * await Deno.writeFile(file, await encodePng(new Uint8Array(48).fill(128), 4, 4));
 * const [first, second] = await predict(clip, file, ["cat", "dog"]);
 * assert.ok(first.probability >= second.probability);
 * disposeClip(clip);
 * ```
 */
export async function predict(
  clip: Clip,
  image: string,
  classNames: string[],
  template: string = "a photo of a {}.",
): Promise<Prediction[]> {
  const words = { name: "", title: "", splitFrom: "", template, classNames };
  using zeroShot = await train("zero-shot", clip, { ...words, train: [], val: [], test: [] });
  return await zeroShot.predict(image);
}

/** The shots, from what was selected. */
function mostOfAClass(items: Item[]): number {
  const counts = Map.groupBy(items, ({ label }) => label);
  return Math.max(1, ...[...counts.values()].map(({ length }) => length));
}
