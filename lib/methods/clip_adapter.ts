/**
 * CLIP-Adapter: a small network beside the frozen image feature (Gao et al. 2021, section 3.2): logits
 * s·n(r·A(x) + (1 − r)·x)·n(t_c), A(x) = relu(W₂·relu(W₁·x)).
 *
 * @module
 */
import { add, matMul, relu, scale, type Tensor, type Tensors } from "../tensor/mod.ts";
import {
  cosines,
  type DescentSettings,
  descentSettings,
  type FeatureAdapter,
  featureAdapter,
  learning,
  meanTexts,
  type WordingSettings,
  wordingSettings,
} from "./feature_adapter.ts";
import { linearStart } from "./initial.ts";
import { clipAdapterPaper } from "./papers.ts";
import { real } from "./settings.ts";
import { clapTraining, float32 } from "./training.ts";
import type { Streams } from "../random/mod.ts";

/** CLIP-Adapter's settings. */
export interface ClipAdapterSettings extends WordingSettings, DescentSettings {
  /** r, the share of the adapter's output in the image feature; CLIP's own feature has the rest. */
  ratio: number;
}

/** Initialisation of A: `adapter.hidden`, [embedding/4, embedding], and `adapter.output`, [embedding, embedding/4]. */
export function adapterStart(random: Streams, width: number): Tensors {
  const hidden = Math.floor(width / 4);
  return {
    "adapter.hidden": linearStart(random, [hidden, width], width),
    "adapter.output": linearStart(random, [width, hidden], hidden),
  };
}

/** r·A(x) + (1 − r)·x, [batch, embedding]. */
export function adapted(params: Tensors, x: Tensor, ratio: number): Tensor {
  const hidden = relu(matMul(x, params["adapter.hidden"]!, false, true));
  const beside = relu(matMul(hidden, params["adapter.output"]!, false, true));
  return add(scale(beside, ratio), scale(x, 1 - ratio));
}

/** The method CLIP-Adapter: a small network beside the frozen image feature. */
export const clipAdapter: FeatureAdapter<ClipAdapterSettings> = featureAdapter<ClipAdapterSettings>(
  {
    name: "clip-adapter",
    module: import.meta.url,
    title: "CLIP-Adapter",
    paper: clipAdapterPaper,
    learned: "two layers beside the image feature",
    traps: ["published rows choose r, and often the rate, on the test images"],
    settings: {
      ...wordingSettings,
      ...descentSettings({ optimiser: "sgd" }),
      ratio: real(0.2, "r, the network's share of the feature", 0, 1),
    },
    presets: {
      clap: {
        table: "CLIP-Adapter's rows of CLAP's tables, whose code is the public one",
        settings: {},
        training: clapTraining,
        backbone: "RN50",
        deviations: [
          "the published tables choose r, and CLAP's grid the rate as well, on the test images; here r is 0.2 throughout",
          float32,
        ],
      },
    },
    classBound: () => false,
    adapter: (space, settings) =>
      learning(space, {
        init: (random) => adapterStart(random, space.width),
        logits: (params, features) =>
          cosines(space, adapted(params, features, settings.ratio), meanTexts(space)),
      }, settings),
  },
);
