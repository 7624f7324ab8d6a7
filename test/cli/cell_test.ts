import assert from "node:assert/strict";
import { ended, quick, small, start } from "./commands.ts";

Deno.test("planned cells run one by one in processes of their own, and only once", async (t) => {
  const out = `${await Deno.makeTempDir()}/out`;
  const args = [...quick, "--methods", "zero-shot,coop", "--out", out];
  const first = await ended(start("reproduce", args));
  assert.equal(first.code, 0, first.lines.join("\n"));
  const plan = JSON.parse(await Deno.readTextFile(`${out}/plan.json`));
  assert.equal(plan.schema, 3);
  assert.deepEqual(plan.cells.map(({ index }: { index: number }) => index), [0, 1]);
  const { id } = plan.cells[1];
  const path = `${out}/records/${id}.json`;
  const before = JSON.parse(await Deno.readTextFile(path));

  await t.step("a record that is gone is made again, with the same predictions", async () => {
    await Deno.remove(path);
    const made = await ended(start("cell", [out, "1"]));
    assert.equal(made.code, 0, made.lines.join("\n"));
    const after = JSON.parse(await Deno.readTextFile(path));
    assert.deepEqual(after.results, before.results);
    assert.deepEqual(after.cell, plan.cells[1].cell);
    const { mtime } = await Deno.stat(path);
    assert.equal((await ended(start("cell", [out, "1"]))).code, 0);
    assert.deepEqual((await Deno.stat(path)).mtime, mtime, "it is not written again");
  });

  await t.step("the report is written from what is there", async () => {
    await Deno.remove(path);
    const { code, lines } = await ended(start("reproduce", ["--report-only", "--out", out]));
    assert.equal(code, 0, lines.join("\n"));
    assert.ok(lines.includes("1 of 2 cells have not been run yet."));
    const report = await Deno.readTextFile(`${out}/report.md`);
    assert.match(report, /1 of 2 cells have not been run yet/);
    assert.match(report.split("\n")[0]!, /not a result/);
  });

  await t.step(
    "a cell that is another here than planned is not run under a false name",
    async () => {
      const [experiment] = plan.experiments;
      const entries = experiment.entries.map((entry: object) => (
        { ...entry, settings: { contextLength: 4 } }
      ));
      const changed = { ...plan, experiments: [{ ...experiment, entries }] };
      await Deno.writeTextFile(`${out}/plan.json`, JSON.stringify(changed));
      const refused = await ended(start("cell", [out, "1"]));
      assert.equal(refused.code, 1);
      assert.match(refused.lines.at(-1)!, /^cell 1 is planned as \w+ and would be \w+ here/);
      await assert.rejects(Deno.stat(path));
    },
  );

  await t.step("a dry run prints the cells and runs nothing", async () => {
    const { code, printed } = await ended(start("reproduce", [...args, "--dry-run"]));
    assert.equal(code, 0);
    assert.deepEqual(printed, [
      `0 ${plan.cells[0].id} done: base-to-new, zero-shot on pocket-tiles, 0 shots, seed 1`,
      `1 ${id} to run: base-to-new, coop on pocket-tiles, 16 shots, seed 1`,
    ]);
    await assert.rejects(Deno.stat(path));
  });

  await t.step("what is no cell of the plan is wrong usage", async () => {
    for (const index of ["2", "-1", "x"]) {
      const { code, lines } = await ended(start("cell", [out, index]));
      assert.equal(code, 2, lines.join("\n"));
    }
    const nowhere = await ended(start("cell", [`${out}/nowhere`, "0"]));
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.lines.at(-1)!, /there is no .*plan\.json/);
  });
});

Deno.test("a cell that fails is noted, and forgotten when it is done", async () => {
  const out = `${await Deno.makeTempDir()}/out`;
  const training = ["--epochs", "2", "--seeds", "1", "--rate", "1e30"];
  const args = [...small, ...training, "--methods", "zero-shot,coop"];
  const first = await ended(start("reproduce", [...args, "--out", out]));
  assert.equal(first.code, 1);
  const { cells } = JSON.parse(await Deno.readTextFile(`${out}/plan.json`));
  const failed = `${out}/failed/${cells[1].id}.json`;
  const { error } = JSON.parse(await Deno.readTextFile(failed));
  assert.ok(
    first.lines.some((line) =>
      line.startsWith("Failed: base-to-new, coop") && line.endsWith(error)
    ),
  );
  await Deno.remove(failed);
  assert.equal((await ended(start("cell", [out, "1"]))).code, 1);
  assert.equal(JSON.parse(await Deno.readTextFile(failed)).error, error);

  const done = `${out}/failed/${cells[0].id}.json`;
  await Deno.copyFile(failed, done);
  assert.equal((await ended(start("cell", [out, "0"]))).code, 0);
  await assert.rejects(Deno.stat(done));
});
