/**
 * ProDA: K prompts, of whose text features a Gaussian is made for the weights of the classifier (Lu et al. 2022, section 3).
 *
 * Of B of the prompts a step has, for class c, the mean feature μ_c and the offsets δ_cp from it. With an image's feature v of
 * unit length and label y, and each channel taken to vary by itself,
 *
 *   z_c = s·v·μ_c + s²/2 · Σ_d v_d² · Σ_p (δ_ypd − δ_cpd)²/(B + 1),
 *
 * and CE(z, y) bounds the expected loss under that Gaussian from above (equation 8). To it is added λ times the mean of
 * |cos| between any two of the K prompts without a class name (equation 10). Images are told apart by the mean over all K.
 *
 * @module
 */
import { context } from "../clip/mod.ts";
import {
  abs,
  add,
  matMul,
  mul,
  oneHot,
  reshape,
  scale,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  type Tensors,
  unitLength,
} from "../tensor/mod.ts";
import { sgd } from "../optim/mod.ts";
import { encodeClasses } from "./class_parts.ts";
import { type ContextSettings, rawContext } from "./context.ts";
import { gaussian } from "./initial.ts";
import { labelLoss } from "./losses.ts";
import type { Streams } from "../random/mod.ts";
import type { Draws, Learner, Method, Task } from "./method.ts";
import { prodaPaper } from "./papers.ts";
import { count, real, words } from "./settings.ts";
import { classify, descending, frozenImages, minimise, refuseOneClass } from "./student.ts";
import { float32 } from "./training.ts";

/** ProDA's settings. */
export interface ProdaSettings {
  /** K, the number of prompts. */
  prompts: number;
  /** B, how many of the prompts a step takes. */
  together: number;
  /** M, the number of context vectors of each prompt. */
  contextLength: number;
  /** What each prompt starts as: `random`, N(0, 0.02), or the embeddings of M words, with such noise on them. */
  init: string;
  /** λ, the weight of the mean |cos| between prompts. */
  weight: number;
}

type Place = ContextSettings["classTokenPosition"];

const mean = (each: Tensor[]) => scale(each.reduce(add), 1 / each.length);

/** A quarter of the prompts has the class name in front, a quarter in the middle, the others at the end. */
function placeOf(prompt: number, prompts: number): Place {
  const quarter = Math.floor(prompts / 4);
  return prompt < quarter ? "front" : prompt < 2 * quarter ? "middle" : "end";
}

/** The start of all prompts, and text features of any of them, with the class names and without. */
function texts(task: Task, { prompts, contextLength: m, init }: ProdaSettings) {
  const { clip: { text, tokenizer: { begin, encode, end } } } = task;
  const side = (classTokenPosition: Place) =>
    rawContext(task, { contextLength: m, init, classTokenPosition, classSpecific: false });
  const sides = { front: side("front"), middle: side("middle"), end: side("end") };
  const nameless = encodeClasses(
    Array.from({ length: prompts }, (_, k) => [
      ...begin,
      ...Array.from({ length: m }, (_, i) => context(k * m + i)),
      ...encode("."),
      ...end,
    ]),
    prompts * m,
    text,
  );
  return {
    /** Of all prompts, [prompts, M, width]. */
    start(random: Streams): Tensor {
      const noise = gaussian(random, [prompts, m, text.width]);
      return init === "random" ? noise : add(noise, sides.end.init(random)["text.0"]!);
    },
    /** Of one prompt, unit length, [classes, embedding]. */
    named(params: Tensors, prompt: number): Tensor {
      const own = reshape(slice(params["text.0"]!, 0, prompt, 1), [m, text.width]);
      return unitLength(sides[placeOf(prompt, prompts)].features({ "text.0": own }));
    },
    /** Of all prompts without a class, unit length, [prompts, embedding]. */
    nameless: (params: Tensors): Tensor =>
      unitLength(nameless.features([reshape(params["text.0"]!, [prompts * m, text.width])])),
    dispose() {
      for (const { dispose } of [...Object.values(sides), nameless]) dispose();
    },
  };
}

