/**
 * Prompts in use: images in, classes out. What a training gave and what a file kept do the same.
 *
 * @module
 */
import type { LoadedDataset } from "../datasets/mod.ts";
import { UserError } from "../errors.ts";
import type { Method } from "../methods/mod.ts";
import { callback, checkOptions, words } from "../options_given.ts";
import {
  type ClassFeatures,
  type MeasuredAccuracy,
  type PromptFile,
  type PromptRecord,
  writePrompts,
} from "../prompts/mod.ts";
import type { Tensors } from "../tensor/mod.ts";
import { classFeatures } from "./class_features.ts";
import { logitsOf } from "./evaluate.ts";
import { type Examination, examine } from "./examine.ts";
import type { Images } from "./images.ts";
import { type Learned, promptFile, promptRecord } from "./prompt_file.ts";
import { taskOf } from "./setup.ts";

/**
 * A class and how likely it is, by the softmax over all classes.
 *
 * @category Predict
 */
export interface Prediction {
  /** The class, as the data set names it. */
  className: string;
  /** The class's label: its place among the class names, from 0. */
  label: number;
  /** How likely the class is: the softmax of the logits, from 0 to 1. */
  probability: number;
}

/** Which of a data set's classes an evaluation is about, and what it may be told. */
export interface TestOptions {
  /** Which classes the images are of, for the record: `all`, `base` or `new`. Default `all`. */
  classes?: string;
  /** Called after each batch, with the number of images that are done and that of all. */
  onBatch?(done: number, total: number): void;
}

/**
 * Prompts that classify. Dispose of them to free their tensors; the CLIP stays the caller's.
 *
 * @category Predict
 */
export interface Prompts extends Disposable {
  /** What these prompts are (method, settings, CLIP, data), and what was measured with them so far. */
  readonly record: PromptRecord;
  /** The trained parameters by name, such as the context `text.0`. */
  readonly params: Tensors;
  /** The classes of an image file, the likeliest first. */
  predict(image: string): Promise<Prediction[]>;
  /** The logits of image files, row by row, [images · classes]. */
  logits(images: string[], onBatch?: TestOptions["onBatch"]): Promise<Float32Array>;
  /** Examines the test images of a data set: the one trained on, its new classes, or any other. Noted in `record`. */
  evaluate(data: LoadedDataset, options?: TestOptions): Promise<Examination>;
  /**
   * The same prompts for other classes. They share these prompts' tensors, which have to live as long.
   *
   * @throws {UserError} where what was learned belongs to the classes it was trained on
   */
  forClasses(classNames: string[], template?: string): Prompts;
  /**
   * The classes' text features, for programs that have the images' (see `writeFeatures`).
   *
   * @throws {UserError} where these alone don't classify: for visual prompts, contexts of each image, adapters
   */
  features(): Promise<ClassFeatures>;
  /** The file that `save` writes, in memory: for `exportPublished`. */
  file(): Promise<PromptFile>;
  /** Writes them to a file, with all that it takes to use them: see `loadTrained`. */
  save(path: string): Promise<void>;
}

/** What prompts are made of. */
export interface Made extends Learned {
  /** Reads and encodes images. */
  images: Images;
  /** The data set and classes that they were trained on, where these are not the task's. */
  trainedOn?: { name?: string | undefined; classNames: string[] };
}

/** Puts prompts to use. Their learner is theirs; `params` and `images` stay the caller's, as does `record`'s origin. */
export function prompts(made: Made): Prompts {
  const { method, task, settings, params, images } = made;
  const reading = { needs: method.needs, images };
  const learner = method.learner(task, settings);
  const measured = [...made.measured ?? []];
  const own = { name: task.dataset, classNames: task.unseen ? [] : task.classNames };
  const { trainedOn = own } = made;
  const file = () => promptFile({ ...made, measured });
  const logits: Prompts["logits"] = (paths, onBatch) =>
    logitsOf(learner, params, paths, { ...reading, onBatch });
  return {
    get record() {
      return promptRecord({ ...made, measured });
    },
    params,
    logits,
    predict: async (image) => ranked(await logits([image]), task.classNames),
    async evaluate(data, options = {}) {
      checkOptions("evaluate", options, { classes: words, onBatch: callback });
      const { classes = "all", onBatch } = options;
      refuseBound(method, settings, task.classNames, data.classNames);
      const { name = data.name, classNames } = trainedOn;
      const tested = method.learner(taskOf(data, images.clip, { name, classNames }), settings);
      try {
        const paths = data.test.map(({ path }) => path);
        const found = await logitsOf(tested, params, paths, { ...reading, onBatch });
        const examined = examine(found, data.classNames, data.test.map(({ label }) => label));
        note(measured, { dataset: data.name, classes, ...examined.metrics });
        return examined;
      } finally {
        tested.dispose();
      }
    },
    forClasses(classNames, template) {
      refuseBound(method, settings, task.classNames, classNames);
      refuseTwice(classNames);
      // A paper's own wording is of the data set that it was trained on; other classes are asked for in the words given.
      const { unseen: _, ...words } = template === undefined
        ? task
        : { clip: task.clip, template, unseen: false };
      const unseen = classNames.join("\n") !== trainedOn.classNames.join("\n");
      const other = { ...words, classNames, ...unseen && { unseen } };
      return prompts({ ...made, task: other, trainedOn, measured: [] });
    },
    features: () => classFeatures(made, learner),
    file,
    save: async (path) => await writePrompts(path, await file()),
    [Symbol.dispose]: () => learner.dispose(),
  };
}

/** Puts a measure in the place of an earlier one of the same. */
function note(
  measured: MeasuredAccuracy[],
  { dataset, classes, n, accuracy }: MeasuredAccuracy,
): void {
  const at = measured.findIndex((one) => one.dataset === dataset && one.classes === classes);
  const fresh = { dataset, classes, n, accuracy };
  if (at < 0) measured.push(fresh);
  else measured[at] = fresh;
}

/** The classes by the softmax of one image's logits, the likeliest first. */
export function ranked(logits: Float32Array, classNames: string[]): Prediction[] {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const weights = Array.from(logits, (x) => Math.exp(x - most));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((w, label) => ({ className: classNames[label]!, label, probability: w / sum }))
    .sort((a, b) => b.probability - a.probability);
}

/** Refuses other classes where what was learned belongs to its own. */
export function refuseBound(
  method: Method,
  settings: Record<string, unknown>,
  own: string[],
  other: string[],
): void {
  const same = own.length === other.length && own.every((name, i) => name === other[i]);
  if (same || !method.classBound?.(settings)) return;
  throw new UserError(
    `what ${method.name} learned belongs to its ${own.length} classes (${
      own[0]
    }, …), and can't tell others ` +
      `apart: take its own classes, or a method whose prompts are shared by all classes.`,
  );
}

function refuseTwice(classNames: string[]): void {
  const twice = classNames.find((name, i) => classNames.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new UserError(`the class ${JSON.stringify(twice)} is given twice: give it once.`);
}
