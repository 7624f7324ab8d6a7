/**
 * One training to look into: a method on a few-shot set, in the settings of the paper's preset but for what is said.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import type { LoadedDataset } from "../datasets/mod.ts";
import {
  fitMethod,
  type Fitted,
  type Metrics,
  openImages,
  resolveOn,
  type RunOptions,
  taskOf,
  type TrainOptions,
} from "../engine/mod.ts";
import { type Method, method, type Resolved, type Task } from "../methods/mod.ts";
import { read } from "../tensor/mod.ts";

/** What is trained, and on what. */
export interface Study
  extends Pick<TrainOptions, "preset" | "settings" | "training" | "seed" | "views"> {
  /** The CLIP. */
  clip: Clip;
  /** The few-shot set to train on, as `fewShot` gives it; its base half where new classes are tested. */
  dataset: LoadedDataset;
  /** What to test on afterwards, by name: `{ base, new }`. */
  tests?: Record<string, LoadedDataset>;
}

/** A finished training. */
export interface Trained
  extends Resolved, Pick<Fitted, "learner" | "state" | "epochs">, Disposable {
  /** What the method was set up for. */
  task: Task;
  /** By the names of the study's tests. */
  metrics: Record<string, Metrics>;
}

/** How a training is looked at. */
export type Look = Pick<RunOptions, "watch" | "around" | "needs">;

/** What a study comes to before it is trained: the method, what it is set up for, settings and training. */
export function resolveStudy(by: string | Method, study: Study): Resolved & { task: Task } {
  const chosen = typeof by === "string" ? method(by) : by;
  const { clip, dataset, preset, settings, training, views } = study;
  return {
    ...resolveOn(chosen, clip, dataset, { preset, settings, training, views }),
    task: taskOf(dataset, clip),
  };
}

/**
 * Trains, and tests. The caller frees the outcome: `using trained = await trainStudy("coop", { clip, dataset })`.
 *
 * @throws {UserError} as `fit` does
 */
export async function trainStudy(
  by: string | Method,
  study: Study,
  look: Look = {},
): Promise<Trained> {
  const resolved = resolveStudy(by, study);
  const { clip, dataset, seed, tests = {} } = study;
  using images = openImages(clip, { workers: 0 });
  const fitted = await fitMethod(resolved, dataset, { ...look, images, seed });
  const metrics: Record<string, Metrics> = {};
  try {
    for (const [name, other] of Object.entries(tests)) {
      metrics[name] = (await fitted.test(other)).metrics;
    }
  } catch (error) {
    fitted[Symbol.dispose]();
    throw error;
  }
  const { learner, state, epochs } = fitted;
  // What was read once can be read at once, also from a GPU.
  await Promise.all(Object.values(state.params).map(read));
  return {
    ...{ ...resolved, learner, state, epochs, metrics },
    [Symbol.dispose]: () => fitted[Symbol.dispose](),
  };
}

/** Test accuracies by name, in percent. */
export function accuracies({ metrics }: Pick<Trained, "metrics">): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, { accuracy }]) => [name, accuracy]),
  );
}
