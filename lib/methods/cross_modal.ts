/**
 * Cross-modal adaptation: the classes' texts are training examples beside the images (Lin et al. 2023, section 3), of a
 * linear head s·n(x)·Wᵀ, or of CLIP-Adapter's network before one.
 *
 * @module
 */
import {
  add,
  concat,
  matMul,
  pick,
  reshape,
  scale,
  type Tensors,
  unitLength,
  zeros,
} from "../tensor/mod.ts";
import { adapted, adapterStart } from "./clip_adapter.ts";
import {
  cosines,
  type DescentSettings,
  descentSettings,
  type FeatureAdapter,
  featureAdapter,
  type FeatureSpace,
  type Head,
  learning,
  meanTexts,
  type WordingSettings,
  wordingSettings,
} from "./feature_adapter.ts";
import { linearStart } from "./initial.ts";
import type { Batch, Draws, Preset } from "./method.ts";
import { crossModalPaper } from "./papers.ts";
import { count, flag, oneOf, real } from "./settings.ts";
import { clapTraining, float32, spaces } from "./training.ts";

/** The cross-modal probe's settings. */
export interface CrossModalSettings extends WordingSettings, DescentSettings {
  /** What is trained: a linear classifier, or CLIP-Adapter's network before one. */
  head: "linear" | "adapter";
  /** What the classifier is initialised with: the classes' text features, or random weights. */
  start: "zero-shot" | "random";
  /** Whether the classifier's rows are brought to unit length, as CLAP's version does. */
  unit: boolean;
  /** How many texts a step learns from, beside its images. */
  texts: number;
  /** Whether a step's rows are images or texts by the toss of a coin, as CLAP's version has it. */
  tossed: boolean;
  /** r of the adapter head: the share of the adapter's output in the feature. */
  ratio: number;
  /** Whether the classifier is averaged with the zero-shot one in the end (WiSE-FT). */
  wiseFt: boolean;
}

/** The texts' rows of a step: numbers from 0, class by class, template by template; −1 keeps the image in its place. */
function drawTexts(space: FeatureSpace, { texts, tossed }: CrossModalSettings): Head["draw"] {
  return (labels, random): Draws => {
    const rows = space.classes * space.texts().shape[0]!;
    const row = () => random("texts").randbelow(rows);
    return tossed
      ? { places: labels.map(() => random("texts").random() < 0.5 ? row() : -1) }
      : { texts: Array.from({ length: texts }, row) };
  };
}

/** A batch of images and of the drawn texts. */
function mixed(space: FeatureSpace, batch: Batch, draws?: Draws): Batch {
  if (!draws) return batch;
  const [templates, classes, width] = space.texts().shape as [number, number, number];
  const place = (row: number) => (row % templates) * classes + Math.floor(row / templates);
  const labelOf = (row: number) => Math.floor(row / templates);
  const all = concat([reshape(space.texts(), [templates * classes, width]), batch.features!], 0);
  const first = templates * classes;
  const images = batch.labels.map((label, i) => ({ at: first + i, label }));
  const text = (row: number) => ({ at: place(row), label: labelOf(row) });
  const rows = draws.places
    ? images.map((image, i) => draws.places![i]! < 0 ? image : text(draws.places![i]!))
    : [...images, ...draws.texts!.map(text)];
  return {
    labels: rows.map(({ label }) => label),
    features: pick(all, rows.map(({ at }) => at)),
  };
}

function crossModalHead(space: FeatureSpace, settings: CrossModalSettings): Head {
  const { head, start, unit, ratio, wiseFt } = settings;
  const shape = [space.classes, space.width];
  const zeroShot = () => unit ? meanTexts(space) : unitLength(meanTexts(space));
  return {
    init: (random) => ({
      "probe.weight": start === "random" ? linearStart(random, shape, space.width) : zeros(shape),
      ...head === "adapter" && adapterStart(random, space.width),
    }),
    ...start === "zero-shot" && {
      gather: (params: Tensors) => ({ ...params, "probe.weight": zeroShot() }),
    },
    logits(params, features) {
      const x = unitLength(features);
      const seen = head === "adapter" ? adapted(params, x, ratio) : x;
      return unit
        ? cosines(space, seen, params["probe.weight"]!)
        : scale(matMul(seen, params["probe.weight"]!, false, true), space.scale);
    },
    draw: drawTexts(space, settings),
    mixed: (batch, draws) => mixed(space, batch, draws),
    ...wiseFt && {
      finish(state) {
        const half = scale(add(state.params["probe.weight"]!, unitLength(meanTexts(space))), 0.5);
        return { ...state, params: { ...state.params, "probe.weight": half } };
      },
    },
  };
}

const paper: Preset<CrossModalSettings> = {
  table: "cross-modal linear probing in Lin et al.'s tables 1 and 2",
  settings: {},
  adjust: ({ dataset }) => dataset === "imagenet" ? { templates: "imagenet_7" } : {},
  training: () => ({
    epochs: 1,
    steps: 12800,
    schedule: "steps",
    batchSize: 4,
    rate: 1e-3,
    warmupEpochs: 50,
    warmup: "linear",
    warmupRate: 1e-5,
  }),
  backbone: "RN50",
  deviations: [
    "rate 1e-3, weight decay 0.01 and 8 rows a step are not searched on the validation images",
    "what the last step leaves is tested, not the best of every hundredth step on the validation images",
    "training images are cropped anew, where the published features are a centre crop and its mirror image",
  ],
};

/** The method of cross-modal adaptation: a linear head trained on images and on the classes' texts. */
export const crossModal: FeatureAdapter<CrossModalSettings> = featureAdapter<CrossModalSettings>({
  name: "cross-modal",
  module: import.meta.url,
  title: "Cross-modal probe",
  paper: crossModalPaper,
  learned: "a linear classifier of image features, trained on texts too",
  traps: ["the published script starts from random weights unless it is told to take the texts'"],
  settings: {
    ...wordingSettings,
    ...descentSettings({ optimiser: "adamw", weightDecay: 0.01 }),
    head: oneOf("linear", "what is learned", ["linear", "adapter"]),
    start: oneOf("zero-shot", "what the classifier starts from", ["zero-shot", "random"]),
    unit: flag(false, "bring the classifier's rows to unit length, as CLAP's version does"),
    texts: count(4, "texts in a step, beside its images"),
    tossed: flag(false, "toss a coin for each image of a step whether a text takes its place"),
    ratio: real(0.2, "r, the network's share of the feature, of the adapter head", 0, 1),
    wiseFt: flag(false, "average the classifier with the zero-shot one in the end (WiSE-FT)"),
  },
  presets: {
    paper,
    "official-code": {
      ...paper,
      table: "cross-modal linear probing as its script runs by default",
      settings: { start: "random" },
    },
    clap: {
      table: "the cross-modal probe's rows of CLAP's tables",
      settings: { optimiser: "sgd", weightDecay: 0, unit: true, tossed: true },
      adjust: ({ dataset }) => dataset === "imagenet" ? { templates: "imagenet_7" } : {},
      training: clapTraining,
      backbone: "RN50",
      deviations: [
        spaces,
        float32,
        "with many templates every text has its own label; in the published code most have another's",
      ],
    },
  },
  adapter: (space, settings) => learning(space, crossModalHead(space, settings), settings),
});
