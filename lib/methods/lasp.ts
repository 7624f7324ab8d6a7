/**
 * LASP: a learned context whose text features have to be told apart by hand-crafted prompts (Bulat & Tzimiropoulos 2023,
 * equations 4 to 6). Loss: CE + w·CE over classes of (learned text feature) against (the class in each hand-crafted
 * prompt). Beside the context learn an offset on all text features and, of a ViT, the norms of its blocks.
 *
 * @module
 */
import { filled } from "../templates.ts";
import {
  encodeImages,
  encodeTexts,
  encodeWithTransformer,
  type Hook,
  unfolded,
  type VisionTransformer,
  wholeNorm,
} from "../clip/mod.ts";
import { clipNorm, grouped, sgd } from "../optim/mod.ts";
import { ensemble, type EnsembleName } from "../templates.ts";
import {
  add,
  concat,
  isTracked,
  keep,
  matMul,
  reshape,
  scale,
  slice,
  type Tensor,
  tensor,
  type Tensors,
  tidy,
  unitLength,
  zeros,
} from "../tensor/mod.ts";
import { contextSettings, rawContext, spoken } from "./context.ts";
import { labelLoss } from "./losses.ts";
import type { Draws, Learner, Method, Task } from "./method.ts";
import { laspPaper } from "./papers.ts";
import { count, flag, real, templateList, words } from "./settings.ts";
import { promptWidth } from "./visual_prompts.ts";
import {
  type ImageSide,
  type Lazy,
  lazy,
  minimise,
  owning,
  type Rule,
  student,
  type TextSide,
  trained,
} from "./student.ts";

/** LASP's settings. */
export interface LaspSettings {
  /** The number of learned context vectors. */
  contextLength: number;
  /** The words whose embeddings the context is initialised with. */
  init: string;
  /** w, the weight of the text-to-text loss. */
  weight: number;
  /** Whether an offset on the text features is learned. */
  offset: boolean;
  /** Whether the layer norms of a ViT's blocks are trained too. */
  norms: boolean;
  /** Standard deviation of the Gaussian noise that half of the steps add to the hand-crafted prompts' features. */
  noise: number;
  /** Whether images are told apart among all of the data set's classes in training. */
  virtual: boolean;
  /** The norm that gradients are clipped to; 0 for no clipping. */
  clip: number;
  /** Hand-crafted prompts: the name of a list of them, or templates. */
  prompts: EnsembleName | string[];
}

/** Names of the classes of the text-to-text loss: the task's first, then what others the data set has. */
function names({ classNames, allClassNames = [] }: Task): string[] {
  return [...classNames, ...allClassNames.filter((name) => !classNames.includes(name))];
}

/** Unit-length features of the classes in each hand-crafted prompt, [prompts, classes, embedding]. */
function handWritten(task: Task, templates: readonly string[]): Lazy {
  return lazy(() =>
    keep(tidy(() => {
      const each = templates.map((template) => {
        const written = names(task).map((name) => filled(template, spoken(name)));
        const features = unitLength(encodeTexts(task.clip, written));
        return reshape(features, [1, ...features.shape]);
      });
      return concat(each, 0);
    }))
  );
}

/** A context's features with the learned offset added before they are brought to unit length. */
function withOffset(task: Task, settings: LaspSettings): TextSide {
  const { contextLength, init, offset } = settings;
  const words = { contextLength, init, classTokenPosition: "end", classSpecific: false } as const;
  const text = rawContext(task, words);
  return {
    ...text,
    init: (random) => ({
      ...text.init(random),
      ...offset && { "text.offset": zeros([1, task.clip.config.embedDim]) },
    }),
    features(params) {
      const features = text.features(params);
      return unitLength(offset ? add(features, params["text.offset"]!) : features);
    },
  };
}

/** The image tower with the norms of its blocks learned: `image.0.attention.gain` and so on. */
function tunedNorms(task: Task): ImageSide {
  const { clip } = task;
  const tower = clip.image as VisionTransformer | undefined; // none where only sizes are known
  const width = promptWidth(task, 0);
  const layers = clip.config.vision.layers as number;
  return {
    init() {
      const start: Tensors = {};
      for (let layer = 0; layer < layers; layer++) {
        for (const part of ["attention", "mlp"] as const) {
          const norm = tower?.blocks[layer]?.norms[part];
          start[`image.${layer}.${part}.gain`] = norm?.gain.clone() ?? zeros([width]);
          start[`image.${layer}.${part}.bias`] = norm?.bias.clone() ?? zeros([width]);
        }
      }
      return start;
    },
    features(params, { pixels }) {
      const hook: Hook = (layer) => ({
        tracked: isTracked(params[`image.${layer}.mlp.gain`]!),
        normed(unit, part) {
          const name = `image.${layer}.${part}`;
          const own = { gain: params[`${name}.gain`]!, bias: params[`${name}.bias`]! };
          return unfolded(wholeNorm(unit, own), tower!.blocks[layer]!.norms[part]);
        },
      });
      return encodeWithTransformer(tower!, pixels!, [], { hook });
    },
  };
}

/**
 * For each hand-crafted prompt and class, the cross-entropy of its cosines with the learned features of all classes, with
 * its own as the label; the mean over both. Learned: [classes, embedding], fixed: [prompts, classes, embedding].
 */
