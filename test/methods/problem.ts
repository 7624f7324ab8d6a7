/** One small problem that every method can learn: three classes of striped images, for a tiny random CLIP. */

import { type Clip, disposeClip, encodeImages } from "../../lib/clip/mod.ts";
import { disposeReplaced } from "../../lib/engine/mod.ts";
import {
  type Batch,
  type Learner,
  made,
  method,
  resolveSettings,
  type State,
  type Task,
} from "../../lib/methods/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import {
  dispose,
  keep,
  readSync,
  tensor,
  type Tensors,
  tidy,
  useBackend,
} from "../../lib/tensor/mod.ts";
import { tinyClip, uniform } from "../tiny_clip.ts";

/** Settings that fit two layers, for the methods that have them. */
const small: Record<string, unknown> = {
  depth: 2,
  textDepth: 2,
  imageDepth: 2,
  contextLength: 4,
  init: "a photo of a",
  tolerance: 1e-3,
  layer: 2,
  layers: [1, 2],
  firstBlock: 1,
  lastBlock: 2,
  noise: 0,
  beta: 5.5,
  views: 2,
  together: 32, // of ProDA: every step has all prompts
};

/** A task, and a batch of it. */
export interface Problem {
  task: Task;
  batch: Batch;
  dispose(): void;
}

/** The problem with images drawn from a seed, for a CLIP of so many layers; on wasm, or the backend that is in use already. */
export async function problem(
  kind: Clip["image"]["kind"] = "vit",
  seed = 1,
  layers = 2,
  inUse = false,
): Promise<Problem> {
  if (!inUse) await useBackend("wasm");
  const clip = tinyClip({ kind, layers, textLayers: layers, seed: 5 });
  const classNames = ["tabby_cat", "737-800", "yin yang"];
  const { imageSize } = clip.config;
  const labels = [0, 1, 2, 0, 1, 2];
  const next = uniform(seed);
  const stripes = Float32Array.from({ length: labels.length * imageSize ** 2 * 3 }, (_, at) => {
    const label = labels[Math.floor(at / (imageSize ** 2 * 3))]!;
    const column = Math.floor(at / 3) % imageSize;
    return Math.sin(column * (label + 1) / 3) + 0.3 * next();
  });
  const pixels = keep(tensor(stripes, [labels.length, imageSize, imageSize, 3]));
  const features = keep(tidy(() => encodeImages(clip, pixels)));
  return {
    task: { clip, classNames, template: "a photo of a {}." },
    batch: { labels, pixels, features },
    dispose() {
      dispose([pixels, features]);
      disposeClip(clip);
    },
  };
}

/** A method's learner for the problem, with settings that fit it. */
export function learnerOf(
  { task }: Problem,
  name: string,
  changes: Record<string, unknown> = {},
): Learner {
  const chosen = method(name);
  const fitting = Object.entries(small).filter(([key]) => Object.hasOwn(chosen.settings, key));
  return chosen.learner(task, resolveSettings(chosen, Object.fromEntries(fitting), changes));
}

/** A batch with only what the method says it needs. */
export function needed(name: string, { labels, pixels, features }: Batch): Batch {
  const { needs } = method(name);
  return { labels, ...needs.pixels && { pixels }, ...needs.features && { features } };
}

/** What training gave. */
export interface Trained {
  state: State;
  losses: number[];
}

/** Trains some steps, as the engine does, or solves. */
export async function train(
  learner: Learner,
  batch: Batch,
  { steps, seed = 1, rate = 0.002, all = batch }: {
    steps: number;
    seed?: number;
    rate?: number;
    /** All training images, where they are more than the batch. */
    all?: Batch;
  },
): Promise<Trained> {
  const random = streams(seed);
  const params = await begin(learner, all, seed);
  let state: State = { params, optimiser: tidy(() => learner.optimiser?.init(params) ?? {}) };
  const losses: number[] = [];
  if (learner.solve) {
    const solved = { params: await made(() => learner.solve!(batch, batch)), optimiser: {} };
    disposeReplaced(state, solved);
    return { state: solved, losses };
  }
  for (let step = 0; learner.step && step < steps; step++) {
    const draws = learner.draw?.(batch.labels, random);
    const before = state;
    state = tidy(() => {
      const { state: after, loss } = learner.step!(before, batch, { rate, draws });
      losses.push(readSync(loss)[0]!);
      return after;
    });
    disposeReplaced(before, state);
  }
  if (!learner.choose) return { state, losses };
  const chosen = { ...state, params: await made(() => learner.choose!(state.params, batch)) };
  disposeReplaced(state, chosen);
  return { state: chosen, losses };
}

/** Parameters to start from, gathered of a batch as if it were all there is to train on. */
export async function begin(learner: Learner, batch: Batch, seed: number): Promise<Tensors> {
  const drawn = tidy(() => learner.init(streams(seed)));
  if (!learner.gather) return drawn;
  const seen = Array.from({ length: learner.views ?? 0 }, () => batch);
  const params = await made(() => learner.gather!(drawn, seen, batch));
  dispose(Object.values(drawn).filter((x) => !Object.values(params).includes(x)));
  return params;
}

/** Copies of all numbers of a state, by name. */
export function numbers(state: State): Record<string, number[]> {
  const groups = [state.params, state.optimiser, state.extra ?? {}];
  return Object.fromEntries(
    groups.flatMap((group, i) =>
      Object.entries(group).map(([name, x]) => [`${i}/${name}`, [...readSync(x)]])
    ),
  );
}
