/**
 * Prompts from a file, in use again.
 *
 * @module
 */
import { type Clip, clipIdentity, disposeClip, loadClip } from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import { type Learner, type Method, method, resolveSettings, type Task } from "../methods/mod.ts";
import { checkOptions, fields, whole } from "../options_given.ts";
import { type Numbers, type PromptFile, type PromptRecord, readPrompts } from "../prompts/mod.ts";
import { streams } from "../random/mod.ts";
import { dispose, type Tensors, tidy, wrap } from "../tensor/mod.ts";
import { type Prompts, prompts } from "./classifier.ts";
import { openImages } from "./images.ts";

/**
 * What {@linkcode loadTrained} may be told.
 *
 * @category Predict
 */
export interface LoadOptions {
  /** The method, where it is one's own: those of this module are known by their names. */
  method?: Method;
  /** Threads that read images. Default 0: the calling thread. */
  workers?: number;
}

/**
 * Prompts that `save` or `deno task train` wrote, ready to classify: the same numbers, bit for bit on one backend.
 *
 * @param clip theirs, which stays the caller's; by default it is loaded by its name, and freed with the prompts
 * @throws {UserError} when the file is no saved prompts or damaged, when the CLIP is not the one that they were trained
 *   on (by its hash), and when the method is not known
 *
 * @category Predict
 *
 * @example
 * ```ts
 * import { fewShot, loadTrained, train, useBackend } from "@plumbline/plumbline";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { drawnShapes, drawShapes } from "@plumbline/plumbline/datasets";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const root = await Deno.makeTempDir();
 * await drawShapes(root);
 * const shapes = fewShot(await drawnShapes.load(root), 1, 1);
 * using clip = randomClip(smallConfig, 1);
 * using trained = await train("coop", clip, shapes, { training: { epochs: 1 } });
 * await trained.save(`${root}/coop.safetensors`);
 *
 * using loaded = await loadTrained(`${root}/coop.safetensors`, clip);
 * const image = shapes.test[0]!.path;
 * assert.deepEqual(await loaded.predict(image), await trained.predict(image));
 * using others = loaded.forClasses(["cat", "dog"]);
 * assert.equal((await others.predict(image)).length, 2);
 * ```
 */
export async function loadTrained(
  path: string,
  clip?: Clip,
  options: LoadOptions = {},
): Promise<Prompts> {
  checkOptions("loadTrained", options, { method: fields, workers: whole() });
  const { record, params }: PromptFile = await readPrompts(path);
  const by = options.method ?? method(record.method);
  if (by.name !== record.method) {
    throw new UserError(`${path} is of the method ${record.method}, not ${by.name}.`);
  }
  const own = clip ?? await loadClip(record.clip.name);
  const tensors: Tensors = {};
  try {
    refuseOtherClip(path, record, own);
    const task: Task = { ...record.words, clip: own };
    const settings = resolveSettings(by, record.settings);
    checkShapes(path, () => by.learner(task, settings), params);
    for (const [name, { data, shape }] of Object.entries(params)) tensors[name] = wrap(data, shape);
    const images = openImages(own, { workers: options.workers ?? 0 });
    const { data, training, seed, deviations, assumed, measured } = record;
    const origin = { data, training, seed, deviations, assumed };
    const used = prompts({ method: by, task, settings, params: tensors, images, origin, measured });
    return {
      ...used,
      get record() {
        return used.record;
      },
      [Symbol.dispose]() {
        used[Symbol.dispose]();
        dispose(tensors);
        images[Symbol.dispose]();
        if (!clip) disposeClip(own);
      },
    };
  } catch (error) {
    dispose(tensors);
    if (!clip) disposeClip(own);
    throw error;
  }
}

function refuseOtherClip(path: string, { clip }: PromptRecord, given: Clip): void {
  const identity = clipIdentity(given);
  if (clip.sha256 === identity) return;
  throw new UserError(
    `${path} belongs to the CLIP ${clip.name} with the hash ${
      clip.sha256.slice(0, 12)
    }…, and this is ` +
      `${given.name} with ${
        identity.slice(0, 12)
      }…: give the CLIP that the prompts were trained on.`,
  );
}

/**
 * The tensors have to be those that the method starts from, unless it makes them of all images at once. What is gathered of
 * the training images has a row for each of them, however many there were.
 */
function checkShapes(path: string, make: () => Learner, params: Numbers): void {
  const learner = make();
  const named = (tensors: Record<string, { shape: number[] }>) =>
    Object.entries(tensors).map(([name, { shape: [first, ...others] }]) =>
      `${name} [${[learner.gather && first !== undefined ? "any" : first, ...others]}]`
    ).sort();
  try {
    if (learner.solve) return;
    const expected = tidy(() => named(learner.init(streams(1))));
    const found = named(params);
    const wrong = found.find((one) => !expected.includes(one));
    const lacking = expected.find((one) => !found.includes(one));
    if (!wrong && !lacking) return;
    throw new UserError(
      `${path} has ${wrong ?? "less than it should"}, expected ${
        lacking ?? "nothing of that name"
      }: ` +
        "it is not what its method learns; train the prompts again.",
    );
  } finally {
    learner.dispose();
  }
}
