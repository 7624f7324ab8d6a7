/** What is measured: real-size and pocket-size training steps, by name. Weights and pixels are random, sizes are real. */

import { buildClip, type Clip, encodeImages } from "../../lib/clip/mod.ts";
import type { ClipConfig } from "../../lib/clip/config.ts";
import { publishedConfig } from "../../lib/clip/published.ts";
import { type Batch, method, resolveSettings, type State, type Task } from "../../lib/methods/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { dispose, keep, pick, tensor, type Tensor, tidy } from "../../lib/tensor/mod.ts";
import imagenet from "../../data/imagenet_classnames.json" with { type: "json" };
import { randomWeights, uniform } from "../tiny_clip.ts";

/** One training step to be measured. */
export interface Case {
  method: string;
  config: ClipConfig;
  batch: number;
  classes: number;
  settings?: Record<string, unknown>;
  /** Images come as features of a cached bank of this many views; else as pixels, encoded at every step. */
  views?: number;
}

const names = Object.values(imagenet.classNames);

/** The pocket model's sizes. */
const pocketConfig: ClipConfig = {
  embedDim: 128,
  imageSize: 48,
  vision: { kind: "vit", width: 128, layers: 4, patch: 8, heads: 2 },
  text: { width: 128, layers: 3, heads: 2, contextLength: 77, vocab: 49408 },
};

const resnet = publishedConfig("RN50");
const vit = publishedConfig("ViT-B/16");
const pocketDepth = { textDepth: 3, imageDepth: 3 };

/** All training steps that are measured. */
export const cases: Record<string, Case> = {
  "coop/RN50/32x100/exact": { method: "coop", config: resnet, batch: 32, classes: 100 },
  "prograd/RN50/32x100/exact": { method: "prograd", config: resnet, batch: 32, classes: 100 },
  "prograd/RN50/32x100/views8": {
    method: "prograd",
    config: resnet,
    batch: 32,
    classes: 100,
    views: 8,
  },
  "coop/RN50/32x1000/views8": {
    method: "coop",
    config: resnet,
    batch: 32,
    classes: 1000,
    views: 8,
  },
  "ivlp/ViT-B-16/4x51/exact": { method: "ivlp", config: vit, batch: 4, classes: 51 },
  "prometar/ViT-B-16/4x51/exact": { method: "prometar", config: vit, batch: 4, classes: 51 },
  "prometar/ViT-B-16/4x500/exact": { method: "prometar", config: vit, batch: 4, classes: 500 },
  "pocket/coop": {
    method: "coop",
    config: pocketConfig,
    batch: 32,
    classes: 15,
    settings: { contextLength: 4 },
    views: 8,
  },
  "pocket/prograd": {
    method: "prograd",
    config: pocketConfig,
    batch: 32,
    classes: 15,
    settings: { contextLength: 4 },
    views: 8,
  },
  "pocket/ivlp": {
    method: "ivlp",
    config: pocketConfig,
    batch: 4,
    classes: 15,
    settings: pocketDepth,
  },
  "pocket/prometar": {
    method: "prometar",
    config: pocketConfig,
    batch: 4,
    classes: 15,
    settings: pocketDepth,
  },
};

/** Builds a case; each call of what it returns is one step, on the state that the last one left. */
export function prepare(chosen: Case): () => void {
  const clip = clipOf(chosen.config);
  const task: Task = {
    clip,
    classNames: Array.from({ length: chosen.classes }, (_, i) => names[(i * 37) % names.length]),
    template: "a photo of a {}.",
  };
  const taken = method(chosen.method);
  const learner = taken.learner(task, resolveSettings(taken, chosen.settings ?? {}));
  const random = streams(1);
  const next = batches(chosen, clip, taken.needs);
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
    dispose(before);
  };
}

/** Batches of random images; frozen features come from a bank, or from the tower at every step. */
function batches(
  { batch, classes, views, config }: Case,
  clip: Clip,
  needs: { pixels: boolean; features: boolean },
): () => Batch {
  const labels = Array.from({ length: batch }, (_, i) => (i * 7) % classes);
  if (views) {
    const bank = randomTensor([batch * views, config.embedDim]);
    let step = 0;
    return () => {
      const view = step++ % views;
      return { labels, features: pick(bank, labels.map((_, i) => i * views + view)) };
    };
  }
  const pixels = randomTensor([batch, config.imageSize, config.imageSize, 3]);
  return () => ({
    labels,
    pixels: needs.pixels ? pixels : undefined,
    features: needs.features ? tidy(() => encodeImages(clip, pixels)) : undefined,
  });
}

function clipOf(config: ClipConfig): Clip {
  return buildClip({ name: "random", sha256: "", config, get: randomWeights(config) });
}

function randomTensor(shape: number[]): Tensor {
  const next = uniform(7);
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, next);
  return keep(tensor(values, shape));
}
