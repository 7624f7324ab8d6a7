import assert from "node:assert/strict";
import { relative } from "node:path";
import { dataset, fewShot, folderDataset, tableDataset } from "../../lib/datasets/mod.ts";
import { images, inTree } from "./tree.ts";

const refused = (promise: Promise<unknown>, message: RegExp) =>
  assert.rejects(promise, (error: Error) => {
    assert.equal(error.name, "UserError");
    assert.match(error.message, message);
    assert.ok(!error.message.includes("\n"));
    return true;
  });

const birds = {
  ...images(10, (i) => `birds/song_thrush/${i}.JPG`),
  ...images(10, (i) => `birds/wren/${i}.png`),
  "birds/wren/notes.txt": "not a picture",
  "birds/.cache/x.jpg": true as const,
};

Deno.test("a folder of class folders is a data set: classes sorted, 50/20/30, the same each time", () =>
  inTree(birds, async (root) => {
    const set = dataset(`folder:${root}/birds`);
    assert.deepEqual([set.name, set.template], ["birds", "a photo of a {}."]);
    const loaded = await set.load("ignored");
    assert.deepEqual(loaded.classNames, ["song thrush", "wren"]);
    assert.deepEqual([loaded.train, loaded.val, loaded.test].map((s) => s.length), [10, 4, 6]);
    assert.match(loaded.splitFrom, /50\/20\/30 of each class at random, seed 1/);
    assert.deepEqual(await folderDataset(`${root}/birds/`).load(), loaded);
    assert.equal(fewShot(loaded, 4, 1).train.length, 8);
    for (const item of loaded.test) assert.ok((await Deno.stat(item.path)).isFile);
  }));

Deno.test("train, val and test folders are the splits, also when one lacks a class", () =>
  inTree({
    ...images(2, (i) => `b/train/robin/${i}.jpg`),
    ...images(3, (i) => `b/train/wren/${i}.jpg`),
    ...images(1, (i) => `b/val/wren/${i}.jpg`),
    ...images(2, (i) => `b/test/wren/${i}.webp`),
    ...images(2, (i) => `b/test/magpie/${i}.jpg`),
  }, async (root) => {
    const loaded = await folderDataset(`${root}/b`).load();
    assert.deepEqual(loaded.classNames, ["magpie", "robin", "wren"]);
    assert.deepEqual([loaded.train, loaded.val, loaded.test].map((s) => s.map((i) => i.label)), [
      [1, 1, 2, 2, 2],
      [2],
      [0, 0, 2, 2],
    ]);
    assert.equal(relative(root, loaded.val[0]!.path), "b/val/wren/1.jpg");
  }));

Deno.test("a folder that is none, empty, or of pictures that are not read is one clear line", async () => {
  await refused(folderDataset("/nowhere/birds").load(), /there is no folder \/nowhere\/birds/);
  await inTree(
    { "b/1.jpg": true },
    (root) =>
      refused(
        folderDataset(`${root}/b`).load(),
        /has no class folders: put each class's pictures into a folder/,
      ),
  );
  await inTree(
    { "b/wren/1.txt": "", ...images(5, (i) => `b/robin/${i}.jpg`) },
    (root) => refused(folderDataset(`${root}/b`).load(), /wren has no JPEG, PNG or WebP pictures/),
  );
  await inTree(
    {
      "b/wren/1.tiff": true,
      "b/wren/2.GIF": true,
      ...images(5, (i) => `b/wren/x${i}.jpg`),
    },
    (root) =>
      refused(
        folderDataset(`${root}/b`).load(),
        /^2 pictures in .* are of kinds that are not read, for example wren\/1\.tiff: convert/,
      ),
  );
  await inTree(
    images(2, (i) => `b/wren/${i}.jpg`),
    (root) =>
      refused(
        folderDataset(`${root}/b`).load(),
        /class "wren" in .* has 2 images, too few to split/,
      ),
  );
});

Deno.test("a CSV with a split column is read as it says, quotes and all", () =>
  inTree({
    "t/birds.csv":
      '\uFEFFlabel,split, path\r\n"thrush, song",train,"a ""b"".jpg"\r\n wren ,test,x/2.jpg\r\n\r\nwren,val,x/3.jpg',
  }, async (root) => {
    const set = dataset(`csv:${root}/t/birds.csv`);
    assert.equal(set.name, "birds");
    const loaded = await set.load("ignored");
    assert.deepEqual(loaded.classNames, ["thrush, song", "wren"]);
    assert.deepEqual(loaded.train, [{
      path: `${root}/t/a "b".jpg`,
      label: 0,
      className: "thrush, song",
    }]);
    assert.deepEqual(loaded.val.map((i) => relative(root, i.path)), ["t/x/3.jpg"]);
    assert.deepEqual(loaded.test.map((i) => i.label), [1]);
  }));

Deno.test("a CSV without a split column is split 50/20/30", () =>
  inTree({
    "birds.csv": "path,label\n" +
      Array.from({ length: 20 }, (_, i) => `${i}.jpg,${i % 2 ? "wren" : "robin"}`).join("\n"),
  }, async (root) => {
    const loaded = await tableDataset(`${root}/birds.csv`).load();
    assert.deepEqual([loaded.train, loaded.val, loaded.test].map((s) => s.length), [10, 4, 6]);
    assert.match(loaded.splitFrom, /birds\.csv: 50\/20\/30/);
  }));

const badTables: [what: string, text: string, message: RegExp][] = [
  ["nothing in it", "", /has no rows/],
  ["only a header", "path,label\n", /has no rows/],
  ["no column label", "path,kind\na.jpg,wren\n", /has no column "label" \(it has path, kind\)/],
  ["a row too short", "path,label\na.jpg\n", /row 1 of .* has 1 fields, the header 2/],
  [
    "a comma without quotes",
    "path,label\na.jpg,thrush, song\n",
    /row 1 of .* has 3 fields, the header 2/,
  ],
  ["a quote that is not closed", 'path,label\n"a.jpg,wren\n', /has a quote out of place in line 2/],
  ["an empty label", "path,label\na.jpg,\n", /row 1 of .* has no label/],
  [
    "an unknown split",
    "path,label,split\na.jpg,wren,fold3\n",
    /row 1 of .* has the split "fold3": known are train, val and test/,
  ],
  [
    "a path upwards",
    "path,label\n../a.jpg,wren\n",
    /row 1 of .* has the path "\.\.\/a\.jpg": paths are relative/,
  ],
  [
    "an absolute path",
    "path,label\n/etc/passwd,wren\n",
    /paths are relative to the file's folder and stay in it/,
  ],
];
for (const [what, text, message] of badTables) {
  Deno.test(`a CSV with ${what} is one clear line`, () =>
    inTree({ "t.csv": text }, (root) => refused(tableDataset(`${root}/t.csv`).load(), message)));
}

Deno.test("a table that is not there, and an unknown kind of data set, are one clear line", async () => {
  await refused(tableDataset("/tmp/nowhere.csv").load(), /there is no file \/tmp\/nowhere\.csv/);
  assert.throws(
    () => dataset("sql:birds"),
    /"sql:birds" is no data set: your own are folder:PATH or csv:PATH or tsv:PATH/,
  );
});
