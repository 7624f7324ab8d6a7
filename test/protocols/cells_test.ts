import assert from "node:assert/strict";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes } from "../../lib/datasets/mod.ts";
import { openImages } from "../../lib/engine/mod.ts";
import { method } from "../../lib/methods/mod.ts";
import {
  cells,
  identity,
  type Lab,
  planCell,
  protocol,
  protocols,
  readRecord,
  runCell,
  writeRecord,
} from "../../lib/protocols/mod.ts";
import { memory, useBackend } from "../../lib/tensor/mod.ts";

const root = await Deno.makeTempDir();
const drawn = drawShapes(root);

async function lab(): Promise<Lab & Disposable> {
  await useBackend("wasm");
  await drawn;
  const clip = randomClip(smallConfig, 3);
  const images = openImages(clip, { workers: 0 });
  return {
    images,
    datasets: [await drawnShapes.load(root)],
    overrides: {},
    training: { epochs: 1 },
    shared: {
      clip: { name: "random", sha256: clip.sha256, description: "random" },
      backend: { name: "wasm", reason: "asked for", device: "CPU" },
      versions: {},
      command: "a test",
    },
    [Symbol.dispose]() {
      images[Symbol.dispose]();
      disposeClip(clip);
    },
  };
}

const cell = (protocol: string, method: string) => ({
  protocol,
  method,
  dataset: "drawn-shapes",
  shots: 2,
  seed: 1,
});

Deno.test("base-to-new trains on base classes and tests both halves, with labels from 0", async () => {
  using at = await lab();
  const chosen = protocol("base-to-new");
  const { source, targets } = planCell(cell(chosen.name, "coop"), {
    method: method("coop"),
    protocol: chosen,
  }, at);
  assert.equal(source.classNames.length, 6);
  assert.equal(source.train.length, 2 * 6);
  assert.deepEqual(targets.map(({ classes }) => classes), ["base", "new"]);
  assert.deepEqual([...new Set(targets[1].dataset.test.map(({ label }) => label))].sort(), [
    0,
    1,
    2,
    3,
    4,
    5,
  ]);
});

Deno.test("prompts deeper than the towers are made to fit, and that is written down", async () => {
  using at = await lab();
  const planned = planCell(cell("few-shot", "ivlp"), {
    method: method("ivlp"),
    protocol: protocol("few-shot"),
  }, at);
  assert.equal(planned.settings.textDepth, 3);
  assert.deepEqual(planned.overrides.sort(), ["imageDepth", "textDepth"]);
  assert.match(planned.deviations.join(), /textDepth 3 instead of 9/);
});

Deno.test("what belongs to the classes it was trained on is tested on those alone", async () => {
  using at = await lab();
  const chosen = { method: method("coop"), protocol: protocol("base-to-new") };
  const overrides = { classSpecific: true };
  const planned = planCell(cell("base-to-new", "coop"), chosen, { ...at, overrides });
  assert.deepEqual(planned.targets.map(({ classes }) => classes), ["base"]);
  assert.match(planned.deviations.join(), /others are not tested/);
});

Deno.test("a cell ends in a record that holds its results, and no tensor stays", async () => {
  using at = await lab();
  const chosen = { method: method("coop"), protocol: protocol("base-to-new") };
  const planned = planCell(cell("base-to-new", "coop"), chosen, at);
  await runCell(planned, at);
  const before = memory().tensors;
  const record = await runCell(planned, at);
  assert.equal(memory().tensors, before);
  assert.deepEqual(record.results.map(({ classes, metrics }) => [classes, metrics.n]), [[
    "base",
    72,
  ], ["new", 72]]);
  assert.equal(record.epochs.length, 1);
  assert.equal(record.parameters, 16 * 64);
  assert.deepEqual(record.overrides, ["epochs"]);
  assert.match(record.deviations.join(), /1 epochs instead of 100/);
});

