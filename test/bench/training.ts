/** Steps of training on random weights and pixels, of real and of pocket size. */

import { type Clip, type ClipConfig, encodeImages } from "../../lib/clip/mod.ts";
import { begin } from "../../lib/engine/ends.ts";
import type { FitOptions, Images } from "../../lib/engine/mod.ts";
import {
  type Batch,
  type Learner,
  method,
  type Observer,
  resolveSettings,
  type State,
  type Task,
} from "../../lib/methods/mod.ts";
import { type Streams, streams } from "../../lib/random/mod.ts";
import { dispose, keep, pick, read, type Tensor, tensor, tidy } from "../../lib/tensor/mod.ts";
import imagenet from "../../data/imagenet_classnames.json" with { type: "json" };
import { uniform } from "../tiny_clip.ts";

/** What is trained. */
export interface Problem {
  clip: Clip;
  batch: number;
  classes: number;
  /** Features of so many cached views in place of new images. */
  views?: number;
  /** Changes of the method's settings. */
  settings?: Record<string, unknown>;
  /** Is told what a step computes, and its loss. */
  watch?: { observe: Observer; loss(value: number): void };
}

/** Class names of all lengths. */
export function named(classes: number): string[] {
  const names = Object.values(imagenet.classNames);
  return Array.from({ length: classes }, (_, i) => names[(i * 37) % names.length]!);
}

/**
 * Training by the method of this name, each step on the state that the last one left. `next` gives the batches; by default
 * they are random.
 */
export function trainingStep(
  name: string,
  problem: Problem,
  next?: () => Batch,
): () => Promise<void> {
  const learner = learnerOf(name, problem);
  const random = streams(1);
  const { clip, batch, classes, views, watch } = problem;
  const labels = labelsOf(batch, classes);
  next ??= views
    ? cachedViews(labels, views, clip.config)
    : newImages(labels, clip, method(name).needs);
  let state: State | undefined;
  return async () => {
    const before = state ?? await begin(learner, starting(name, problem, random));
    const { state: after, loss } = tidy(() => {
      const batch = next();
      const draws = learner.draw?.(batch.labels, random);
      return learner.step!(before, batch, { rate: 0.002, draws, observe: watch?.observe });
    });
    state = after;
    const kept = new Set(tensorsOf(state));
    dispose(tensorsOf(before).filter((x) => !kept.has(x)));
    const [value] = await read(loss);
    loss.dispose();
    watch?.loss(value!);
    if (!Number.isFinite(value)) throw new Error("the loss is not finite");
  };
}

/** What a run of the method starts from: of each class an image, whose features are random. */
function starting(name: string, { clip, classes }: Problem, random: Streams): FitOptions {
  const { needs, presets } = method(name);
  const training = Object.values(presets)[0]!.training(1);
  const items = named(classes).map((className, label) => ({ path: "", label, className }));
  const next = uniform(7);
  const images: Pick<Images, "clip" | "features"> = {
    clip,
    features: (jobs) =>
      Promise.resolve(Float32Array.from({ length: jobs.length * clip.config.embedDim }, next)),
  };
  return { items, validation: items, needs, training, images: images as Images, random };
}

/** The method of this name, set up for the problem. */
export function learnerOf(name: string, { clip, classes, settings = {} }: Problem): Learner {
  const taken = method(name);
  const task: Task = { clip, classNames: named(classes), template: "a photo of a {}." };
  return taken.learner(task, resolveSettings(taken, settings));
}

/** Labels of a batch, all different. */
export function labelsOf(batch: number, classes: number): number[] {
  return Array.from({ length: batch }, (_, i) => (i * 7) % classes);
}

function tensorsOf({ params, optimiser }: State): Tensor[] {
  return [...Object.values(params), ...Object.values(optimiser)];
}

/** Features of frozen images from a bank of views. */
function cachedViews(labels: number[], views: number, { embedDim }: ClipConfig): () => Batch {
  const bank = randomTensor([labels.length * views, embedDim]);
  let step = 0;
  return () => {
    const view = step++ % views;
    return { labels, features: pick(bank, labels.map((_, i) => i * views + view)) };
  };
}

/** Images as augmentation gives them, through the frozen tower where the method reads its features. */
function newImages(
  labels: number[],
  clip: Clip,
  needs: { pixels: boolean; features: boolean },
): () => Batch {
  const { imageSize } = clip.config;
  const pixels = randomTensor([labels.length, imageSize, imageSize, 3]);
  return () => ({
    labels,
    pixels: needs.pixels ? pixels : undefined,
    features: needs.features ? tidy(() => encodeImages(clip, pixels)) : undefined,
  });
}

function randomTensor(shape: number[]): Tensor {
  const next = uniform(7);
  return keep(tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, next), shape));
}
