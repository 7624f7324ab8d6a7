/**
 * CoCoOp: a context moved, for each image, by a small network of the image's feature (Zhou et al. 2022b, equation 4).
 *
 * @module
 */
import { encodeText } from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import {
  add,
  matMul,
  relu,
  reshape,
  scale,
  type Tensor,
  type Tensors,
  transpose,
  unitLength,
} from "../tensor/mod.ts";
import { sgd } from "../optim/mod.ts";
import {
  conditionalLayouts,
  type ContextSettings,
  contextSettings,
  learnedContext,
} from "./context.ts";
import { linearStart } from "./initial.ts";
import type { Batch, Method, Task } from "./method.ts";
import { cocoopPaper } from "./papers.ts";
import { count, words } from "./settings.ts";
import { descending, evaluated, frozenImages, minimise, student } from "./student.ts";
import { float32 } from "./training.ts";

/** The meta-net: linear d → d/16, ReLU, linear d/16 → width. [batch, embedding] → [batch, width] */
function metaNet(params: Tensors, images: Tensor): Tensor {
  const layer = (x: Tensor, name: string) =>
    add(matMul(x, params[`${name}.weight`]!, false, true), params[`${name}.bias`]!);
  return layer(relu(layer(images, "meta.hidden")), "meta.output");
}

function conditionalLogits(task: Task, layouts: ReturnType<typeof conditionalLayouts>) {
  const { clip, classNames } = task;
  return (params: Tensors, batch: Batch): Tensor => {
    const images = unitLength(frozenImages.features(params, batch)); // [batch, embedding]
    const [n, embedding] = images.shape as [number, number];
    const [m, width] = params["text.0"]!.shape as [number, number];
    const shift = reshape(metaNet(params, images), [n, 1, width]);
    const contexts = reshape(add(reshape(params["text.0"]!, [1, m, width]), shift), [n * m, width]);
    const texts = unitLength(encodeText(clip.text, layouts.forImages(n), contexts));
    const byImage = transpose(reshape(texts, [n, classNames.length, embedding]), [0, 2, 1]);
    const cosines = matMul(reshape(images, [n, 1, embedding]), byImage);
    return scale(reshape(cosines, [n, classNames.length]), clip.scale);
  };
}

/** The method CoCoOp: a text context that a small network shifts for each image. */
export const cocoop: Method<ContextSettings> = {
  name: "cocoop",
  title: "CoCoOp",
  paper: cocoopPaper,
  module: import.meta.url,
  textsPerImage: true,
  learned: "M text context vectors and a meta-net that moves them by the image",
  settings: {
    ...contextSettings,
    contextLength: count(4, contextSettings.contextLength.about),
    init: words("a photo of a", contextSettings.init.about),
  },
  presets: {
    paper: {
      table: "CoCoOp's rows of ProMetaR's tables, which are those of CoCoOp's paper",
      published: ({ clip }) => clip !== "RN50",
      settings: {},
      training: () => ({
        epochs: 10,
        batchSize: 1,
        rate: 0.002,
        warmupEpochs: 1,
        warmupRate: 1e-5,
      }),
      backbone: "ViT-B/16",
      deviations: [float32],
    },
    prograd: {
      table: "CoCoOp's rows of ProGrad's tables",
      settings: { contextLength: 16, init: "template" },
      published: ({ clip }) => clip === "RN50",
      training: (_, dataset) => ({
        ...{ epochs: dataset === "imagenet" ? 50 : 100, batchSize: 1, rate: 0.002 },
        ...{ warmupEpochs: 1, warmupRate: 1e-5 },
      }),
      backbone: "RN50",
      deviations: [
        float32,
        "which of the three published configuration files made the table is not known: this is rn50_ep100_init, on ImageNet rn50_ep50; the third, of 4 vectors and 10 epochs, refuses most sets' templates",
      ],
    },
  },
  needs: { pixels: false, features: true },
  learner(task, settings) {
    if (settings.classSpecific) {
      throw new UserError(
        "cocoop moves one context that all classes share: leave classSpecific false",
      );
    }
    const { embedDim } = task.clip.config;
    const { width } = task.clip.text;
    const hidden = Math.floor(embedDim / 16);
    const layouts = conditionalLayouts(task, settings);
    const logits = conditionalLogits(task, layouts);
    const text = learnedContext(task, settings);
    const rule = minimise((params, batch) => ({ logits: logits(params, batch) }));
    const learner = {
      ...evaluated(student(task, text, frozenImages)),
      ...descending(rule, sgd()),
    };
    return {
      ...learner,
      init: (random) => ({
        ...text.init(random),
        "meta.hidden.weight": linearStart(random, [hidden, embedDim], embedDim),
        "meta.hidden.bias": linearStart(random, [hidden], embedDim),
        "meta.output.weight": linearStart(random, [width, hidden], hidden),
        "meta.output.bias": linearStart(random, [width], hidden),
      }),
      prepare: () => ({}),
      logits: (params, _, batch) => logits(params, batch),
      dispose() {
        learner.dispose();
        layouts.dispose();
      },
    };
  },
};
