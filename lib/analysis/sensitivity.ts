/**
 * How much of a difference between seeds is rounding alone: the same training from initialisations that are a rounding
 * error apart.
 *
 * Training may be chaotic: at too high a learning rate the accuracies from two initialisations that agree to 1e-6 end
 * points apart, and so do those of two backends, or of two implementations. Seeds then say little about a method. The
 * final accuracy is taken on validation images, so that a recipe may be chosen by it.
 *
 * @module
 */
import { baseNew, fewShot, type LoadedDataset } from "../datasets/mod.ts";
import { fitMethod, type Images, openImages, resolveOn, type TrainOptions } from "../engine/mod.ts";
import type { Clip } from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import { callback, fields, listOf, number, oneOf, whole } from "../options_given.ts";
import {
  type Learner,
  type Method,
  method,
  recordedSettings,
  type Resolved,
  toldOf,
} from "../methods/mod.ts";
import { type Random, streams } from "../random/mod.ts";
import { type MeasuredRounding, type Spreads, summarize } from "../results/mod.ts";
import { checkStudy } from "./study.ts";
import {
  add,
  dispose,
  mapTensors,
  mean,
  mul,
  scale,
  sqrt,
  square,
  type Tensor,
  type Tensors,
  tidy,
  wrap,
} from "../tensor/mod.ts";

/** What is trained, and how often. */
export interface SensitivityOptions
  extends Pick<TrainOptions, "preset" | "settings" | "training" | "views" | "crops"> {
  /** The CLIP. */
  clip: Clip;
  /** The whole data set, validation images included. */
  dataset: LoadedDataset;
  /** Training images of each class. Default 16. */
  shots?: number;
  /** The classes trained on. `base`, the first half, is measured on both halves. Default `all`. */
  classes?: "all" | "base";
  /** The seeds that are trained with. Default 1 to 5. */
  seeds?: readonly number[];
  /** How many nudged initialisations of the first seed are trained from. Default 8. */
  starts?: number;
  /** The size of a nudge, as a share of a parameter's root mean square. Default 1e-6. */
  nudge?: number;
  /** Reads images; else it is done here. */
  images?: Images;
  /** Called after each of the trainings. */
  onRun?(at: { done: number; of: number }): void;
}

/** What it takes beside what every study does. */
const own = {
  shots: whole(1),
  classes: oneOf(["all", "base"]),
  seeds: listOf(whole(), 1),
  starts: whole(),
  nudge: number(0),
  images: fields,
  crops: number(0.08, 1),
  onRun: callback,
};

/** Validation accuracies in percent, of one part of the classes. */
export interface Spread extends Spreads {
  /** Of so many images is each of the accuracies: one of them is the least that two can differ by. */
  images: number;
  /** The accuracy with each seed, in their order. */
  bySeed: number[];
  /** The accuracy from each nudged initialisation of the first seed. */
  byStart: number[];
}

/** How sensitive a training is. */
export interface Sensitivity extends MeasuredRounding {
  /** The accuracies on `all` classes, or on `base` and `new` ones. */
  parts: Record<string, Spread>;
  /** Whether all parts are steady. */
  steady: boolean;
}

