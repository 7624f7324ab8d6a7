/**
 * One training to look into: a method on a few-shot set, in the settings of the paper's preset but for what is said.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import type { LoadedDataset } from "../datasets/mod.ts";
import {
  disposeState,
  type EpochRecord,
  evaluate,
  fit,
  type Images,
  type Metrics,
  openImages,
  type SetUp,
  setUp,
  taskOf,
  type TrainOptions,
  type Watch,
} from "../engine/mod.ts";
import type { Learner, Method, State } from "../methods/mod.ts";
import { streams } from "../random/mod.ts";

/** What is trained, and on what. */
export interface Study extends Pick<TrainOptions, "preset" | "settings" | "training" | "seed"> {
  /** The CLIP. */
  clip: Clip;
  /** The few-shot set to train on, as `fewShot` gives it; its base half where new classes are tested. */
  dataset: LoadedDataset;
  /** Fixed views of each image instead of new crops in every epoch. */
  views?: number;
  /** What to test on afterwards, by name: `{ base, new }`. */
  tests?: Record<string, LoadedDataset>;
}

/** A finished training. */
export interface Trained extends SetUp, Disposable {
  /** The method, set up. */
  learner: Learner;
  /** What was learned; freed with the rest. */
  state: State;
  /** The epochs, first to last. */
  epochs: EpochRecord[];
  /** By the names of the study's tests. */
  metrics: Record<string, Metrics>;
}

/** How a training is looked at. */
export interface Look {
  /** Who looks on. */
  watch?: Watch;
  /** Puts something around the learner, such as a probe of every step. */
  around?(learner: Learner): Learner;
  /** What the batches hold besides what the method reads. */
  needs?: Method["needs"];
}

/**
 * Trains, and tests. The caller frees the outcome: `using trained = await trainStudy("coop", { clip, dataset })`.
 *
 * @throws {UserError} as `fit` does
 */
export async function trainStudy(name: string, study: Study, look: Look = {}): Promise<Trained> {
  const setup = setUp(name, study.clip, study.dataset, study);
  const { method, task, settings, training } = setup;
  const { dataset } = study;
  using images = openImages(study.clip, { workers: 0 });
  const learner = method.learner(task, settings);
  const epochs: EpochRecord[] = [];
  const state = await fit(look.around?.(learner) ?? learner, {
    items: dataset.train,
    validation: dataset.val,
    needs: {
      pixels: method.needs.pixels || (look.needs?.pixels ?? false),
      features: method.needs.features || (look.needs?.features ?? false),
    },
    training,
    images,
    random: streams(study.seed ?? 1),
    views: study.views,
    watch: look.watch,
    onEpoch: (epoch) => epochs.push(epoch),
  });
  const trained = {
    ...setup,
    learner,
    state,
    epochs,
    metrics: {},
    [Symbol.dispose]() {
      disposeState(state);
      learner.dispose();
    },
  };
  return { ...trained, metrics: await test(trained, study, images) };
}

async function test(
  { method, settings, state }: SetUp & { state: State },
  { clip, tests = {} }: Study,
  images: Images,
): Promise<Record<string, Metrics>> {
  const found: Record<string, Metrics> = {};
  for (const [name, dataset] of Object.entries(tests)) {
    const learner = method.learner(taskOf(dataset, clip), settings);
    const { needs } = method;
    found[name] = (await evaluate(learner, state.params, dataset.test, { needs, images })).metrics;
    learner.dispose();
  }
  return found;
}

/** Test accuracies by name, in percent. */
export function accuracies({ metrics }: Pick<Trained, "metrics">): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, { accuracy }]) => [name, accuracy]),
  );
}