function textToText(learned: Tensor, fixed: Tensor, s: number): Tensor {
  const [prompts, classes, embedding] = fixed.shape as [number, number, number];
  const rows = reshape(fixed, [prompts * classes, embedding]);
  const logits = scale(matMul(rows, learned, false, true), s); // of each fixed feature, over learned ones
  return labelLoss(logits, Array.from({ length: prompts * classes }, (_, i) => i % classes));
}

const isNorm = (name: string) => /^image\.\d+\.(attention|mlp)\./.test(name);

/** The layer norms are trained at a tenth of the learning rate. */
const optimiser = grouped((name) => isNorm(name) ? "norms" : "others", {
  norms: { optimiser: sgd(), rate: 0.1 },
  others: { optimiser: sgd() },
});

function laspLearner(task: Task, settings: LaspSettings): Learner {
  const { clip, classNames } = task;
  const all = names(task);
  const templates = Array.isArray(settings.prompts) ? settings.prompts : ensemble(settings.prompts);
  const fixed = handWritten(task, templates);
  const text = withOffset(task, settings); // of the task's classes, for evaluation
  const wider = all.length > classNames.length
    ? withOffset({ ...task, classNames: all }, settings)
    : text;
  const image = settings.norms ? tunedNorms(task) : plainImages(task);
  const by = student(task, text, image);
  const rule = minimise(
    (params, batch, { draws }) => {
      const images = unitLength(image.features(params, batch));
      const texts = wider.features(params);
      const own = settings.virtual ? texts : slice(texts, 0, 0, classNames.length);
      const noise = draws?.noise && tensor(draws.noise, fixed().shape);
      const shown = noise ? add(fixed(), scale(noise, settings.noise)) : fixed();
      return { texts, shown, logits: scale(matMul(images, own, false, true), clip.scale) };
    },
    ({ texts, shown, logits }, { labels }, { observe }) => {
      const label = labelLoss(logits, labels);
      const words = textToText(texts, shown, clip.scale);
      observe?.("loss/label", label);
      observe?.("loss/text", words);
      return add(label, scale(words, settings.weight));
    },
  );
  const clipped: Rule = (params, batch, context) => {
    const descent = rule(params, batch, context);
    return { ...descent, gradients: clipNorm(descent.gradients, settings.clip).gradients };
  };
  const learner = owning(trained(by, settings.clip > 0 ? clipped : rule, optimiser), fixed);
  return {
    ...learner,
    draw(_, random): Draws {
      const draw = random("noise");
      if (draw.random() >= 0.5) return {};
      const size = templates.length * all.length * clip.config.embedDim;
      return { noise: Array.from({ length: size }, () => draw.gauss(0, 1)) };
    },
    dispose() {
      learner.dispose();
      if (wider !== text) wider.dispose();
    },
  };
}

/** Images through a tower in which nothing is learned. */
function plainImages({ clip }: Task): ImageSide {
  return { init: () => ({}), features: (_, { pixels }) => encodeImages(clip, pixels!) };
}

/** Epochs, warm-up and weight by data set, as the published logs have them. */
const published: Record<string, [epochs: number, warmup: number, weight: number]> = {
  caltech101: [50, 5, 10],
  dtd: [50, 5, 10],
  ucf101: [50, 5, 10],
  eurosat: [300, 7, 5],
};

/** The method LASP: a text context whose features have to be told apart by hand-crafted prompts. */
export const lasp: Method<LaspSettings> = {
  name: "lasp",
  module: import.meta.url,
  title: "LASP",
  paper: laspPaper,
  learned: "4 text context vectors, an offset of the text features, and the image tower's norms",
  traps: [
    "epochs, warm-up and w differ between data sets in the published logs",
    "LASP-V learns with the names of classes that have no images; rows of LASP and LASP-V are told apart by that letter alone",
  ],
  settings: {
    contextLength: count(4, contextSettings.contextLength.about),
    init: words("a photo of a", contextSettings.init.about),
    weight: real(5, "w of the text-to-text loss"),
    offset: flag(true, "learn an offset on the text features"),
    norms: flag(true, "learn the norms of the image tower's blocks, at a tenth of the rate"),
    noise: real(0.05, "the noise, in half of the steps, on the hand-written prompts' features"),
    virtual: flag(false, "tell images apart among all of the data set's classes in training"),
    clip: real(1, "the most that the gradient's norm may be; 0 lets it be"),
    prompts: templateList("lasp_35", "hand-written prompts"),
  },
  presets: {
    paper: {
      table: "LASP's base-to-new table, as its published logs were made",
      settings: {},
      adjust: ({ dataset }) => ({ weight: published[dataset]?.[2] ?? 5 }),
      training: (_, dataset = "") =>
        dataset === "food101" || dataset === "imagenet"
          ? { epochs: 10, batchSize: 1, rate: 0.002, warmupEpochs: 1, warmupRate: 1e-5 }
          : {
            epochs: published[dataset]?.[0] ?? 25,
            batchSize: 32,
            rate: 0.032,
            warmupEpochs: published[dataset]?.[1] ?? 3,
            warmupRate: 1e-5,
          },
      backbone: "ViT-B/16",
      deviations: [
        "ImageNet is trained as Food101: no log of it is published",
        "in base-to-new the text-to-text loss has the names of base classes alone; the published code's has those of the new classes too",
        "the gradient is clipped as in the published mixed-precision runs, and computed in float32",
      ],
    },
  },
  needs: { pixels: true, features: false },
  learner: laspLearner,
};
