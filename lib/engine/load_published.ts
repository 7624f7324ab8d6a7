/**
 * Prompts from a checkpoint of the published code, in use.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import { method as methodNamed, resolveSettings, type Task } from "../methods/mod.ts";
import { checkOptions, fields, type Kinds, listOf, whole, words } from "../options_given.ts";
import { importPublished, settingsOfPublished } from "../prompts/mod.ts";
import { streams } from "../random/mod.ts";
import { dispose, type Tensors, tidy, wrap } from "../tensor/mod.ts";
import { type Prompts, prompts } from "./classifier.ts";
import { openImages } from "./images.ts";

/**
 * What a published checkpoint does not say of itself.
 *
 * @category Predict
 */
export interface PublishedOptions {
  /** The method: `coop`, `cocoop`, `kgcoop`, `prograd`, `maple`, `ivlp`, `promptsrc` or `prometar`. */
  method: string;
  /** The CLIP that it was trained on, which stays the caller's. */
  clip: Clip;
  /** The classes to tell apart, by label. */
  classNames: string[];
  /** The data set's template. */
  template: string;
  /** Settings that shapes don't tell, such as `classTokenPosition`. */
  settings?: Record<string, unknown> | undefined;
  /** Threads that read images. Default 0: the calling thread. */
  workers?: number;
}

const kinds: Kinds<PublishedOptions> = {
  method: words,
  clip: fields,
  classNames: listOf(words, 1),
  template: words,
  settings: fields,
  workers: whole(),
};

const needed = ["method", "clip", "classNames", "template"];

/**
 * Loads `prompt_learner/model.pth.tar-N` and the like, as the published trainers save them. Nothing in it is run. How many
 * prompts there are in how many layers is read off it; `save` keeps it as this module does.
 *
 * @throws {UserError} when it is no such checkpoint, of another method, or of another CLIP's sizes
 *
 * @category Predict
 *
 * @example
 * ```ts
 * import { disposeClip, exportPublished, loadPublished, useBackend } from "@plumbline/plumbline";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { readPrompts } from "@plumbline/plumbline/prompts";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const clip = randomClip(smallConfig, 1);
 * const saved = await readPrompts("test/fixtures/prompts/coop.safetensors");
 * const checkpoint = await exportPublished(saved, await Deno.makeTempDir());
 * using coop = await loadPublished(checkpoint, {
 *   ...{ method: "coop", clip, classNames: ["cat", "dog"], template: "a photo of a {}." },
 * });
 * assert.equal(coop.record.settings.contextLength, 2);
 * disposeClip(clip);
 * ```
 */
export async function loadPublished(path: string, options: PublishedOptions): Promise<Prompts> {
  checkOptions("loadPublished", options, kinds, { needed });
  const { clip, classNames, template, workers = 0 } = options;
  const by = methodNamed(options.method);
  const told = await settingsOfPublished(path, by.name);
  const settings = resolveSettings(by, told, startOf(told), options.settings ?? {});
  const task: Task = { clip, classNames, template };
  const params = await paramsOf(path, () => by.learner(task, settings), by.name);
  const images = openImages(clip, { workers });
  const gates = Object.keys(params).some((name) => name.startsWith("modulation."));
  const used = prompts({
    ...{ method: by, task, settings, params, images },
    origin: {
      ...{ data: null, training: null, seed: null },
      deviations: [
        "taken over from a checkpoint of the published code",
        ...gates ? ["its gates, which the published code does not save, are at their start"] : [],
      ],
    },
  });
  return {
    ...used,
    get record() {
      return used.record;
    },
    [Symbol.dispose]() {
      used[Symbol.dispose]();
      dispose(params);
      images[Symbol.dispose]();
    },
  };
}

/** A context longer than the words that it starts from by default: the initialisation is no part of what was learned. */
function startOf({ contextLength, textTokens, tokens }: Record<string, unknown>) {
  const length = Number(contextLength ?? textTokens ?? tokens);
  return length > 4 ? { init: "random" } : {};
}

async function paramsOf(
  path: string,
  make: () => ReturnType<ReturnType<typeof methodNamed>["learner"]>,
  method: string,
): Promise<Tensors> {
  const learner = make();
  const start = tidy(() => learner.init(streams(1)));
  learner.dispose();
  try {
    const shapes = new Map(Object.entries(start).map(([name, { shape }]) => [name, shape]));
    const found = await importPublished(path, method, shapes);
    for (const [name, { shape, data }] of Object.entries(found)) {
      start[name]!.dispose();
      start[name] = wrap(data, shape);
    }
    return start;
  } catch (error) {
    dispose(start);
    throw error;
  }
}
