import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openIndex, writeRecord } from "../../lib/protocols/mod.ts";
import { record, result } from "../report/records.ts";

async function rows(out: string): Promise<[string, number][]> {
  using index = await openIndex(out);
  return index.prepare("SELECT id, accuracy FROM cells JOIN results USING (id) ORDER BY id").all()
    .map(({ id, accuracy }) => [String(id), Number(accuracy)]);
}

const made = (seed: number, accuracy: number) =>
  record({ seed }, [result("eurosat", "base", accuracy)]);

Deno.test("the index holds what the records say, whatever became of it or of them", async () => {
  const out = await Deno.makeTempDir();
  assert.deepEqual(await rows(out), []);
  await writeRecord(out, "a", made(1, 80));
  await writeRecord(out, "b", made(2, 81));
  assert.deepEqual(await rows(out), [["a", 80], ["b", 81]]);

  await writeRecord(out, "a", made(1, 70.25));
  await writeRecord(out, "c", made(3, 82));
  await Deno.remove(`${out}/records/b.json`);
  assert.deepEqual(await rows(out), [["a", 70.25], ["c", 82]], "changed, new and removed records");

  const path = `${out}/index.sqlite`;
  const { mtime } = await Deno.stat(path);
  assert.deepEqual(await rows(out), [["a", 70.25], ["c", 82]]);
  assert.deepEqual((await Deno.stat(path)).mtime, mtime, "nothing new, nothing written");

  const bytes = await Deno.readFile(path);
  for (
    const damaged of [new Uint8Array(), bytes.subarray(0, 5000), new TextEncoder().encode("no")]
  ) {
    await Deno.writeFile(path, damaged);
    assert.deepEqual(await rows(out), [["a", 70.25], ["c", 82]], `${damaged.length} bytes left`);
  }
  await Deno.remove(path);
  assert.deepEqual(await rows(out), [["a", 70.25], ["c", 82]]);
  const left = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
  assert.deepEqual(left, ["index.sqlite", "records"]);
});

Deno.test("a damaged record is not in the index", async () => {
  const out = await Deno.makeTempDir();
  await writeRecord(out, "a", made(1, 80));
  const text = await Deno.readTextFile(`${out}/records/a.json`);
  await Deno.writeTextFile(
    `${out}/records/a.json`,
    text.replace('"accuracy": 80', '"accuracy": 99'),
  );
  assert.deepEqual(await rows(out), []);
});

Deno.test("an index with views that never end, triggers or other tables is a stranger's, and made again", async () => {
  const out = await Deno.makeTempDir();
  await writeRecord(out, "a", made(1, 80));
  await rows(out);
  const path = `${out}/index.sqlite`;
  const endless = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) " +
    "SELECT id, 1 AS size, 1 AS changed FROM n";
  for (
    const strange of [
      `DROP TABLE files; CREATE VIEW files AS ${endless};`,
      "CREATE TRIGGER t AFTER INSERT ON files BEGIN DELETE FROM cells; END;",
      "CREATE TABLE other (id TEXT);",
      "DROP TABLE results; CREATE TABLE results (id TEXT);",
    ]
  ) {
    {
      using database = new DatabaseSync(path);
      database.exec(strange);
    }
    assert.deepEqual(await rows(out), [["a", 80]], strange);
    using database = new DatabaseSync(path, { readOnly: true });
    const names = database.prepare("SELECT name FROM sqlite_schema WHERE sql NOT NULL").all();
    assert.equal(names.length, 4, strange);
  }
});
