/**
 * MMA: adapters beside the later blocks of both towers, with a middle layer that both share (Yang et al. 2024, section
 * 3.2): what leaves a block is its output + s·up(relu(S·relu(down(norm(x)))))), x what entered it, norm its first.
 *
 * The published code has a layer that takes the factor s out of the adapters' gradients; it stays in what they add.
 *
 * @module
 */
import {
  type BlockHook,
  disposeLayout,
  type Hook,
  layOut,
  tokenSlots,
  type VisionTransformer,
  wholeNorm,
} from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import {
  add,
  centre,
  isTracked,
  mapTensors,
  matMul,
  relu,
  scale,
  type Tensor,
  type Tensors,
  unitLength,
  zeros,
} from "../tensor/mod.ts";
import { spoken } from "./context.ts";
import { hookedImages, hookedTexts } from "./hooked.ts";
import { kaimingStart } from "./initial.ts";
import type { Method, Task } from "./method.ts";
import { mmaPaper } from "./papers.ts";
import { count, layers, real, words } from "./settings.ts";
import { type ImageSide, minimise, type Rule, student, type TextSide, trained } from "./student.ts";
import { float32 } from "./training.ts";
import { promptWidth } from "./visual_prompts.ts";
import type { Streams } from "../random/mod.ts";

/** MMA's settings. */
export interface MmaSettings {
  /** The first block with an adapter, from 1; 0 is before the first block. */
  firstBlock: number;
  /** The last block with an adapter, from 1. */
  lastBlock: number;
  /** The width of an adapter's middle layer. */
  dimension: number;
  /** s, the factor on what an adapter adds. */
  scale: number;
  /** The words before a class name. */
  words: string;
}

type Side = "text" | "image";

const places = ({ firstBlock, lastBlock }: MmaSettings) =>
  Array.from({ length: lastBlock - firstBlock + 1 }, (_, i) => firstBlock + i);

function affine(x: Tensor, params: Tensors, name: string): Tensor {
  return add(matMul(x, params[`${name}.weight`]!, false, true), params[`${name}.bias`]!);
}

/** s·up(relu(S·relu(down(x)))), [rows, width]. */
function adapter(params: Tensors, x: Tensor, side: Side, place: number, by: MmaSettings): Tensor {
  const down = relu(affine(x, params, `${side}.${place}.down`));
  const shared = relu(affine(down, params, `shared.${place}`));
  return scale(affine(shared, params, `${side}.${place}.up`), by.scale);
}

/** The adapters of a tower's blocks; the one before the first block is not among them. */
function hookOf(params: Tensors, side: Side, task: Task, by: MmaSettings): Hook {
  const tower = side === "text" ? task.clip.text : task.clip.image as VisionTransformer;
  return (layer): BlockHook | undefined => {
    const place = layer + 1;
    if (place < by.firstBlock || place > by.lastBlock) return;
    return {
      tracked: isTracked(params[`shared.${place}.weight`]!),
      leave(before, after) {
        const width = before.shape[1]!;
        const normed = wholeNorm(
          unitLength(before, tower.epsilon * width),
          tower.blocks[layer]!.norms.attention,
        );
        return add(after, centre(adapter(params, normed, side, place, by)));
      },
    };
  };
}

function start(random: Streams, name: string, outputs: number, inputs: number): Tensors {
  return {
    [`${name}.weight`]: kaimingStart(random, [outputs, inputs]),
    [`${name}.bias`]: zeros([outputs]),
  };
}

function sideStart(random: Streams, side: Side, width: number, by: MmaSettings): Tensors {
  return Object.assign(
    {},
    ...places(by).map((place) => ({
      ...start(random, `${side}.${place}.down`, by.dimension, width),
      ...start(random, `${side}.${place}.up`, width, by.dimension),
    })),
  );
}

