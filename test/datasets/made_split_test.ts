import assert from "node:assert/strict";
import { byThirds, splitTrainval } from "../../lib/datasets/made_split.ts";
import { Random } from "../../lib/random/mod.ts";
import { publishedPath } from "../published.ts";

const item = (label: number, i: number) => ({ path: String(i), label, className: `c${label}` });

Deno.test("a training set is divided into train and val as published", () => {
  const record = JSON.parse(Deno.readTextFileSync(publishedPath("fewshot.json")));
  const { labels, train, val } = record.split_trainval_seed1;
  const made = splitTrainval(labels.map(item), new Random(1));
  assert.deepEqual(made.train.map((i) => Number(i.path)), train);
  assert.deepEqual(made.val.map((i) => Number(i.path)), val);
});

Deno.test("classes are shuffled as CPython does and cut 50/20/30, halves rounded to even", () => {
  // CPython 3.11: random.seed(1); x = list(range(n)); random.shuffle(x), for n = 5 and then 7.
  const shuffled = [
    [2, 3, 4, 0, 1],
    [1, 2, 0, 4, 5, 6, 3],
  ];
  const classes = [5, 7].map((n, label) => ({
    label,
    className: `c${label}`,
    paths: Array.from({ length: n }, (_, i) => String(i)),
  }));
  const made = byThirds(classes, new Random(1), "here");
  const of = (split: "train" | "val" | "test", label: number) =>
    made[split].filter((i) => i.label === label).map((i) => Number(i.path));
  // round(2.5) = 2 and round(1.0) = 1; round(3.5) = 4 and round(1.4) = 1
  assert.deepEqual([of("train", 0), of("val", 0), of("test", 0)], [
    shuffled[0]!.slice(0, 2),
    shuffled[0]!.slice(2, 3),
    shuffled[0]!.slice(3),
  ]);
  assert.deepEqual([of("train", 1), of("val", 1), of("test", 1)], [
    shuffled[1]!.slice(0, 4),
    shuffled[1]!.slice(4, 5),
    shuffled[1]!.slice(5),
  ]);
});

Deno.test("a class too small to split is named", () => {
  const tiny = [{ label: 0, className: "wren", paths: ["a", "b"] }];
  assert.throws(
    () => byThirds(tiny, new Random(1), "birds"),
    /class "wren" in birds has 2 images, too few/,
  );
  assert.throws(
    () => splitTrainval([item(0, 0), item(0, 1)], new Random(1)),
    /class "c0" has 2 training images/,
  );
});
