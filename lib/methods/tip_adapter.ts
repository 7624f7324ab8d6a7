/**
 * Tip-Adapter: training images as a cache that is asked by likeness (Zhang et al. 2022, equations 3 to 7): logits
 * s·n(x)·T + α·exp(−β(1 − n(x)·K))·V, with their features K and labels V. Tip-Adapter-F learns K on from there.
 *
 * α and β are searched on the validation images at the end; training uses their initial values.
 *
 * @module
 */
import {
  add,
  dispose,
  exp,
  matMul,
  mean,
  numbersOf,
  oneHot,
  readSync,
  scale,
  shift,
  type Tensor,
  tensor,
  type Tensors,
  tidy,
  unitLength,
  zeros,
} from "../tensor/mod.ts";
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
  resting,
  type WordingSettings,
  wordingSettings,
} from "./feature_adapter.ts";
import type { Preset } from "./method.ts";
import { tipAdapterPaper } from "./papers.ts";
import { count, flag, oneOf, real } from "./settings.ts";
import { atOnce, clapTraining, float32, spaces } from "./training.ts";

/** The settings of Tip-Adapter. */
export interface TipAdapterSettings extends WordingSettings {
  /** α before the search. */
  alpha: number;
  /** β before the search. */
  beta: number;
  /** Whether α and β are searched at the end, and on which images. */
  search: "none" | "validation" | "test";
  /** The largest value of α that is searched. */
  alphaMost: number;
  /** The largest value of β that is searched. */
  betaMost: number;
  /** How many values of α are searched. */
  alphaSteps: number;
  /** How many values of β are searched. */
  betaSteps: number;
  /** How many random views of each training image have their features averaged. */
  views: number;
  /** Whether keys are brought to unit length and queries are not, as in CLAP's version. */
  rawQueries: boolean;
}

/** The settings of Tip-Adapter-F. */
export interface TipAdapterFSettings extends TipAdapterSettings, DescentSettings {
  /** Whether the best epoch is kept, by the images that are searched on. */
  bestEpoch: boolean;
}

/** The values that are searched: i·(most − 0.1)/steps + 0.1. */
export function searchValues(most: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => i * (most - 0.1) / steps + 0.1);
}

/** T or, in CLAP's version, t. [classes, embedding] */
function classifierOf(space: FeatureSpace, { rawQueries }: TipAdapterSettings): Tensor {
  return rawQueries ? meanTexts(space) : mean(unitLength(space.texts()), [0]);
}

function tipHead(space: FeatureSpace, settings: TipAdapterSettings, learns: boolean): Head {
  const { rawQueries, views, search } = settings;
  const zeroShot = (features: Tensor) => cosines(space, features, classifierOf(space, settings));
  const affinities = (params: Tensors, features: Tensor) =>
    rawQueries
      ? matMul(features, unitLength(params["cache.keys"]!), false, true)
      : matMul(unitLength(features), params["cache.keys"]!, false, true);
  const remembered = (affinity: Tensor, labels: Tensor, beta: number) =>
    matMul(exp(scale(shift(affinity, -1), beta)), labels);
  return {
    still: ["cache.labels", "cache.alpha", "cache.beta", ...learns ? [] : ["cache.keys"]],
    views,
    init: () => ({
      "cache.keys": zeros([space.classes, space.width]), // in place of which come all training images
      "cache.labels": zeros([space.classes, space.classes]),
      "cache.alpha": tensor([settings.alpha], []),
      "cache.beta": tensor([settings.beta], []),
    }),
    gather(params, seen) {
      const average = scale(seen.map(({ features }) => features!).reduce(add), 1 / seen.length);
      return {
        ...params,
        "cache.keys": rawQueries ? average : unitLength(average),
        "cache.labels": oneHot(seen[0]!.labels, space.classes),
      };
    },
    logits(params, features) {
      const [alpha, beta] = [params["cache.alpha"], params["cache.beta"]].map((x) => readSync(x!)[0] // never operands, so they stay on the host
      ) as [number, number];
      const cached = remembered(affinities(params, features), params["cache.labels"]!, beta);
      return add(zeroShot(features), scale(cached, alpha));
    },
    ...search !== "none" && {
      choose: (params, { features, labels }) => async () => {
        const affinity = tidy(() => affinities(params, features!));
        const answers = await numbersOf(() => zeroShot(features!));
        const { alpha, beta } = await searched(
          settings,
          answers,
          labels,
          (beta) => numbersOf(() => remembered(affinity, params["cache.labels"]!, beta)),
        );
        dispose(affinity);
        return { ...params, "cache.alpha": tensor([alpha], []), "cache.beta": tensor([beta], []) };
      },
    },
  };
}

/** The α and β with the most right answers: β outer, α inner, the first of equals. */
async function searched(
  { alphaMost, alphaSteps, betaMost, betaSteps }: TipAdapterSettings,
  zeroShot: Float32Array,
  labels: number[],
  cached: (beta: number) => Promise<Float32Array>,
): Promise<{ alpha: number; beta: number }> {
  let best = { alpha: 0, beta: 0, right: -1 };
  const classes = zeroShot.length / labels.length;
  for (const beta of searchValues(betaMost, betaSteps)) {
    const found = await cached(beta);
    for (const alpha of searchValues(alphaMost, alphaSteps)) {
      const right = labels.filter((label, i) => {
        let at = i * classes;
        for (let j = at + 1; j < (i + 1) * classes; j++) {
          if (zeroShot[j]! + alpha * found[j]! > zeroShot[at]! + alpha * found[at]!) at = j;
        }
        return at === i * classes + label;
      }).length;
      if (right > best.right) best = { alpha, beta, right };
    }
  }
  return best;
}

