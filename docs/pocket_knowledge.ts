/**
 * What the pocket CLIP knows of the pocket suite before anything is learned on it: zero-shot accuracy, beside that of a
 * linear probe, and of the same drawings upright and in usual colours. Pictures are drawn in memory.
 */
import { type Clip, encodeImages, encodeTexts } from "../lib/clip/mod.ts";
import { pictureOf, type PocketSet, sets, shifts } from "../lib/datasets/pocket/sets.ts";
import { SIDE } from "../lib/datasets/pocket/canvas.ts";
import { normalise } from "../lib/image/mod.ts";
import { accuracy, type Examples, solveLogistic } from "../lib/methods/logistic.ts";
import { read, tidy, unitLength, wrap } from "../lib/tensor/mod.ts";

/** Accuracy in percent among all classes, and among the base and the new ones alone. */
export interface ZeroShot {
  all: number;
  base: number;
  new: number;
}

/** What is known of one set. The shifts have test images alone. */
export interface Knowledge {
  test: ZeroShot;
  validation?: ZeroShot;
  /** Of a probe on the training images, on the validation images. */
  probe?: number;
  /** Zero-shot on the validation images (a shift's: test images), drawn without the set's look. */
  upright: number;
}

/** By the sets' names; what `data/pocket/zero_shot.json` holds. */
export interface Measured {
  /** Of the weights. */
  sha256: string;
  sets: Record<string, Knowledge>;
}

/** Measures all fifteen, or those named. */
export async function measure(clip: Clip, names?: readonly string[]): Promise<Measured> {
  const chosen = [...sets, ...shifts].filter(({ name }) => names?.includes(name) ?? true);
  const found: Record<string, Knowledge> = {};
  for (const set of chosen) found[set.name] = await knowledge(clip, set);
  return { sha256: clip.sha256, sets: found };
}

async function knowledge(clip: Clip, set: PocketSet): Promise<Knowledge> {
  const { train, val, test } = set.perClass;
  const texts = await textFeatures(clip, set);
  const tested = await features(clip, set, train + val, test);
  const known = { test: zeroShot(tested, texts) };
  const drawn = { ...set, looks: {} };
  if (val === 0) {
    return { ...known, upright: zeroShot(await features(clip, drawn, 0, test), texts).all };
  }
  const validation = await features(clip, set, train, val);
  const solved = solveLogistic(await features(clip, set, 0, train), 10, {
    maxIterations: 200,
    tolerance: 1e-2,
  });
  return {
    ...known,
    validation: zeroShot(validation, texts),
    probe: percent(accuracy(solved, validation)),
    upright: zeroShot(await features(clip, drawn, train, val), texts).all,
  };
}

const percent = (share: number) => Number((100 * share).toFixed(2));

/** Unit features of `count` pictures of each class from the `first` on. */
export async function features(
  clip: Clip,
  set: PocketSet,
  first: number,
  count: number,
): Promise<Examples> {
  const classes = set.subjects.length;
  const width = clip.config.embedDim;
  const labels = Array.from({ length: classes * count }, (_, i) => Math.floor(i / count));
  const all = new Float64Array(labels.length * width);
  for (let label = 0; label < classes; label++) {
    const pixels = new Float32Array(count * SIDE * SIDE * 3);
    for (let i = 0; i < count; i++) {
      const data = pictureOf(set, label, set.numbers(label)[first + i]!);
      pixels.set(normalise({ data, width: SIDE, height: SIDE, mode: "RGB" }), i * SIDE * SIDE * 3);
    }
    const found = tidy(() => unitLength(encodeImages(clip, wrap(pixels, [count, SIDE, SIDE, 3]))));
    all.set(await read(found), label * count * width);
    found.dispose();
  }
  return { features: all, labels, width, classes };
}

/** Unit features of the class names in the set's template, row after row. */
async function textFeatures(clip: Clip, { subjects, template }: PocketSet): Promise<Float32Array> {
  const found = tidy(() =>
    unitLength(encodeTexts(clip, subjects.map(({ name }) => template.replace("{}", name))))
  );
  const values = (await read(found)).slice();
  found.dispose();
  return values;
}

function zeroShot(examples: Examples, texts: Float32Array): ZeroShot {
  const { classes } = examples;
  const half = Math.ceil(classes / 2);
  return {
    all: among(examples, texts, 0, classes),
    base: among(examples, texts, 0, half),
    new: among(examples, texts, half, classes),
  };
}

/** Accuracy on the examples of the classes from `from` up to `to`, told apart among themselves. */
function among(
  { features, labels, width }: Examples,
  texts: Float32Array,
  from: number,
  to: number,
): number {
  const wanted = labels.flatMap((label, i) => label >= from && label < to ? [i] : []);
  const right = wanted.filter((i) => {
    const scores = Array.from({ length: to - from }, (_, c) => {
      let sum = 0;
      for (let k = 0; k < width; k++) {
        sum += features[i * width + k]! * texts[(from + c) * width + k]!;
      }
      return sum;
    });
    return from + scores.indexOf(Math.max(...scores)) === labels[i];
  });
  return percent(right.length / wanted.length);
}
