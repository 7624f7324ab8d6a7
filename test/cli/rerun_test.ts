/** What changed is run again, and nothing else: one process, no start-up, so that it can be looked at closely. */
import assert from "node:assert/strict";
import { parse } from "../../lib/cli/options.ts";
import { choose } from "../../lib/cli/reproduce/choose.ts";
import { reproduceOptions } from "../../lib/cli/reproduce/options.ts";
import { plan } from "../../lib/lab/mod.ts";
import { dataset } from "../../lib/datasets/mod.ts";

const root = await Deno.makeTempDir();
const set = await dataset("pocket-tiles").load(root);

/** Identities by cell, of a plan with these changes. */
async function ids(...changes: string[]): Promise<Map<string, string>> {
  const args = [
    ...["--data", `pocket-tiles=${root}`, "--clip", "random", "--backend", "wasm"],
    ...["--methods", "zero-shot,coop,prograd", "--shots", "1", "--seeds", "1,2"],
    ...["--out", `${root}/out`, "--workers", "0"],
    ...changes,
  ];
  const options = parse("reproduce", reproduceOptions, args);
  const { out, backend, workers } = options;
  const { experiments, data } = choose(options);
  const { plan: { cells } } = await plan(experiments, { out, backend, workers, data });
  return new Map(cells.map(({ id, cell }) => [`${cell.method} ${cell.seed}`, id]));
}

/** The cells whose identity is another. */
function changed(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...before.keys()].filter((cell) => before.get(cell) !== after.get(cell));
}

const all = ["zero-shot 1", "coop 1", "coop 2", "prograd 1", "prograd 2"];

Deno.test("a setting, an image or the split touches exactly the cells that read it", async (t) => {
  const before = await ids();
  assert.deepEqual([...before.keys()], all);
  assert.deepEqual(changed(before, await ids()), []);

  await t.step("a setting touches the methods that have it", async () => {
    assert.deepEqual(changed(before, await ids("--set", "lambda=0.5")), ["prograd 1", "prograd 2"]);
  });

  await t.step("epochs touch what trains", async () => {
    assert.deepEqual(changed(before, await ids("--epochs", "2")), all.slice(1));
  });

  await t.step("a test image touches all, a training image the seeds that drew it", async () => {
    await replaced(set.test[0]!.path, async () => {
      assert.deepEqual(changed(before, await ids()), all);
    });
    let touched = new Set<string>();
    for (const { path } of set.train.filter(({ label }) => label === 0)) {
      await replaced(path, async () => {
        const cells = changed(before, await ids());
        if (cells.length > 0) touched = touched.union(new Set([cells.join(", ")]));
      });
    }
    assert.deepEqual([...touched].sort(), ["coop 1, prograd 1", "coop 2, prograd 2"]);
  });

  await t.step("the split touches the cells whose images it changes", async () => {
    const text = await Deno.readTextFile(set.splitFrom);
    const split = JSON.parse(text);
    split.test.pop();
    await Deno.writeTextFile(set.splitFrom, JSON.stringify(split));
    assert.deepEqual(changed(before, await ids()), all);
    await Deno.writeTextFile(set.splitFrom, text);
    assert.deepEqual(changed(before, await ids()), []);
  });
});

/** Runs `look` while a file has other bytes. */
async function replaced(path: string, look: () => Promise<void>): Promise<void> {
  const bytes = await Deno.readFile(path);
  await Deno.writeFile(path, new Uint8Array([...bytes, 0])); // still a picture
  await Deno.utime(path, new Date(), new Date(Date.now() + 5000));
  await look();
  await Deno.writeFile(path, bytes);
  await Deno.utime(path, new Date(), new Date(Date.now() + 9000));
}
