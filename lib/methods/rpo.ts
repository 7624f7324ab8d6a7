/**
 * RPO: K pairs of read-only prompts (Lee et al. 2023, section 3.2 and equation 5). They read the tokens of an image and
 * of a text and are read by none, so that what CLIP makes of either stays as it is. Logits: mean_k s·cos(v_k, t_k).
 *
 * @module
 */
import { filled } from "../templates.ts";
import {
  disposeLayout,
  layOut,
  preNorm,
  readableImages,
  readableTexts,
  readAlong,
  tokenSlots,
  type VisionTransformer,
} from "../clip/mod.ts";
import { sgd } from "../optim/mod.ts";
import {
  add,
  dispose,
  keep,
  linear,
  matMul,
  reshape,
  scale,
  type Tensor,
  type Tensors,
  tidy,
  unitLength,
} from "../tensor/mod.ts";
import { spoken } from "./context.ts";
import { gaussian, sphere, tokenVectors } from "./initial.ts";
import type { Learner, Method, Preset, Task } from "./method.ts";
import { rpoPaper } from "./papers.ts";
import { count, flag, real, words } from "./settings.ts";
import { descending, minimise, refuseOneClass } from "./student.ts";
import { float32, spaces } from "./training.ts";
import { promptWidth } from "./visual_prompts.ts";

/** RPO's settings. */
export interface RpoSettings {
  /** K, the number of pairs of read-only prompts. */
  prompts: number;
  /** The text that is read, with `{}` in the place of a class name. */
  prompt: string;
  /** The length of the random vector that is added to the token which a prompt is initialised with. */
  noise: number;
  /** Class names with underscores, as published, in place of spaces. */
  underscores: boolean;
}

/** The texts' keys and values, which nothing learned goes into: computed once. */
function texts({ clip, classNames }: Task, { prompt, underscores }: RpoSettings) {
  const names = underscores ? classNames : classNames.map(spoken);
  const slots = tokenSlots(clip, names.map((name) => filled(prompt, name)));
  const layout = layOut(slots, 0, 1, clip.text, false);
  let made: ReturnType<typeof readableTexts> | undefined;
  return {
    readable() {
      if (made) return made;
      made = tidy(() => readableTexts(clip.text, layout));
      for (const { keys, values } of made.blocks) [keys, values].forEach(keep);
      return made;
    },
    dispose() {
      if (made) dispose(made.blocks);
      disposeLayout(layout);
    },
  };
}

/** All K features of a sequence one after the other, each of length 1/√K: their products are mean cosines. */
function joined(features: Tensor, k: number): Tensor {
  const [rows, embedding] = features.shape as [number, number];
  return reshape(scale(unitLength(features), 1 / Math.sqrt(k)), [rows / k, k * embedding]);
}

function rpoLearner(task: Task, settings: RpoSettings): Learner {
  refuseOneClass(task);
  const { prompts: k, noise } = settings;
  const { clip } = task;
  const width = promptWidth(task, 0);
  const tower = clip.image as VisionTransformer;
  const written = texts(task, settings);
  const textFeatures = (params: Tensors) =>
    joined(
      linear(
        readAlong(clip.text.blocks, params["text.readers"]!, written.readable()),
        clip.text.project,
      ),
      k,
    );
  const logits = (params: Tensors, text: Tensor, pixels: Tensor) => {
    const readers = preNorm(tower, params["image.readers"]!);
    const images = linear(
      readAlong(tower.blocks, readers, readableImages(tower, pixels)),
      tower.project,
    );
    return scale(matMul(joined(images, k), text, false, true), clip.scale);
  };
  const rule = minimise((params, { pixels }) => ({
    logits: logits(params, textFeatures(params), pixels!),
  }));
  return {
    ...descending(rule, sgd()),
    init: (random) => ({
      "text.readers": add(
        tokenVectors(clip, clip.tokenizer.end.slice(0, 1)),
        scale(sphere(random, [k, clip.text.width]), noise),
      ),
      "image.readers": add(
        reshape(tower?.classEmbedding ?? gaussian(random, [width]), [1, width]),
        scale(sphere(random, [k, width]), noise),
      ),
    }),
    prepare: (params) => ({ text: textFeatures(params) }),
    logits: (params, { text }, { pixels }) => logits(params, text!, pixels!),
    dispose: written.dispose,
  };
}

const paper: Preset<RpoSettings> = {
  table: "RPO's base-to-new table",
  settings: {},
  training: (_, dataset) => ({
    epochs: 15,
    batchSize: 4,
    rate: dataset === "imagenet" ? 0.005 : 0.01,
    warmupEpochs: 1,
    warmupRate: 1e-5,
  }),
  backbone: "ViT-B/16",
  deviations: [spaces, float32],
};

/** The method RPO: prompts that read the tokens of both towers and are not read by them. */
export const rpo: Method<RpoSettings> = {
  name: "rpo",
  module: import.meta.url,
  title: "RPO",
  paper: rpoPaper,
  learned: "K prompts a tower that read and are not read",
  traps: [
    "class names keep their underscores in the published code",
  ],
  settings: {
    prompts: count(24, "K, prompts of each tower"),
    prompt: words(
      "a photo of a {}.",
      "the text that is read, with {} in the place of a class name",
    ),
    noise: real(0.1, "how far they start from the tokens that they start as"),
    underscores: flag(false, "write class names with underscores where the data set has them"),
  },
  presets: {
    paper,
    "official-code": { ...paper, settings: { underscores: true }, deviations: [float32] },
  },
  needs: { pixels: true, features: false },
  learner: rpoLearner,
};
