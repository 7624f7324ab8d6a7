/** What is measured: real-size and pocket-size training steps, by name. Weights and pixels are random, sizes are real. */

import type { ClipConfig } from "../../lib/clip/config.ts";
import { type Clip, encodeImages } from "../../lib/clip/mod.ts";
import { publishedConfig } from "../../lib/clip/published.ts";
import {
  type Batch,
  method,
  resolveSettings,
  type State,
  type Task,
} from "../../lib/methods/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { dispose, keep, pick, type Tensor, tensor, tidy } from "../../lib/tensor/mod.ts";
import imagenet from "../../data/imagenet_classnames.json" with { type: "json" };
import { randomClip, uniform } from "../tiny_clip.ts";
import { textPass } from "./text_pass.ts";

/** Builds what is measured; each call of what it returns is one step. */
export type Case = () => () => void;

/** The pocket model's sizes, with three layers in each tower. */
const pocket: ClipConfig = {
  embedDim: 128,
  imageSize: 48,
  vision: { kind: "vit", width: 128, layers: 3, patch: 8, heads: 2 },
  text: { width: 128, layers: 3, heads: 2, contextLength: 77, vocab: 49408 },
};
const resnet = publishedConfig("RN50");
const vit = publishedConfig("ViT-B/16");
const short = { contextLength: 4 };
const deep = { textDepth: 3, imageDepth: 3 };

/** All that is measured. `exact` encodes its images at every step; `views8` takes features of eight cached views. */
export const cases: Record<string, Case> = {
  "coop/RN50/32x100/exact": training("coop", resnet, 32, 100),
  "prograd/RN50/32x100/exact": training("prograd", resnet, 32, 100),
  "prograd/RN50/32x100/views8": training("prograd", resnet, 32, 100, { views: 8 }),
  "coop/RN50/32x1000/views8": training("coop", resnet, 32, 1000, { views: 8 }),
  "ivlp/ViT-B-16/4x51/exact": training("ivlp", vit, 4, 51),
  "prometar/ViT-B-16/4x51/exact": training("prometar", vit, 4, 51),
  "prometar/ViT-B-16/4x500/exact": training("prometar", vit, 4, 500),
  "text/RN50/100/forward-backward": () => textPass(resnet, named(100), 16),
  "text/RN50/100/whole-prompts": () => textPass(resnet, named(100), 16, { whole: true }),
  "pocket/text/forward-backward": () => textPass(pocket, named(15), 4),
  "pocket/text/whole-prompts": () => textPass(pocket, named(15), 4, { whole: true }),
  "pocket/coop": training("coop", pocket, 32, 15, { views: 8, settings: short }),
  "pocket/prograd": training("prograd", pocket, 32, 15, { views: 8, settings: short }),
  "pocket/ivlp": training("ivlp", pocket, 4, 15, { settings: deep }),
  "pocket/prometar": training("prometar", pocket, 4, 15, { settings: deep }),
};

/** Class names of all lengths. */
function named(classes: number): string[] {
  const names = Object.values(imagenet.classNames);
  return Array.from({ length: classes }, (_, i) => names[(i * 37) % names.length]);
}

/** Steps of training, each on the state that the last one left. */
function training(
  name: string,
  config: ClipConfig,
  batch: number,
  classes: number,
  { views, settings = {} }: { views?: number; settings?: Record<string, unknown> } = {},
): Case {
  return () => {
    const clip = randomClip(config);
    const task: Task = { clip, classNames: named(classes), template: "a photo of a {}." };
    const taken = method(name);
    const learner = taken.learner(task, resolveSettings(taken, settings));
    const random = streams(1);
    const labels = Array.from({ length: batch }, (_, i) => (i * 7) % classes);
    const next = views ? cachedViews(labels, views, config) : newImages(labels, clip, taken.needs);
    let state: State = { params: tidy(() => learner.init(random)), momentum: {} };
    return () => {
      const before = state;
      state = tidy(() => {
        const batch = next();
        const draws = learner.draw?.(batch.labels, random);
        const { state: after, loss } = learner.step!(before, batch, { rate: 0.002, draws });
        if (!Number.isFinite(loss.dataSync()[0])) throw new Error("the loss is not finite");
        return after;
      });
      const kept = new Set(tensorsOf(state));
      dispose(tensorsOf(before).filter((x) => !kept.has(x)));
    };
  };
}

function tensorsOf({ params, momentum }: State): Tensor[] {
  return [...Object.values(params), ...Object.values(momentum)];
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
