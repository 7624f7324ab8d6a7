import assert from "node:assert/strict";
import { dirname } from "node:path";
import { dataset, tableDataset } from "../../lib/datasets/mod.ts";
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