function textSide(task: Task, by: MmaSettings): TextSide {
  const { clip, classNames } = task;
  const written = classNames.map((name) => `${by.words} ${spoken(name)}.`);
  const texts = hookedTexts(task, written);
  // The adapter before the first block sees tokens without their positions.
  const unplaced = new Float32Array(clip.text.positions.length);
  const bare = by.firstBlock === 0
    ? layOut(tokenSlots(clip, written), 0, 1, { ...clip.text, positions: unplaced })
    : undefined;
  return {
    init: (random) => ({
      ...sideStart(random, "text", clip.text.width, by),
      ...Object.assign(
        {},
        ...places(by).map((place) => start(random, `shared.${place}`, by.dimension, by.dimension)),
      ),
    }),
    features: (params) =>
      texts.features(params, (own) => ({
        hook: hookOf(own, "text", task, by),
        entering: bare && adapter(own, bare.frozen, "text", 0, by),
      })),
    dispose() {
      texts.dispose();
      if (bare) disposeLayout(bare);
    },
  };
}

function imageSide(task: Task, by: MmaSettings): ImageSide {
  const width = promptWidth(task, by.lastBlock);
  return {
    init: (random) => sideStart(random, "image", width, by),
    features: (params, batch) =>
      hookedImages(task, batch, {
        hook: hookOf(params, "image", task, by),
        entering: by.firstBlock === 0
          ? (rows) => add(rows, adapter(params, rows, "image", 0, by))
          : undefined,
      }),
  };
}

/** The gradients without the factor s; before the first block it stays. */
function unscaled(rule: Rule, by: MmaSettings): Rule {
  return (params, batch, context) => {
    const descent = rule(params, batch, context);
    const gradients = mapTensors(
      descent.gradients,
      (gradient, name) => name.includes(".0.") ? gradient : scale(gradient, 1 / by.scale),
    );
    return { ...descent, gradients };
  };
}

/** The method MMA: adapters beside the later blocks of both towers, with a shared middle layer. */
export const mma: Method<MmaSettings> = {
  name: "mma",
  module: import.meta.url,
  title: "MMA",
  paper: mmaPaper,
  learned: "adapters beside the later blocks of both towers, whose middle layer both share",
  traps: [
    "the paper is not on arXiv: 2409.02958, which lists give for it, is another one of nearly the same title",
    "s is taken out of the adapters' gradients by a layer of the published code: without it the rate would be a thousand times too small",
  ],
  settings: {
    firstBlock: layers(
      5,
      "the first block with an adapter, from 1; 0 is before the first block",
      "both",
      0,
    ),
    lastBlock: layers(12, "the last block with an adapter", "both"),
    dimension: count(32, "numbers that an adapter goes through"),
    scale: real(0.001, "s, what an adapter's output is multiplied by", 1e-12),
    words: words("a photo of a", "the words before a class name"),
  },
  presets: {
    paper: {
      table: "MMA's base-to-new table",
      settings: {},
      training: (_, dataset) => ({
        epochs: 5,
        batchSize: dataset === "imagenet" ? 128 : 16,
        rate: 0.0015,
        warmupEpochs: 0,
        warmupRate: 0,
      }),
      backbone: "ViT-B/16",
      deviations: [
        float32,
        "text features are computed anew at every evaluation; the published code keeps those of the first",
      ],
    },
  },
  needs: { pixels: true, features: false },
  learner(task, settings) {
    const { firstBlock, lastBlock } = settings;
    const { name, text } = task.clip;
    if (firstBlock > lastBlock || lastBlock > text.layers) {
      throw new UserError(
        `mma's adapters from block ${firstBlock} to ${lastBlock} do not fit ${name}, whose text tower has ${text.layers}: set firstBlock and lastBlock`,
      );
    }
    const by = student(task, textSide(task, settings), imageSide(task, settings));
    const rule = minimise((params, batch, { observe }) => by.answer(params, batch, observe));
    return trained(by, unscaled(rule, settings));
  },
};
