/**
 * One run of a method: fit, test, predict, trace, free. What `train`, the studies and the cells of a grid all do.
 *
 * @module
 */
import type { Item, LoadedDataset } from "../datasets/mod.ts";
import { type Learner, type Resolved, type State, statisticsOf } from "../methods/mod.ts";
import {
  callback,
  checkOptions,
  fields,
  flag,
  type Kinds,
  listOf,
  whole,
} from "../options_given.ts";
import { streams } from "../random/mod.ts";
import { type Asked, measuring } from "./asked.ts";
import { evaluate, type Evaluation, logitsOf } from "./evaluate.ts";
import { fit, type FitOptions } from "./fit.ts";
import type { Images } from "./images.ts";
import type { EpochRecord } from "./record.ts";
import { taskOf } from "./setup.ts";
import { disposeState } from "./state.ts";

/** How a run goes, beside what was resolved. */
export interface RunOptions extends
  Pick<
    FitOptions,
    "onStep" | "onEpoch" | "onResume" | "checkpoint" | "watch" | "observe" | "place"
  > {
  /** Reads and encodes images, for a CLIP. */
  images: Images;
  /** Seed of all random draws. Default 1. */
  seed?: number | undefined;
  /** Images that something is chosen on, where the method chooses; the data set's validation images by default. */
  validation?: Item[];
  /** Whether epoch records hold statistics of the gradients. Default false. */
  gradients?: boolean;
  /** Accuracies that are to be measured while it runs. */
  asked?: Asked | undefined;
  /** Puts something around the learner while it is fitted, such as a probe of every step. */
  around?(learner: Learner): Learner;
  /** What batches hold besides what the method reads. */
  needs?: FitOptions["needs"];
}

const kinds: Kinds<RunOptions> = {
  images: fields,
  seed: whole(),
  validation: listOf(fields),
  gradients: flag,
  asked: fields,
  around: callback,
  needs: fields,
  onStep: callback,
  onEpoch: callback,
  onResume: callback,
  checkpoint: fields,
  place: fields,
  watch: fields,
  observe: callback,
};

/** What a run came to. Dispose of it to free its tensors; the images stay the caller's. */
export interface Fitted extends Disposable {
  /** The method, set up for the classes that it was fitted to. */
  readonly learner: Learner;
  /** The trained parameters, and the optimiser's state. */
  readonly state: State;
  /** The records of the epochs, first to last. */
  readonly epochs: EpochRecord[];
  /** The number of trainable parameters. */
  readonly parameters: number;
  /** Measures on the test images of a data set: the one fitted to, its new classes, or any other. */
  test(data: LoadedDataset, onBatch?: (done: number, total: number) => void): Promise<Evaluation>;
  /** The logits of image files for the classes that it was fitted to, row by row, [images · classes]. */
  logits(images: string[]): Promise<Float32Array>;
}

/** The images that something is chosen on: none where the method chooses nothing under its settings. */
export function validationOf(
  { method, settings }: Pick<Resolved, "method" | "settings">,
  { val, test }: LoadedDataset,
): Item[] {
  const on = method.selects?.(settings);
  return on === "test" ? test : on ? val : [];
}

/**
 * Fits a method to the training images of a data set.
 *
 * @throws {UserError} as {@linkcode fit} does; nothing is left behind
 */
export async function fitMethod(
  resolved: Resolved,
  data: LoadedDataset,
  options: RunOptions,
): Promise<Fitted> {
  checkOptions("fitMethod", options, kinds, { needed: ["images"] });
  const { method, settings, training, views, crops } = resolved;
  const { images, seed = 1, gradients, asked, around, onEpoch, ...told } = options;
  const reading = { needs: method.needs, images };
  const epochs: EpochRecord[] = [];
  using measured = asked && measuring(resolved, data, asked, images);
  const learner = method.learner(taskOf(data, images.clip), settings);
  const state = await fit(around?.(learner) ?? learner, {
    ...{ ...told, images, training, views, crops },
    measure: measured?.after,
    items: data.train,
    validation: options.validation ?? validationOf(resolved, data),
    needs: {
      pixels: method.needs.pixels || (options.needs?.pixels ?? false),
      features: method.needs.features || (options.needs?.features ?? false),
    },
    random: streams(seed),
    statistics: gradients ? statisticsOf(method) : undefined,
    onEpoch(epoch) {
      epochs.push(epoch);
      onEpoch?.(epoch);
    },
  }).catch((error) => {
    learner.dispose();
    throw error;
  });
  return {
    ...{ learner, state, epochs },
    parameters: Object.entries(state.params)
      .filter(([name]) => !learner.still?.includes(name))
      .reduce((n, [, x]) => n + x.size, 0),
    async test(other, onBatch) {
      const tested = method.learner(taskOf(other, images.clip, data), settings);
      try {
        return await evaluate(tested, state.params, other.test, { ...reading, onBatch });
      } finally {
        tested.dispose();
      }
    },
    logits: (paths) => logitsOf(learner, state.params, paths, reading),
    [Symbol.dispose]() {
      disposeState(state);
      learner.dispose();
    },
  };
}
