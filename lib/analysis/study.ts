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
import {
  type Method,
  method,
  misplaced,
  type Resolved,
  type Task,
  toldKinds,
  toldOf,
} from "../methods/mod.ts";
import { checkOptions, fields, type Kind, type Kinds, whole } from "../options_given.ts";
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
  /** Accuracy and other measures, by the names of the study's tests. */
  metrics: Record<string, Metrics>;
}

/** How a training is looked at. */
export type Look = Pick<RunOptions, "watch" | "around" | "needs">;

const { crops: _, ...told } = toldKinds;

const kinds: Kinds<Study> = {
  ...told,
  seed: whole(),
  clip: fields,
  dataset: fields,
  tests: fields,
};

/**
 * A study as it was given to `call`, looked through.
 *
 * @param own what the call takes beside what every study has
 * @throws {UserError} on what the call does not take, and on a value that can't be
 */
export function checkStudy(
  call: string,
  by: string | Method,
  given: unknown,
  own: Readonly<Record<string, Kind>> = {},
): void {
  const chosen = typeof by === "string" ? method(by) : by;
  const all = { ...kinds, ...own };
  const meant = misplaced(chosen, Object.keys(all));
  checkOptions(call, given, all, { needed: ["clip", "dataset"], meant });
}

/** What a study comes to before it is trained: the method, what it is set up for, settings and training. */
export function resolveStudy(by: string | Method, study: Study): Resolved & { task: Task } {
  checkStudy("a study", by, study);
  const chosen = typeof by === "string" ? method(by) : by;
  const { clip, dataset } = study;
  return { ...resolveOn(chosen, clip, dataset, toldOf(study)), task: taskOf(dataset, clip) };
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