/** Σ_d v_d²·Σ_p (δ_ypd − δ_cpd)²/(B + 1), [batch, classes]: how far each class's weight strays from the label's, as v sees it. */
function spread(images: Tensor, labels: number[], offsets: Tensor[]): Tensor {
  const own = oneHot(labels, offsets[0]!.shape[0]!);
  const squares = square(images);
  const variances = offsets.map((x) => square(x)).reduce(add);
  const ofLabel = sum(mul(squares, matMul(own, variances)), [1], true);
  const ofClass = matMul(squares, variances, false, true);
  const joint = offsets.map((x) => matMul(mul(squares, matMul(own, x)), x, false, true));
  return scale(sub(add(ofLabel, ofClass), scale(joint.reduce(add), 2)), 1 / (offsets.length + 1));
}

/** The mean of |cos| between two of the rows, of unit length. */
function likeness(rows: Tensor): Tensor {
  const [count] = rows.shape as [number];
  const others = Array.from({ length: count ** 2 }, (_, i) => i % (count + 1) === 0 ? 0 : 1);
  const apart = mul(abs(matMul(rows, rows, false, true)), tensor(others, [count, count]));
  return scale(sum(apart), 1 / Math.max(1, count * (count - 1)));
}

function prodaLearner(task: Task, settings: ProdaSettings): Learner {
  refuseOneClass(task);
  const { prompts, weight } = settings;
  const together = Math.min(settings.together, prompts);
  const { clip } = task;
  const text = texts(task, settings);
  const all = Array.from({ length: prompts }, (_, k) => k);
  const rule = minimise(
    (params, batch, { draws }) => {
      const features = (draws?.prompts ?? all).map((prompt) => text.named(params, prompt));
      const center = mean(features);
      const images = unitLength(frozenImages.features({}, batch));
      const strays = spread(images, batch.labels, features.map((x) => sub(x, center)));
      const logits = add(classify(task, images, center), scale(strays, clip.scale ** 2 / 2));
      return { logits, alike: likeness(text.nameless(params)) };
    },
    ({ logits, alike }, { labels }, { observe }) => {
      const bound = labelLoss(logits, labels);
      observe?.("loss/bound", bound);
      observe?.("loss/alike", alike);
      return add(bound, scale(alike, weight));
    },
  );
  return {
    ...descending(rule, sgd()),
    init: (random) => ({ "text.0": text.start(random) }),
    draw: (_, random): Draws => ({
      prompts: random("prompts").permutation(prompts).slice(0, together),
    }),
    prepare: (params) => ({ text: mean(all.map((prompt) => text.named(params, prompt))) }),
    logits: (params, { text }, batch) =>
      classify(task, frozenImages.features(params, batch), text!),
    dispose: text.dispose,
  };
}

/** The method ProDA: many prompts, whose text features are modelled as a Gaussian. */
export const proda: Method<ProdaSettings> = {
  name: "proda",
  module: import.meta.url,
  title: "ProDA",
  paper: prodaPaper,
  learned: "K prompts of M text context vectors",
  traps: [
    "one of the public copies leaves the likeness of prompts out of what is minimised, the other takes prompts with the name at the end alone",
  ],
  settings: {
    prompts: count(32, "K, prompts"),
    together: count(4, "B, prompts that a step takes"),
    contextLength: count(16, "M, vectors of a prompt"),
    init: words(
      "random",
      "what each prompt starts from: random, N(0, 0.02), or words, with such noise on their embeddings",
    ),
    weight: real(0.1, "λ of the likeness of prompts without class names"),
  },
  presets: {
    paper: {
      table: "ProDA's equations; its rows in others' base-to-new tables",
      settings: {},
      training: () => ({
        epochs: 100,
        batchSize: 20,
        rate: 0.001,
        warmupEpochs: 1,
        warmupRate: 1e-5,
      }),
      backbone: "RN50",
      deviations: [
        float32,
        "the authors' code is not in a public repository: K, B, M and the schedule are those of public copies of it (their batch is 4 and their warm-up 5 epochs long), and no step was held to published code",
        "λ is 0.1; of the two public copies one has 1, the other computes the term and leaves it out",
        "each step draws its B prompts from all K anew; the copies go through all K in turn",
      ],
    },
  },
  needs: { pixels: false, features: true },
  learner: prodaLearner,
};
