/**
 * Python's random draws, few-shot samples, base and new halves, and the split of a training set.
 *
 * @module
 */
import { baseNew, fewShot, type Item, type LoadedDataset } from "../datasets/mod.ts";
import { splitTrainval } from "../datasets/made_split.ts";
import { Random } from "../random/mod.ts";
import { type Comparison, same, skip } from "./compare.ts";
import type { DataCheck } from "./data.ts";

/** `fewshot`. */
export const fewShotCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("fewshot"),
  async check(folder, record) {
    const recorded = await folder.readJson<FewShotRecord>(record.file);
    const { classes, splits = [], python_random_primitives_in_sequence: draws = [] } = recorded;
    const divided = Object.entries(recorded).filter(([key]) =>
      key.startsWith("split_trainval_seed")
    );
    const known = ["classes", "splits", "python_random_primitives_in_sequence"];
    return [
      ...draws.flatMap(primitives),
      ...splits.flatMap((split) => samples(split, classes)),
      ...divided.map(([key, division]) => trainval(key, division as Division)),
      ...Object.keys(recorded).filter((key) =>
        !known.includes(key) && !key.startsWith("split_trainval_seed")
      ).map((key) => skip(key, "nothing here has this name")),
    ];
  },
};

interface FewShotRecord {
  classes: number;
  splits?: Split[];
  python_random_primitives_in_sequence?: Record<string, number | number[]>[];
}

/** Labels of the images of a data set, and samples of it by image number. */
interface Split {
  order: string;
  train_labels: number[];
  val_labels: number[];
  test_labels: number[];
  runs: (Sample & { seed: number; shots: number; base?: Half; new?: Half })[];
}

interface Sample {
  train: number[];
  val: number[];
}

interface Half extends Sample {
  train_labels: number[];
  test: number[];
  test_labels: number[];
  classnames: string[];
}

interface Division extends Sample {
  labels: number[];
}

/** Calls in the order recorded, each named by its arguments: `sample_50_16`. */
function primitives(recorded: Record<string, number | number[]>): Comparison[] {
  const random = new Random(Number(recorded.seed));
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
  return Object.entries(recorded).filter(([key]) => key !== "seed").map(([key, values]) => {
    const what = `seed ${recorded.seed}, ${key}`;
    const [, call, n, k] = key.match(/^([a-z]+?)_?(\d+)?(?:_(\d+))?$/) ?? [];
    const times = <T>(draw: () => T) => (values as number[]).map(draw);
    const calls: Record<string, () => number[]> = {
      random: () => times(() => random.random()),
      getrandbits: () => times(() => random.getrandbits(Number(n))),
      sample: () => random.sample(upTo(Number(n)), Number(k)),
      choices: () => random.choices(upTo(Number(n)), Number(k)),
      shuffle: () => random.permutation(Number(n)),
    };
    return Object.hasOwn(calls, call!)
      ? same(what, calls[call!]!(), values)
      : skip(what, "no call of Python's random has this name");
  });
}

function samples({ order, runs, ...labels }: Split, classes: number): Comparison[] {
  const name = (label: number) => `class_${String(label).padStart(2, "0")}`;
  const items = (labels: number[]): Item[] =>
    labels.map((label, i) => ({ path: String(i), label, className: name(label) }));
  const dataset: LoadedDataset = {
    name: order,
    title: order,
    template: "{}",
    splitFrom: "the record",
    classNames: Array.from({ length: classes }, (_, label) => name(label)),
    train: items(labels.train_labels),
    val: items(labels.val_labels),
    test: items(labels.test_labels),
  };
  return runs.flatMap(({ seed, shots, train, val, ...halves }) => {
    const what = `${order}, ${shots} shots, seed ${seed}`;
    const drawn = fewShot(dataset, shots, seed);
    const own = baseNew(drawn);
    return [
      same(what, { train: numbers(drawn.train), val: numbers(drawn.val) }, { train, val }),
      ...(["base", "new"] as const).filter((half) => halves[half]).map((half) =>
        same(`${what}, ${half}`, halfOf(own[half]), halfOf(halves[half]!))
      ),
    ];
  });
}

/** A half in one order of keys, ours or the record's. */
function halfOf(half: LoadedDataset | Half): unknown[] {
  if ("classnames" in half) {
    const { train, train_labels, val, test, test_labels, classnames } = half;
    return [train, train_labels, val, test, test_labels, classnames];
  }
  const { train, val, test, classNames } = half;
  return [numbers(train), labels(train), numbers(val), numbers(test), labels(test), classNames];
}

function trainval(key: string, { labels, train, val }: Division): Comparison {
  const seed = Number(key.replace(/\D/g, ""));
  const items = labels.map((label, i) => ({ path: String(i), label, className: `class ${label}` }));
  const own = splitTrainval(items, new Random(seed));
  return same(key, [numbers(own.train), numbers(own.val)], [train, val]);
}

function numbers(items: Item[]): number[] {
  return items.map(({ path }) => Number(path));
}

function labels(items: Item[]): number[] {
  return items.map(({ label }) => label);
}
