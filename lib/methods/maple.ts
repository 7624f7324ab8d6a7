/**
 * MaPLe: deep text prompts, and visual prompts that are linear maps of them (Khattak et al. 2023, section 3.2).
 *
 * @module
 */
import { add, matMul, type Tensors } from "../tensor/mod.ts";
import { contextSettings, learnedContext } from "./context.ts";
import { linearStart } from "./initial.ts";
import type { Method, Task } from "./method.ts";
import { maplePaper } from "./papers.ts";
import { count, layers, words } from "./settings.ts";
import { byCrossEntropy, type ImageSide, type Prompting, student } from "./student.ts";
import { float32 } from "./training.ts";
import { promptedFeatures, promptWidth } from "./visual_prompts.ts";

/** MaPLe's settings. */
export interface MapleSettings {
  /** How many learned context vectors each layer with prompts has. */
  tokens: number;
  /** How many of the first layers of both towers have prompts of their own; 1 is the input alone. */
  depth: number;
  /** The words whose embeddings the text context is initialised with. */
  init: string;
}

/**
 * Visual prompts W_i·P_i + b_i of the text prompts P_i, with W_i in `image.i.weight`, [width, text width], and b_i in
 * `image.i.bias`. The deep layers' W and b are initialised as copies of one another, as published.
 */
function coupledPrompts(task: Task, depth: number): ImageSide {
  const width = promptWidth(task, depth);
  const textWidth = task.clip.text.width;
  const layers = Array.from({ length: depth }, (_, i) => i);
  return {
    init(random) {
      const start = (): Tensors => ({
        weight: linearStart(random, [width, textWidth], textWidth),
        bias: linearStart(random, [width], textWidth),
      });
      const [first, deep] = [start(), start()];
      return Object.fromEntries(layers.flatMap((i) => {
        const { weight, bias } = i === 0 ? first : deep;
        return [[`image.${i}.weight`, weight!.clone()], [`image.${i}.bias`, bias!.clone()]];
      }));
    },
    features: promptedFeatures(
      task,
      (params) =>
        layers.map((i) =>
          add(
            matMul(params[`text.${i}`]!, params[`image.${i}.weight`]!, false, true),
            params[`image.${i}.bias`]!,
          )
        ),
    ),
  };
}

/** MaPLe's prompts. */
export const maplePrompting: Prompting<MapleSettings> = {
  name: "maple",
  title: "MaPLe",
  learned: "text context, deep text prompts, and a linear map of each to visual prompts",
  settings: {
    tokens: count(2, "prompts in each layer; of init's words the first so many are learned"),
    depth: layers(9, "J, layers with prompts in either tower", "both"),
    init: words("a photo of a", contextSettings.init.about),
  },
  needs: { pixels: true, features: false },
  student(task, { tokens, depth, init }) {
    const image = coupledPrompts(task, depth);
    const text = learnedContext(task, {
      contextLength: tokens,
      init,
      classTokenPosition: "end",
      classSpecific: false,
    }, depth);
    return student(task, text, image);
  },
};

const transfers = ["cross-dataset", "domain-generalization"];

const baseToNew = {
  table: "MaPLe's rows of ProMetaR's table 1 (base-to-new)",
  settings: {},
  training: () => ({ epochs: 5, batchSize: 4, rate: 0.0035, warmupEpochs: 1, warmupRate: 1e-5 }),
  backbone: "ViT-B/16",
  deviations: [float32],
  published: ({ protocol }: { protocol: string }) => !transfers.includes(protocol),
};

/** The method MaPLe: deep text prompts, and visual prompts that are linear maps of them. */
export const maple: Method<MapleSettings> = byCrossEntropy(maplePrompting, {
  module: import.meta.url,
  paper: maplePaper,
  presets: {
    paper: baseToNew,
    "cross-dataset": {
      ...baseToNew,
      table: "MaPLe's rows of ProMetaR's cross-dataset and domain generalization tables",
      settings: { depth: 3 },
      published: ({ protocol }) => transfers.includes(protocol),
      training: () => ({ ...baseToNew.training(), epochs: 2, rate: 0.0026 }),
    },
  },
});
