/**
 * What is written down of trained prompts: the trained parameters, and all that is known of how they came about.
 *
 * @module
 */
import { type Clip, clipIdentity } from "../clip/mod.ts";
import type { Item, LoadedDataset } from "../datasets/mod.ts";
import { CLIP_PIXELS } from "../image/mod.ts";
import type { Learner, Method, Task, Training } from "../methods/mod.ts";
import type { MeasuredAccuracy, PromptFile, PromptRecord, PromptWords } from "../prompts/mod.ts";
import { backendName, read, type Tensors } from "../tensor/mod.ts";
import { versions } from "./versions.ts";

/** What is known of how prompts came about. */
export type Origin = Pick<PromptRecord, "data" | "training" | "seed" | "deviations" | "assumed">;

/** Trained prompts, with what it takes to use them. */
export interface Learned {
  /** The method. */
  method: Method;
  /** The classes and the CLIP that it is set up for. */
  task: Task;
  /** Its settings, resolved. */
  settings: Record<string, unknown>;
  /** The trained parameters by name. */
  params: Tensors;
  /** What is known of how they came about. */
  origin: Origin;
  /** Accuracies that were measured with these prompts. */
  measured?: readonly MeasuredAccuracy[];
}

/** How prompts came about that a learner was fitted to a data set for. */
export function originOf(
  learner: Pick<Learner, "step" | "solve" | "gather">,
  data: LoadedDataset,
  { training, seed, deviations }: { training: Training; seed: number; deviations: string[] },
): Origin {
  const { name, title, train, assumed = [] } = data;
  const learned = learner.step || learner.solve || learner.gather;
  return {
    data: learned ? { name, title, images: train.length, shots: mostOfAClass(train) } : null,
    training: learner.step ? { ...training } : null,
    ...{ seed, deviations, assumed: [...assumed] },
  };
}

/** The shots, from what was selected. */
export function mostOfAClass(items: readonly Item[]): number {
  const counts = Map.groupBy(items, ({ label }) => label);
  return Math.max(1, ...[...counts.values()].map(({ length }) => length));
}

/** The record of prompts. */
export function promptRecord(
  { method, settings, task, origin, measured = [] }: Omit<Learned, "params">,
): PromptRecord {
  const { deviations, assumed, ...came } = origin;
  const all = [...new Set([task.clip.assumed ?? [], assumed ?? []].flat())];
  return {
    format: 1,
    method: method.name,
    settings,
    words: wordsOf(task),
    clip: clipOf(task.clip),
    preprocessing: preprocessingOf(task.clip),
    ...{ ...came, deviations, ...all.length > 0 && { assumed: all } },
    backend: backendName(),
    versions: versions(),
    measured: [...measured],
  };
}

/** The file of prompts, in memory. */
export async function promptFile(learned: Learned): Promise<PromptFile> {
  return { record: promptRecord(learned), params: await numbersOf(learned.params) };
}

/** The numbers of the trained parameters. */
async function numbersOf(params: Tensors) {
  const entries = Object.entries(params).map(async ([name, x]) =>
    [name, { shape: x.shape, data: (await read(x)).slice() }] as const
  );
  return Object.fromEntries(await Promise.all(entries));
}

function wordsOf({ clip: _, ...words }: Task): PromptWords {
  return words;
}

function clipOf(clip: Clip): PromptRecord["clip"] {
  const { name, config, scale } = clip;
  return {
    name,
    sha256: clipIdentity(clip),
    imageSize: config.imageSize,
    embedDim: config.embedDim,
    scale,
  };
}

function preprocessingOf({ config }: Clip): PromptRecord["preprocessing"] {
  const { mean, std, filter, fit } = config.pixels ?? CLIP_PIXELS;
  const sized = fit === "crop"
    ? `shorter side to size (Pillow's ${filter}), centre crop`
    : `both sides to size (Pillow's ${filter})`;
  return {
    size: config.imageSize,
    steps: `RGB, ${sized}, 0 to 1, (x - mean) / std`,
    mean: [...mean],
    std: [...std],
  };
}
