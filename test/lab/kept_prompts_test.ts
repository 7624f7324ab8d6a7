/** What every cell of a grid learned lies beside its record, and gives the cell's numbers again. */
import assert from "node:assert/strict";
import { randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { baseNew, dataset, type LoadedDataset } from "../../lib/datasets/mod.ts";
import { loadTrained } from "../../lib/engine/mod.ts";
import { UserError } from "../../lib/errors.ts";
import { type LabOptions, plan, readPlan, run, work } from "../../lib/lab/mod.ts";
import { methods } from "../../lib/methods/mod.ts";
import { readReport, type ReportCell } from "../../lib/report/mod.ts";
import { memory, useBackend } from "../../lib/tensor/mod.ts";
import { smallSettings } from "../prompts/small_settings.ts";

await useBackend("wasm");
const whole = await dataset("pocket-tiles").load(await Deno.makeTempDir());
const some = (items: LoadedDataset["train"], each: number) =>
  [0, 1, 2, 3].flatMap((label) => items.filter((item) => item.label === label).slice(0, each));
const few: LoadedDataset = {
  ...{ ...whole, name: "few-tiles", title: "Few tiles", classNames: whole.classNames.slice(0, 4) },
  ...{ train: some(whole.train, 2), val: some(whole.val, 2), test: some(whole.test, 3) },
};
const clip = randomClip(smallConfig, 1);
const newFolder = async () => `${await Deno.makeTempDir()}/out`;

/** Two methods, or those named, for one epoch. */
async function ran(more: Partial<LabOptions> & { names?: string[]; protocol?: string } = {}) {
  const { names = ["zero-shot", "coop"], protocol = "base-to-new", ...options } = more;
  const out = options.out ?? await newFolder();
  const entries = names.map((method) => {
    const by = methods.find(({ name }) => name === method)!;
    const steps = Object.values(by.presets)[0]!.training(1).epochs > 0;
    const training = steps ? { epochs: 1, batchSize: 4 } : {};
    return { method, settings: smallSettings(by), training };
  });
  const result = await run(
    { clip, protocol, entries, datasets: [few], shots: [2], seeds: [1] },
    { backend: "wasm", jobs: 1, workers: 0, ...options, out },
  );
  return { out, ...result };
}

const fileOf = (out: string, { id }: { id: string }) => `${out}/prompts/${id}.safetensors`;
const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
const numbers = (cells: ReportCell[]) =>
  cells.map(({ id, metrics, predictionsSha256 }) => [id, metrics, predictionsSha256]);

Deno.test("every method's cell gives its numbers again from the prompts beside its record", async () => {
  const { out, report, failures } = await ran({ names: methods.map(({ name }) => name) });
  assert.deepEqual(failures, []);
  const parts = baseNew(few);
  for (const cell of report.cells) {
    using prompts = await loadTrained(fileOf(out, cell), clip);
    const { record } = prompts;
    assert.equal(record.method, cell.config.method);
    assert.equal(record.seed, 1);
    assert.deepEqual(record.deviations, cell.deviations);
    assert.deepEqual(record.words.classNames, parts.base.classNames);
    assert.deepEqual(
      record.measured.map(({ dataset, classes, accuracy }) => [`${dataset}/${classes}`, accuracy]),
      Object.entries(cell.metrics).map(([key, { accuracy }]) => [key, accuracy]),
    );
    for (const [key, metrics] of Object.entries(cell.metrics)) {
      const part = parts[key.split("/")[1] as "base" | "new"];
      const found = await prompts.evaluate(part);
      assert.deepEqual(found.metrics, metrics, `${cell.name} ${key}`);
    }
    assert.equal((await Deno.stat(fileOf(out, cell))).size, cell.prompts);
  }
  const { cells } = await readReport(out);
  assert.deepEqual(cells.map(({ prompts }) => prompts), report.cells.map(({ prompts }) => prompts));
  const html = await Deno.readTextFile(`${out}/report.html`);
  assert.ok(html.includes(`href="prompts/${cells[0]!.id}.safetensors"`));
});

Deno.test("keep none leaves them out, and changes no identity and no number", async () => {
  const kept = await ran();
  const before = memory().tensors;
  const none = await ran({ keep: "none" });
  await ran();
  assert.equal(memory().tensors, before);
  assert.deepEqual(numbers(none.report.cells), numbers(kept.report.cells));
  assert.ok(!await exists(`${none.out}/prompts`));
  assert.ok(none.report.cells.every(({ prompts }) => prompts === undefined));
  assert.ok(!(await Deno.readTextFile(`${none.out}/report.html`)).includes(`href="prompts/`));
});

Deno.test("a folder from before they were kept is gone on with as it is", async () => {
  const { out, report } = await ran({ keep: "none" });
  const path = `${out}/plan.json`;
  const { keep, ...old } = JSON.parse(await Deno.readTextFile(path));
  assert.equal(keep, "none");
  await Deno.writeTextFile(path, JSON.stringify(old));
  await readPlan(out);
  const again = await ran({ out });
  assert.deepEqual([again.made, again.kept], [0, 2]);
  assert.deepEqual(numbers(again.report.cells), numbers(report.cells));
  assert.ok(!await exists(`${out}/prompts`));
});

Deno.test("a cell whose record is gone is run again and writes the same bytes", async () => {
  const { out, report: { cells: [, cell] } } = await ran();
  const bytes = await Deno.readFile(fileOf(out, cell!));
  await Deno.remove(`${out}/records/${cell!.id}.json`);
  await Deno.writeTextFile(fileOf(out, cell!), "half a fi");
  const again = await ran({ out });
  assert.deepEqual([again.made, again.kept], [1, 1]);
  assert.deepEqual(await Deno.readFile(fileOf(out, cell!)), bytes);
});

Deno.test("a folder in their place is found before the work, and another word is refused", async () => {
  const { out, report: { cells: [, cell] } } = await ran({ keep: "none" });
  await Deno.remove(`${out}/records/${cell!.id}.json`);
  await Deno.mkdir(fileOf(out, cell!), { recursive: true });
  await assert.rejects(
    ran({ out }),
    (error) =>
      error instanceof UserError && /is no file, but should become one/.test(error.message),
  );
  await assert.rejects(
    ran({ keep: "all" as "none" }),
    /keep is "all"; give one of prompts, none$/,
  );
});

for (const keep of ["prompts", "none"] as const) {
  Deno.test(`a worker does as its plan says: ${keep}`, async () => {
    const out = await newFolder();
    const experiment = {
      ...{ clip: "random", datasets: ["pocket-tiles"], shots: [1], seeds: [1] },
      entries: [{ method: "coop", training: { epochs: 1, batchSize: 10 }, views: 1 }],
    };
    const stop = new AbortController();
    const planned = run(experiment, {
      ...{ out, keep, backend: "wasm", jobs: 1, workers: 0, signal: stop.signal },
      onEvent: ({ type }) => type === "planned" && stop.abort(new Error("planned")),
    });
    await assert.rejects(planned, /planned/);
    await work(out, () => [0], { onEvent() {} });
    const { id } = (await readPlan(out)).cells[0]!;
    assert.ok(await exists(`${out}/records/${id}.json`));
    assert.equal(await exists(fileOf(out, { id })), keep === "prompts");
    const { plan: without } = await plan(experiment, { out, backend: "wasm" });
    assert.equal(without.cells[0]!.id, id);
  });
}
