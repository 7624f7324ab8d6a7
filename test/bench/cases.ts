/** What is measured: real-size and pocket-size steps, by name. Weights and pixels are random, sizes are real. */

import type { ClipConfig } from "../../lib/clip/config.ts";
import { publishedConfig } from "../../lib/clip/published.ts";
import { randomClip } from "../tiny_clip.ts";
import { augmentImages, frozenFeatures, trainFromJpeg } from "./images.ts";
import { textPass } from "./text_pass.ts";
import { named, type Problem, trainingStep } from "./training.ts";

/** One step of what is measured. */
export type Step = () => void | Promise<void>;

/** Builds what is measured. */
export type Case = () => Step | Promise<Step>;

/** The pocket model's sizes, with three layers in each tower. */
export const pocket: ClipConfig = {
  embedDim: 128,
  imageSize: 48,
  vision: { kind: "vit", width: 128, layers: 3, patch: 8, heads: 2 },
  text: { width: 128, layers: 3, heads: 2, contextLength: 77, vocab: 49408 },
};
const resnet = publishedConfig("RN50");
const vit = publishedConfig("ViT-B/16");
const short = { contextLength: 4 };
const deep = { textDepth: 3, imageDepth: 3 };

/**
 * All that is measured. `exact` encodes its images at every step; `from-jpeg` also reads and augments them, in a worker
 * ahead of the step; `views8` takes features of eight cached views. `coop-of-four` has the products of four trainings of
 * CoOp in one: four times the prompts and images.
 */
export const cases: Record<string, Case> = {
  "coop/RN50/32x100/exact": training("coop", resnet, 32, 100),
  "coop/RN50/32x100/from-jpeg": () => trainFromJpeg(randomClip(resnet), 100),
  "prograd/RN50/32x100/exact": training("prograd", resnet, 32, 100),
  "prograd/RN50/32x100/views8": training("prograd", resnet, 32, 100, { views: 8 }),
  "coop/RN50/32x1000/views8": training("coop", resnet, 32, 1000, { views: 8 }),
  "ivlp/ViT-B-16/4x51/exact": training("ivlp", vit, 4, 51),
  "prometar/ViT-B-16/4x20/exact": training("prometar", vit, 4, 20),
  "prometar/ViT-B-16/4x51/exact": training("prometar", vit, 4, 51),
  "prometar/ViT-B-16/4x500/exact": training("prometar", vit, 4, 500),
  "prometar/ViT-B-16/4x1000/exact": training("prometar", vit, 4, 1000),
  "text/RN50/100/forward-backward": () => textPass(resnet, named(100), 16),
  "text/RN50/100/whole-prompts": () => textPass(resnet, named(100), 16, { whole: true }),
  "features/RN50/32/computed": () => frozenFeatures(randomClip(resnet), { cached: false }),
  "features/RN50/32/cached": () => frozenFeatures(randomClip(resnet), { cached: true }),
  "augment/224px/32": () => augmentImages(),
  "pocket/text/forward-backward": () => textPass(pocket, named(15), 4),
  "pocket/text/whole-prompts": () => textPass(pocket, named(15), 4, { whole: true }),
  "pocket/coop": training("coop", pocket, 32, 15, { views: 8, settings: short }),
  "pocket/coop-of-four": training("coop", pocket, 128, 60, { views: 8, settings: short }),
  "pocket/prograd": training("prograd", pocket, 32, 15, { views: 8, settings: short }),
  "pocket/ivlp": training("ivlp", pocket, 4, 15, { settings: deep }),
  "pocket/prometar": training("prometar", pocket, 4, 15, { settings: deep }),
};

function training(
  name: string,
  config: ClipConfig,
  batch: number,
  classes: number,
  more: Pick<Problem, "views" | "settings"> = {},
): Case {
  return () => trainingStep(name, { clip: randomClip(config), batch, classes, ...more });
}