/** By data set: α at first, and where the values of β and α end. */
const published: Record<string, [alpha: number, betaMost: number, alphaMost: number]> = {
  imagenet: [1.17, 7, 3],
  caltech101: [3, 12, 5],
  dtd: [2, 13, 13],
  eurosat: [2, 12, 10],
  fgvc_aircraft: [5, 30, 30],
  food101: [1.17, 10, 10],
  oxford_flowers: [10, 50, 50],
  oxford_pets: [1.17, 7, 3],
  stanford_cars: [3, 20, 10],
  sun397: [1.17, 12, 10],
  ucf101: [3, 7, 3],
};

const tipSettings = {
  ...wordingSettings,
  alpha: real(1, "α before the search"),
  beta: real(1, "β before the search"),
  search: oneOf("validation", "what images α and β are searched on", [
    "none",
    "validation",
    "test",
  ]),
  alphaMost: real(10, "where the search's values of α end", 0.1),
  betaMost: real(12, "where the search's values of β end", 0.1),
  alphaSteps: count(20, "values of α that are searched"),
  betaSteps: count(200, "values of β that are searched"),
  views: count(10, "random views of each training image, whose features are averaged"),
  rawQueries: flag(false, "unit keys and raw queries, as in CLAP's version"),
};

const preset: Preset<TipAdapterSettings> = {
  table: "Tip-Adapter's few-shot figure (its exp.log)",
  settings: {},
  adjust: ({ dataset }) => {
    const [alpha, betaMost, alphaMost] = published[dataset] ?? [1, 12, 10];
    return { alpha, betaMost, alphaMost, ...dataset === "imagenet" && { templates: "imagenet_7" } };
  },
  training: (_, dataset) => ({
    epochs: dataset === "eurosat" ? 100 : 20,
    schedule: "steps",
    batchSize: 256,
    rate: 1e-3,
    warmupEpochs: 0,
    warmupRate: 0,
    crops: 0.5,
  }),
  backbone: "RN50",
  deviations: [
    "α and β are searched on the few-shot validation images, where the published code takes the whole validation split and, of ImageNet, the test images",
    float32,
  ],
};

const onTest = (what: string) => ({
  table: "the published habit of choosing on the test images: not a measure of generalisation",
  deviations: [
    `${what} chosen on the test images, so the accuracy is the best of many looks`,
    float32,
  ],
});

/** The method Tip-Adapter: a cache of the training images' features, without training. */
export const tipAdapter: FeatureAdapter<TipAdapterSettings> = featureAdapter<TipAdapterSettings>({
  name: "tip-adapter",
  module: import.meta.url,
  title: "Tip-Adapter",
  paper: tipAdapterPaper,
  learned: "nothing: training images are remembered",
  traps: [
    "α and β decide more than the cache does; on ImageNet the published code searches them on the test images",
  ],
  settings: tipSettings,
  presets: {
    paper: { ...preset, training: atOnce },
    "chosen-on-test": {
      ...preset,
      training: atOnce,
      settings: { search: "test" },
      ...onTest("α and β are"),
    },
  },
  selects: ({ search }) => search === "test" ? search : search !== "none",
  adapter: (space, settings) => resting(space, tipHead(space, settings, false)),
});

/** The method Tip-Adapter-F: Tip-Adapter whose cache keys are trained. */
export const tipAdapterF: FeatureAdapter<TipAdapterFSettings> = featureAdapter<TipAdapterFSettings>(
  {
    ...tipAdapter,
    name: "tip-adapter-f",
    module: import.meta.url,
    title: "Tip-Adapter-F",
    learned: "the keys of a cache of training images",
    traps: [
      "the published code keeps the epoch with the best test accuracy: its values are a little higher than any fair run's",
    ],
    settings: {
      ...tipSettings,
      ...descentSettings({ optimiser: "adamw", weightDecay: 0.01, epsilon: 1e-4 }),
      bestEpoch: flag(false, "keep the best epoch by the images that are searched on"),
    },
    presets: {
      paper: {
        ...preset,
        deviations: [
          ...preset.deviations,
          "the last epoch is tested, where the published code keeps the one with the best test accuracy and reports the larger of two test accuracies",
        ],
      },
      "best-epoch": {
        ...preset,
        table: "Tip-Adapter-F with its best epoch on the validation images",
        settings: { bestEpoch: true },
      },
      "chosen-on-test": {
        ...preset,
        settings: { search: "test", bestEpoch: true },
        ...onTest("the epoch, α and β are"),
      },
      clap: {
        ...preset,
        table: "Tip-Adapter-F's rows of CLAP's tables",
        settings: {
          optimiser: "sgd",
          weightDecay: 0,
          search: "none",
          views: 20,
          rawQueries: true,
        },
        adjust: ({ dataset }) => dataset === "imagenet" ? { templates: "imagenet_7" } : {},
        training: clapTraining,
        deviations: [spaces, float32],
      },
    },
    selects: ({ search, bestEpoch }) => search === "test" ? search : search !== "none" || bestEpoch,
    adapter: (space, settings) => ({
      ...learning(space, tipHead(space, settings, true), settings),
      ...settings.bestEpoch && { patience: Infinity },
    }),
  },
);
