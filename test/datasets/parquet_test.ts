import assert from "node:assert/strict";
import { dirname } from "node:path";
import { dataset, folderDataset, tableDataset } from "../../lib/datasets/mod.ts";
import { decodeImage } from "../../lib/image/mod.ts";
import { inTree } from "./tree.ts";

// Written by PyArrow 26: nine rows, with Snappy and a dictionary, without either, and with Zstandard.
const fixture = (name: string) =>
  decodeURIComponent(new URL(`../fixtures/datasets/tables/${name}`, import.meta.url).pathname);

Deno.test("a Parquet table with a split column is read as it says", async () => {
  const file = fixture("birds.parquet");
  const loaded = await dataset(`parquet:${file}`).load("ignored");
  assert.deepEqual(loaded.classNames, ["robin", "song thrush"]);
  assert.deepEqual([loaded.train, loaded.val, loaded.test].map((s) => s.length), [6, 1, 2]);
  assert.deepEqual(loaded.val, [{
    path: `${dirname(file)}/wren/é0.jpg`,
    label: 1,
    className: "song thrush",
  }]);
});

Deno.test("a plain Parquet table without a split column is split by rule", async () => {
  const loaded = await tableDataset(fixture("plain.parquet")).load();
  assert.deepEqual([loaded.train, loaded.val, loaded.test].map((s) => s.length), [4, 2, 3]);
});

Deno.test("a Parquet file in another compression, cut, or that is none is one clear line", async () => {
  const refused = (path: string) =>
    assert.rejects(tableDataset(path).load(), (error: Error) => {
      assert.equal(error.name, "UserError");
      assert.match(
        error.message,
        /\.parquet cannot be read as Parquet \(.+\): write it with Snappy compression, or as CSV\.$/,
      );
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  await refused(fixture("birds_zstd.parquet"));
  const whole = await Deno.readFile(fixture("birds.parquet"));
  await inTree(
    { "cut.parquet": whole.slice(0, 600), "text.parquet": "path,label\n" },
    async (root) => {
      await refused(`${root}/cut.parquet`);
      await refused(`${root}/text.parquet`);
    },
  );
});

Deno.test("a Parquet file of a kilobyte whose run states a billion values is refused before it fills memory", async () => {
  const bytes = await Deno.readFile(fixture("birds.parquet"));
  bytes.set([0xfe, 0xff, 0xff, 0xff, 0x0f], 145); // a run's length, a varint
  await inTree({ "bomb.parquet": bytes }, async (root) => {
    await assert.rejects(
      tableDataset(`${root}/bomb.parquet`).load(),
      /bomb\.parquet cannot be read as Parquet \(it takes \d+ MiB to unpack \d+ bytes\)/,
    );
  });
});

// Written by PyArrow 26 and Pillow 13 as Hugging Face's library writes them: twelve pictures of two by two as PNG, JPEG and WebP
// inside of the table, the names of the labels in its metadata; and four with lists of labels.
Deno.test("pictures inside of a table are written out once, and labels have the names that the file says", async () =>
  inTree({ "t.parquet": await Deno.readFile(fixture("embedded.parquet")) }, async (root) => {
    const set = await tableDataset(`${root}/t.parquet`).load(`${root}/scratch`);
    assert.deepEqual(set.classNames, ["wren", "house finch"]);
    assert.deepEqual([set.train, set.val, set.test].map((s) => s.length), [6, 2, 4]);
    for (const { path, label } of [...set.train, ...set.val, ...set.test]) {
      const i = Number(path.match(/(\d+)\.\w+$/)![1]);
      assert.equal(label, i % 2);
      const { width, data } = await decodeImage(path);
      assert.equal(width, 2);
      assert.ok(Math.abs(data[0]! - 10 * i) < 16, `${path} has the pixels of row ${i}`);
    }
    assert.ok(set.train[0]!.path.startsWith(`${root}/scratch/pictures/t.parquet-`));
    const { mtime } = await Deno.stat(set.train[0]!.path);
    assert.deepEqual(await tableDataset(`${root}/t.parquet`).load(`${root}/scratch`), set);
    assert.deepEqual((await Deno.stat(set.train[0]!.path)).mtime, mtime);
    const beside = await tableDataset(`${root}/t.parquet`).load();
    assert.ok(beside.train[0]!.path.startsWith(`${root}/t.parquet.pictures/`));
    assert.ok(
      beside.assumed?.some((line) => /12 pictures inside of t\.parquet were written/.test(line)),
    );
  }));

Deno.test("a folder of Parquet files is split by their names", async () => {
  const bytes = await Deno.readFile(fixture("embedded.parquet"));
  await inTree({
    "hub/README.md": "x",
    "hub/data/train-00000-of-00002.parquet": bytes,
    "hub/data/train-00001-of-00002.parquet": bytes,
    "hub/data/validation-00000-of-00001.parquet": bytes,
    "hub/data/test-00000-of-00001.parquet": bytes,
  }, async (root) => {
    const set = await folderDataset(`${root}/hub`).load(`${root}/scratch`);
    assert.deepEqual(set.classNames, ["wren", "house finch"]);
    assert.deepEqual([set.train, set.val, set.test].map((s) => s.length), [24, 12, 12]);
    assert.equal(new Set(set.train.map(({ path }) => path)).size, 24);
  });
});

Deno.test("a Parquet table with several labels to a picture is refused with the reason", async () =>
  inTree({ "t.parquet": await Deno.readFile(fixture("multi_label.parquet")) }, async (root) => {
    await assert.rejects(tableDataset(`${root}/t.parquet`).load(`${root}/scratch`), {
      name: "UserError",
      message: /^row 1 of .*t\.parquet has 2 classes \(0, 1\), and these methods tell one class/,
    });
  }));