Deno.test("a cell's identity changes with what changes its result, and with nothing else", async () => {
  using at = await lab();
  const chosen = { method: method("prograd"), protocol: protocol("few-shot") };
  const id = (changes: Partial<Lab>) =>
    identity(planCell(cell("few-shot", "prograd"), chosen, { ...at, ...changes }), {
      ...at,
      ...changes,
    });
  assert.equal(id({}), id({}));
  assert.equal(id({ shared: { ...at.shared, command: "another" } }), id({}));
  assert.notEqual(id({ overrides: { lambda: 0.5 } }), id({}));
  assert.notEqual(id({ training: { epochs: 2 } }), id({}));
  assert.notEqual(id({ views: 4 }), id({}));
});

Deno.test("a record that is not whole, was altered or renamed counts as none", async () => {
  const out = await Deno.makeTempDir();
  using at = await lab();
  const planned = planCell(cell("few-shot", "zero-shot"), {
    method: method("zero-shot"),
    protocol: protocol("few-shot"),
  }, at);
  const record = await runCell(planned, at);
  await writeRecord(out, "one", record);
  assert.deepEqual(await readRecord(out, "one"), JSON.parse(JSON.stringify(record)));
  assert.equal(await readRecord(out, "none"), undefined);
  const path = `${out}/records/one.json`;
  const text = await Deno.readTextFile(path);
  await Deno.copyFile(path, `${out}/records/two.json`);
  assert.equal(await readRecord(out, "two"), undefined, "renamed");
  const { accuracy } = record.results[0].metrics;
  const altered = text.replace(`"accuracy": ${accuracy}`, `"accuracy": ${accuracy + 1}`);
  assert.notEqual(altered, text);
  for (const damaged of [altered, text.slice(0, 200), text.slice(0, -3), ""]) {
    await Deno.writeTextFile(path, damaged);
    assert.equal(await readRecord(out, "one"), undefined, damaged.slice(-50));
  }
});

Deno.test("the grid crosses everything, and cross-dataset transfer trains on the first set alone", async () => {
  using at = await lab();
  const [set] = at.datasets;
  const axes = {
    methods: [method("coop"), method("prograd")],
    datasets: [set, { ...set, name: "other" }],
    shots: [1, 2],
    seeds: [1, 2, 3],
  };
  const count = (name: string) => cells({ ...axes, protocol: protocol(name) }).length;
  assert.equal(count("few-shot"), 2 * 2 * 2 * 3);
  assert.equal(count("cross-dataset"), 2 * 2 * 3);
  assert.throws(() => protocol("few-shots"), /did you mean few-shot\?/);
  assert.equal(new Set(protocols.map(({ name }) => name)).size, protocols.length);
});

Deno.test("domain generalization trains on the first set and tests it and its shifts", async () => {
  using at = await lab();
  const [set] = at.datasets;
  const named = (...names: string[]) => names.map((name) => ({ ...set, name }));
  const chosen = protocol("domain-generalization");
  const targets = (...names: string[]) =>
    chosen.targets(named(...names)[0], named(...names)).map(({ dataset }) => dataset.name);
  const papers = ["imagenet", "imagenetv2", "imagenet_sketch", "imagenet_a", "imagenet_r"];
  assert.deepEqual(targets(...papers), papers);
  assert.deepEqual(targets("mine", "mine-at-night"), ["mine", "mine-at-night"]);
  assert.throws(() => targets("imagenet"), /name imagenetv2, .* by --data after it/);
  assert.throws(() => targets("imagenet", "dtd"), /dtd is no shift of imagenet/);
  const axes = { methods: [method("coop")], datasets: named(...papers), shots: [16], seeds: [1] };
  assert.deepEqual(cells({ ...axes, protocol: chosen }).map(({ dataset }) => dataset), [
    "imagenet",
  ]);
  const planned = planCell({ ...cell(chosen.name, "coop"), dataset: "imagenet" }, {
    method: method("coop"),
    protocol: chosen,
  }, { ...at, datasets: named(...papers) });
  assert.deepEqual(planned.targets.map(({ dataset }) => dataset.name), papers);
});
