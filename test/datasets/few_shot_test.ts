import assert from "node:assert/strict";
import { relative } from "node:path";
import {
  baseNew,
  dataset,
  fewShot,
  type Item,
  type LoadedDataset,
  readSplit,
  type Splits,
} from "../../lib/datasets/mod.ts";
import { publishedPath } from "../published.ts";
import { sharedPath, sharedTest } from "../shared.ts";

type Row = [path: string, label: number, className: string];

const rows = (items: Item[], prefix = ""): Row[] =>
  items.map(({ path, label, className }) => [prefix + path, label, className]);

const published = [
  [
    "caltech101",
    "real/caltech-101/split_zhou_Caltech101.json",
    "caltech-101/101_ObjectCategories/",
  ],
  ["dtd", "real/split_zhou_DescribableTextures.json", "dtd/images/"],
  ["eurosat", "real/eurosat/split_zhou_EuroSAT.json", "eurosat/2750/"],
];

for (const [name, file, prefix] of published as [string, string, string][]) {
  sharedTest(`every published few-shot list of ${name} is drawn exactly`, file, async () => {
    const splits = await readSplit(sharedPath(file));
    const lists: Record<string, { train: Row[]; val: Row[] }> = JSON.parse(
      await Deno.readTextFile(sharedPath(`real/few_shot_${name}.json`)),
    );
    assert.equal(Object.keys(lists).length, 15);
    for (const [key, list] of Object.entries(lists)) {
      const [, shots, seed] = key.match(/^shot_(\d+)-seed_(\d+)$/)!;
      const drawn = fewShot(splits, Number(shots), Number(seed));
      assert.deepEqual(rows(drawn.train, prefix), list.train, key);
      assert.deepEqual(rows(drawn.val, prefix), list.val, key);
      assert.equal(drawn.test, splits.test);
    }
  });
}

sharedTest(
  "a loaded data set draws the same images as its split file",
  "real/eurosat",
  async () => {
    const root = sharedPath("real");
    const list: { train: Row[] } = JSON.parse(
      await Deno.readTextFile(sharedPath("real/few_shot_eurosat.json")),
    )["shot_16-seed_2"];
    const drawn = fewShot(await dataset("eurosat").load(root), 16, 2);
    assert.deepEqual(
      drawn.train.map((item) => relative(root, item.path)),
      list.train.map(([p]) => p),
    );
  },
);

interface ParityRun {
  seed: number;
  shots: number;
  train: number[];
  val: number[];
  base?: Half;
  new?: Half;
}
interface Half {
  train: number[];
  train_labels: number[];
  val: number[];
  test: number[];
  test_labels: number[];
  classnames: string[];
}

Deno.test("the parity records' samples and base/new halves are drawn exactly", () => {
  const record = JSON.parse(Deno.readTextFileSync(publishedPath("fewshot.json")));
  const name = (label: number) => `class_${String(label).padStart(2, "0")}`;
  const items = (labels: number[]) =>
    labels.map((label, i) => ({ path: String(i), label, className: name(label) }));
  const indices = (drawn: Item[]) => drawn.map((item) => Number(item.path));
  let halves = 0;
  for (const { train_labels, val_labels, test_labels, runs } of record.splits) {
    const classNames = Array.from({ length: record.classes }, (_, label) => name(label));
    const splits: LoadedDataset = {
      name: "parity",
      title: "Parity",
      template: "{}",
      splitFrom: "the record",
      classNames,
      train: items(train_labels),
      val: items(val_labels),
      test: items(test_labels),
    };
    for (const run of runs as ParityRun[]) {
      const drawn = fewShot(splits, run.shots, run.seed);
      assert.deepEqual(indices(drawn.train), run.train);
      assert.deepEqual(indices(drawn.val), run.val);
      for (const half of ["base", "new"] as const) {
        const expected = run[half];
        if (!expected) continue;
        halves++;
        const got = baseNew(drawn)[half];
        assert.deepEqual(indices(got.train), expected.train);
        assert.deepEqual(got.train.map((item) => item.label), expected.train_labels);
        assert.deepEqual(indices(got.val), expected.val);
        assert.deepEqual(indices(got.test), expected.test);
        assert.deepEqual(got.test.map((item) => item.label), expected.test_labels);
        assert.deepEqual(got.classNames, expected.classnames);
      }
    }
  }
  assert.ok(halves > 0);
});

const class0 = (n: number): Item[] =>
  Array.from({ length: n }, (_, i) => ({ path: `${i}.jpg`, label: 0, className: "a" }));

Deno.test("a class with fewer images than shots is kept whole and draws nothing", () => {
  const other = Array.from({ length: 9 }, (_, i) => ({ path: `b${i}`, label: 1, className: "b" }));
  const few = fewShot({ train: [...class0(2), ...other], val: [], test: [] }, 4, 1).train;
  const without = fewShot({ train: other, val: [], test: [] }, 4, 1).train;
  assert.deepEqual(few, [...class0(2), ...without]);
});

Deno.test("val has at most four images of a class, and all where it is the test split itself", () => {
  const images = class0(30);
  const splits: Splits = { train: images, val: class0(30), test: images };
  assert.equal(fewShot(splits, 16, 1).val.length, 4);
  assert.equal(fewShot(splits, 2, 1).val.length, 2);
  assert.equal(fewShot({ ...splits, val: images }, 16, 1).val, images);
});

Deno.test("no shots, or half a one, is refused", () => {
  for (const shots of [0, -1, 1.5, NaN]) {
    assert.throws(() => fewShot({ train: class0(3), val: [], test: [] }, shots, 1), {
      name: "UserError",
      message: `${shots} shots: give the number of images per class, 1 or more.`,
    });
  }
});
