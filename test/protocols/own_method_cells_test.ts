/** A method in one file of one's own, as an entry of an experiment: its cells, record and report lack nothing. */
import assert from "node:assert/strict";
import { tethered } from "../../docs/own_method.ts";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes } from "../../lib/datasets/mod.ts";
import { openImages } from "../../lib/engine/mod.ts";
import {
  codeVersion,
  cost,
  draftCells,
  type Entry,
  identity,
  type Lab,
  planner,
  runCell,
} from "../../lib/protocols/mod.ts";
import { report } from "../../lib/report/mod.ts";
import { memory, useBackend } from "../../lib/tensor/mod.ts";

Deno.test("a method of one's own has gradient statistics, a cost, a baseline, rows and figures", async () => {
  await useBackend("wasm");
  const root = await Deno.makeTempDir();
  await drawShapes(root);
  const set = await drawnShapes.load(root);
  const clip = randomClip(smallConfig, 3);
  using images = openImages(clip, { workers: 0 });
  const lab: Lab = {
    images,
    codeOf: await codeVersion(),
    shared: {
      clip: { name: "random", sha256: clip.sha256, description: "random" },
      backend: { name: "wasm", reason: "asked for", device: "CPU" },
      versions: {},
      command: "a test",
    },
  };
  const short = { training: { epochs: 2 }, views: 1 };
  const entries: Entry[] = [
    { method: "coop", settings: { contextLength: 4 }, ...short },
    { method: tethered, settings: { pull: 2 }, ...short },
  ];
  const drafts = draftCells([{
    ...{ id: "own/few-shot", title: "Own", about: "", clip: "random", protocol: "few-shot" },
    ...{ entries, datasets: [set.name], shots: [1], seeds: [1, 2] },
  }]);
  const plan = planner({ config: clip.config, datasets: new Map([[set.name, set]]) });
  const planned = drafts.map(plan);
  assert.equal(new Set(planned.map((cell) => identity(cell, lab))).size, 4);
  const [other, own] = [planned[0]!, planned.at(-1)!];
  assert.notEqual(lab.codeOf!(other.method).hash, lab.codeOf!(own.method).hash);
  const sizes = { classes: 12, images: 12, training: own.training, tests: [] };
  const machine = { rate: 1e11, overhead: 1e-5 };
  assert.ok(cost({ ...sizes, method: own.method }, clip.config, machine).seconds > 0);

  await runCell(own, lab); // makes what is made once
  const before = memory().tensors;
  const records = [];
  for (const cell of planned) records.push(await runCell(cell, lab));
  assert.equal(memory().tensors, before);
  for (const record of records.slice(2)) {
    assert.deepEqual(
      { ...record.method, code: record.method?.code?.of },
      { title: "tethered", learns: true, baseline: "coop", published: false, code: "module" },
    );
    for (const { gradients } of record.epochs) assert.ok(gradients!["gradient/norm"]! > 0);
  }

  const { json, html } = report(records, { headline: "Own", command: "a test" });
  const table = (part: string) => json.tables.find(({ id }) => id.endsWith(part))!.rows;
  assert.ok(table("few-shot").some(({ label }) => label === "tethered"));
  const [difference] = table("/differences");
  assert.deepEqual([difference!.label, difference!.against], ["tethered", "coop"]);
  assert.ok((difference!["1-shot"] as { interval?: unknown }).interval);
  const rowsOfOwn = (part: string) => table(part).filter(({ label }) => label === "tethered");
  assert.equal(rowsOfOwn("/gradients")[0]!.statistic, "gradient/norm");
  assert.ok((rowsOfOwn("/costs")[0]!.parameters as { mean: number }).mean > 0);
  assert.match(html, /<svg[\s\S]*tethered/);
  disposeClip(clip);
});
