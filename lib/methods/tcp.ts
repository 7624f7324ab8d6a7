/**
 * TCP: prompts made of each class's own text feature (Yao et al. 2024, equations 4 to 7). A small network turns T_c, the
 * feature of a hand-crafted prompt, into four class-aware tokens, which replace the learned context before a middle block.
 * Loss: CE + w·(1 − mean_c cos(t_c, T_c)).
 *
 * @module
 */
import { filled } from "../templates.ts";
import { context, type Slot, tokenSlots } from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import { adam } from "../optim/mod.ts";
import {
  add,
  broadcastTo,
  matMul,
  mul,
  reshape,
  scale,
  sigmoid,
  type Tensor,
  type Tensors,
  unitLength,
} from "../tensor/mod.ts";
import { encodeClasses } from "./class_parts.ts";
import { spoken } from "./context.ts";
import { gaussian, linearStart, tokenVectors } from "./initial.ts";
import { labelLoss, meanCosine } from "./losses.ts";
import type { Method, Observer, Task } from "./method.ts";
import { tcpPaper } from "./papers.ts";
import { layers, real, words } from "./settings.ts";
import {
  frozenImages,
  type Lazy,
  lazy,
  minimise,
  owning,
  student,
  type TextSide,
  trained,
} from "./student.ts";
import { float32 } from "./training.ts";
import { templateFeatures } from "./zero_shot.ts";

/** TCP's settings. */
export interface TcpSettings {
  /** The prompt, whose first four tokens are learned. */
  prompt: string;
  /** What these four tokens are initialised with: `random`, N(0, 0.02), or the embeddings of words. */
  init: string;
  /** The block before which class-aware tokens come in, from 1. */
  layer: number;
  /** w, the weight of the distance to the hand-crafted prompts' features. */
  weight: number;
}

/** Tokens that are learned. The published code has as many as the network gives. */
const TOKENS = 4;

/** SOS, four learned tokens of each class's own, and what the prompt goes on with. */
function prompts({ clip, classNames }: Task, prompt: string): Slot[][] {
  const texts = classNames.map((name) => filled(prompt, spoken(name)));
  return tokenSlots(clip, texts).map((row, c) => [
    row[0]!,
    ...Array.from({ length: TOKENS }, (_, i) => context(c * TOKENS + i)),
    ...row.slice(1 + TOKENS),
  ]);
}

/** P_c = L₂·quickGelu(L₁·T_c), [classes · 4, width]. */
function classAware(params: Tensors, texts: Tensor): Tensor {
  const layer = (x: Tensor, name: string) =>
    add(matMul(x, params[`${name}.weight`]!, false, true), params[`${name}.bias`]!);
  const hidden = layer(texts, "class.hidden");
  const gated = mul(hidden, sigmoid(scale(hidden, 1.702)));
  const tokens = layer(gated, "class.output");
  return reshape(tokens, [texts.shape[0]! * TOKENS, tokens.shape[1]! / TOKENS]);
}

function textSide(task: Task, { prompt, init, layer }: TcpSettings, teacher: Lazy): TextSide {
  const { clip, classNames } = task;
  const { embedDim, text: { width } } = clip.config;
  const hidden = Math.floor(embedDim / 4);
  const vectors = classNames.length * TOKENS;
  if (layer > clip.text.layers) {
    throw new UserError(
      `tcp's tokens enter before block ${layer}, and the text tower of ${clip.name} has ${clip.text.layers}: lower layer`,
    );
  }
  if (init !== "random" && clip.tokenizer.encode(init).length < TOKENS) {
    throw new UserError(`tcp learns ${TOKENS} tokens, and "${init}" has fewer: give more words`);
  }
  const encoder = encodeClasses(prompts(task, prompt), vectors, clip.text);
  return {
    init: (random) => ({
      "text.0": init === "random"
        ? gaussian(random, [TOKENS, width])
        : tokenVectors(clip, clip.tokenizer.encode(init).slice(0, TOKENS)),
      "class.hidden.weight": linearStart(random, [hidden, embedDim], embedDim),
      "class.hidden.bias": linearStart(random, [hidden], embedDim),
      "class.output.weight": linearStart(random, [TOKENS * width, hidden], hidden),
      "class.output.bias": linearStart(random, [TOKENS * width], hidden),
    }),
    features(params) {
      const own = classAware(params, teacher());
      return unitLength(encoder.features([params["text.0"]!, own], ([learned, own]) => ({
        contexts: reshape(
          broadcastTo(reshape(learned!, [1, TOKENS, width]), [classNames.length, TOKENS, width]),
          [vectors, width],
        ),
        deep: [...Array<undefined>(layer - 2), own],
      })));
    },
    dispose: encoder.dispose,
  };
}

/** Data sets whose prompt is not the four tokens, the class and a full stop. */
const published: Record<string, string> = {
  oxford_pets: "X X X X {}, a type of pet.",
  oxford_flowers: "X X X X {}, a type of flower.",
  fgvc_aircraft: "X X X X {}, a type of aircraft.",
  dtd: "X X X X {} texture.",
  stanford_cars: "X X X X {}, a type of car",
  food101: "X X X X {}, a type of food.",
  ucf101: "a photo of a person doing {}.",
};

/** The method TCP: class-aware prompts that a small network makes of each class's text feature. */
export const tcp: Method<TcpSettings> = {
  name: "tcp",
  module: import.meta.url,
  title: "TCP",
  paper: tcpPaper,
  learned: "4 text context vectors and a network from each class's text feature to 4 more",
  traps: [
    "Adam's ε is 1e-3, which the published code asks its user to write into Dassl: with 1e-8 its numbers do not come out",
  ],
  settings: {
    prompt: words("X X X X {}.", "the prompt, whose first four tokens are learned"),
    init: words("random", "what these start from: random, N(0, 0.02), or four words"),
    layer: layers(9, "the block, from 1, before which the class-aware tokens come in", "text", 2),
    weight: real(8, "w of the distance to the hand-written prompt's features"),
  },
  presets: {
    paper: {
      table: "TCP's base-to-new table",
      settings: {},
      adjust: ({ dataset }) => {
        const prompt = published[dataset];
        return prompt === undefined ? {} : { prompt };
      },
      training: (_, dataset) => ({
        ...{ epochs: dataset === "imagenet" || dataset === "sun397" ? 25 : 50, batchSize: 32 },
        ...{ rate: 0.002, warmupEpochs: 1, warmupRate: 1e-5 },
      }),
      backbone: "ViT-B/16",
      deviations: [
        "Adam's ε of 1e-3, in the published code a patch to Dassl that its instructions ask for, is built in",
        float32,
      ],
    },
  },
  needs: { pixels: false, features: true },
  learner(task, settings) {
    const teacher = lazy(() => templateFeatures(task.clip, task.classNames, task.template));
    const by = student(task, textSide(task, settings, teacher), frozenImages);
    const loss = (logits: Tensor, texts: Tensor, labels: number[], observe?: Observer) => {
      const [own, away] = [labelLoss(logits, labels), meanCosine(texts, teacher())];
      observe?.("loss/label", own);
      observe?.("distance/cosine", away);
      return add(own, scale(away, settings.weight));
    };
    const rule = minimise(
      (params, batch, { observe }) => by.answer(params, batch, observe),
      ({ logits, texts }, { labels }, { observe }) => loss(logits, texts, labels, observe),
    );
    return owning(trained(by, rule, adam({ eps: 1e-3, decay: 5e-4 })), teacher);
  },
};