/**
 * Trains from several seeds, and from several nudged initialisations of the first.
 *
 * @throws {UserError} on an option that does not exist, if nothing is trained step by step, or without validation images
 *
 * @example
 * ```ts
 * import { dataset, loadClip, useBackend } from "@plumbline/plumbline";
 * import { sensitivity } from "@plumbline/plumbline/analysis";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const root = await Deno.makeTempDir();
 * const { parts } = await sensitivity("coop", {
 *   clip: await loadClip("pocket"),
 *   dataset: await dataset("pocket-tiles").load(root),
 *   shots: 1,
 *   training: { epochs: 1 },
 *   seeds: [1, 2],
 *   starts: 2,
 * });
 * assert.equal(parts.all!.byStart.length, 2);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function sensitivity(
  by: string | Method,
  options: SensitivityOptions,
): Promise<Sensitivity> {
  const chosen = typeof by === "string" ? method(by) : by;
  checkStudy("sensitivity", chosen, options, own);
  const { clip, dataset, shots = 16, classes = "all", seeds = [1, 2, 3, 4, 5] } = options;
  const { starts = 8, nudge = 1e-6, onRun } = options;
  if (dataset.val.length === 0) {
    throw new UserError(`${dataset.title} has no validation images to measure sensitivity on`);
  }
  const opened = options.images ? undefined : openImages(clip, { workers: 0 });
  const images = options.images ?? opened!;
  const found: Record<string, Pick<Spread, "images" | "bySeed" | "byStart">> = {};
  const of = seeds.length + starts;
  let done = 0;
  let settings: Record<string, unknown> = {};
  const once = async (seed: number, list: "bySeed" | "byStart", nudged?: number) => {
    const few = fewShot(dataset, shots, seed);
    const trainedOn = classes === "all" ? few : baseNew(few).base;
    const resolved: Resolved = resolveOn(chosen, clip, trainedOn, toldOf(options));
    settings = recordedSettings(resolved);
    using fitted = await fitMethod(resolved, trainedOn, {
      ...{ images, seed },
      around: (learner) => {
        if (learner.step) {
          return nudged === undefined ? learner : fromNudged(learner, nudge, nudged);
        }
        learner.dispose();
        throw new UserError(
          `${chosen.title} is not trained step by step: it has no start to nudge`,
        );
      },
    });
    const whole = classes === "all" ? { all: dataset } : baseNew(dataset);
    for (const [name, part] of Object.entries(whole)) {
      found[name] ??= { images: part.val.length, bySeed: [], byStart: [] };
      const { metrics } = await fitted.test({ ...part, test: part.val });
      found[name][list].push(metrics.accuracy);
    }
    onRun?.({ done: ++done, of });
  };
  try {
    for (const seed of seeds) await once(seed, "bySeed");
    for (let start = 1; start <= starts; start++) await once(seeds[0]!, "byStart", start);
  } finally {
    opened?.[Symbol.dispose]();
  }
  const parts = Object.fromEntries(
    Object.entries(found).map(([name, values]) => [name, spreadOf(values)]),
  );
  const steady = Object.values(parts).every((part) => part.steady);
  return {
    ...{ method: chosen.name, dataset: dataset.name, shots, nudge, clip: clip.sha256, settings },
    ...{ parts, steady },
  };
}

/** With the deviations of its accuracies, and whether they are steady. Of equal ones it is 0, whatever their mean is rounded to. */
export function spreadOf<T extends Pick<Spread, "bySeed" | "byStart">>(values: T): T & Spreads {
  const deviation = (values: number[]) =>
    values.every((value) => value === values[0]) ? 0 : summarize(values).sd ?? 0;
  const [seeds, starts] = [deviation(values.bySeed), deviation(values.byStart)];
  return { ...values, seeds, starts, steady: starts === 0 || starts < seeds / 2 };
}

/**
 * The learner, whose initial parameters are each off by normal draws of `size` times their root mean square: those that it
 * draws, or makes of the training images before the first step; what is set and not trained stays.
 */
export function fromNudged(learner: Learner, size: number, start: number): Learner {
  const random = streams(start)("nudge");
  const { still = [], gather } = learner;
  const nudged = (params: Tensors) =>
    mapTensors(params, (x, name) => still.includes(name) ? x : offBy(x, size, random));
  if (!gather) return { ...learner, init: (of) => nudged(learner.init(of)) };
  return {
    ...learner,
    gather(...given) {
      const found = gather(...given);
      if (typeof found !== "function") return nudged(found);
      return async () => {
        const params = await found();
        const moved = tidy(() => nudged(params));
        dispose(
          Object.keys(params).filter((name) => moved[name] !== params[name])
            .map((name) => params[name]),
        );
        return moved;
      };
    },
  };
}

/** On the backend itself, which may have no way to read at once. */
function offBy(x: Tensor, size: number, random: Random): Tensor {
  const draws = Float32Array.from({ length: x.size }, () => random.gauss(0, 1));
  return add(x, mul(wrap(draws, x.shape), scale(sqrt(mean(square(x))), size)));
}
