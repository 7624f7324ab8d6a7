import assert from "node:assert/strict";
import { parseSplit, readSplit } from "../../lib/datasets/mod.ts";
import { classNames } from "../../lib/datasets/split.ts";
import { sharedPath, sharedTest } from "../shared.ts";

const split = (train: unknown) => JSON.stringify({ train, val: [], test: [] });

const bad: [what: string, text: string, message: RegExp][] = [
  ["broken JSON", '{"train": [', /^s\.json is not JSON \(.+\): correct it/],
  [
    "a web page",
    "\n<!DOCTYPE html><html>",
    /^s\.json is a web page, not JSON: .*Google Drive/,
  ],
  ["a list", "[]", /is not an object of train, val and test/],
  ["null", "null", /is not an object of train, val and test/],
  ["a split that lacks", '{"train": [], "val": []}', /has no list "test"/],
  ["a split that is no list", split({}), /has no list "train"/],
  [
    "a row of two",
    split([["a.jpg", 0]]),
    /train\[0\] is \["a\.jpg",0\], not \[path, label, class name\]/,
  ],
  ["a row that is no list", split([null]), /train\[0\] is null, not/],
  ["a path that is no text", split([[1, 0, "a"]]), /train\[0\] is \[1,0,"a"\], not/],
  ["an empty class name", split([["a.jpg", 0, " "]]), /not \[path, label, class name\]/],
  ["a label in text", split([["a.jpg", "0", "a"]]), /label is not a whole number from 0/],
  ["a negative label", split([["a.jpg", -1, "a"]]), /label is not a whole number from 0/],
  [
    "labels with a gap",
    split([["a.jpg", 0, "a"], ["b.jpg", 2, "b"]]),
    /labels up to 2 but none is 1/,
  ],
  ["labels from 1", split([["a.jpg", 1, "a"]]), /labels from 1 to 1 but none is 0: .*subtract 1/],
  [
    "one label, two names",
    split([["a.jpg", 0, "a"], ["b.jpg", 0, "b"]]),
    /label 0 two names, "a" and "b"/,
  ],
  ["no images", split([]), /has no images at all/],
  ["an absolute path", split([["/etc/passwd", 0, "a"]]), /path leaves the image folder/],
  ["a drive", split([["c:\\a.jpg", 0, "a"]]), /path leaves the image folder/],
  ["a path upwards", split([["a/../../b.jpg", 0, "a"]]), /path leaves the image folder/],
  [
    "a path upwards with backslashes",
    split([["..\\b.jpg", 0, "a"]]),
    /path leaves the image folder/,
  ],
  ["a path with a zero byte", split([["a\0.jpg", 0, "a"]]), /path leaves the image folder/],
  ["an empty path", split([["", 0, "a"]]), /path leaves the image folder/],
];

for (const [what, text, message] of bad) {
  Deno.test(`a split file with ${what} is one clear line`, () => {
    assert.throws(() => parseSplit(text, "s.json"), (error: Error) => {
      assert.equal(error.name, "UserError");
      assert.match(error.message, message);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  });
}

Deno.test("a split file that is not there is named", async () => {
  await assert.rejects(readSplit("nowhere/split.json"), {
    name: "UserError",
    message: /^there is no split file \/.*\/nowhere\/split\.json:/,
  });
});

const published: [file: string, counts: number[], classes: number, first: string, last: string][] =
  [
    ["real/caltech-101/split_zhou_Caltech101.json", [4128, 1649, 2465], 100, "face", "yin_yang"],
    [
      "real/eurosat/split_zhou_EuroSAT.json",
      [13500, 5400, 8100],
      10,
      "Annual Crop Land",
      "Sea or Lake",
    ],
    ["real/split_zhou_DescribableTextures.json", [2820, 1128, 1692], 47, "banded", "zigzagged"],
    ["real/split_zhou_UCF101.json", [7639, 1898, 3783], 101, "Apply_Eye_Makeup", "Yo_Yo"],
  ];

for (const [file, counts, classes, first, last] of published) {
  sharedTest(
    `${file.split("/").at(-1)} has the published counts and class order`,
    file,
    async () => {
      const splits = await readSplit(sharedPath(file));
      assert.deepEqual([splits.train, splits.val, splits.test].map((s) => s.length), counts);
      const names = classNames(splits, file);
      assert.deepEqual([names.length, names[0], names.at(-1)], [classes, first, last]);
    },
  );
}
