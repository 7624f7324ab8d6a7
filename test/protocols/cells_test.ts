import assert from "node:assert/strict";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { dataset, drawnShapes, drawShapes, type LoadedDataset } from "../../lib/datasets/mod.ts";
import { openImages } from "../../lib/engine/mod.ts";
import { prograd, resolveSettings } from "../../lib/methods/mod.ts";
import {
  type Draft,
  draftCells,
  type Entry,
  type Experiment,
  type Ground,
  identity,
  type Lab,
  methodOf,
  planner,
  protocol,
  protocols,
  readRecord,
  recipes,
  runCell,
  trainingIdentity,
  writeRecord,
} from "../../lib/protocols/mod.ts";
import { memory, useBackend } from "../../lib/tensor/mod.ts";

const root = await Deno.makeTempDir();
const drawn = drawShapes(root);

/** A lab with one data set, and the ground that cells on it are planned on. */
async function open(): Promise<Disposable & { lab: Lab; ground: Ground; set: LoadedDataset }> {
  await useBackend("wasm");
  await drawn;
  const clip = randomClip(smallConfig, 3);
  const images = openImages(clip, { workers: 0 });
  const set = await drawnShapes.load(root);
  return {
    set,
    ground: { config: clip.config, datasets: new Map([[set.name, set]]) },
    lab: {
      images,
      shared: {
        clip: { name: "random", sha256: clip.sha256, description: "random" },
        backend: { name: "wasm", reason: "asked for", device: "CPU" },
        versions: {},
        command: "a test",
      },
    },
    [Symbol.dispose]() {
      images[Symbol.dispose]();
      disposeClip(clip);
    },
  };
}

/** One epoch of a method. */
const entry = (method: string, more: Partial<Entry> = {}): Entry => ({
  method,
  training: { epochs: 1 },
  ...more,
});

const experiment = (protocol: string, entries: Entry[], more: Partial<Experiment> = {}) => ({
  ...{ id: "a", title: "A", about: "", clip: "random", protocol, entries },
  ...{ datasets: ["drawn-shapes"], shots: [2], seeds: [1] },
  ...more,
});

const draft = (protocol: string, by: Entry, more: Partial<Experiment> = {}): Draft =>
  draftCells([experiment(protocol, [by], more)])[0]!;

Deno.test("base-to-new trains on base classes and tests both halves, with labels from 0", async () => {
  using at = await open();
  const { source, targets } = planner(at.ground)(draft("base-to-new", entry("coop")));
  assert.equal(source.classNames.length, 6);
  assert.equal(source.train.length, 2 * 6);
  assert.deepEqual(targets.map(({ classes }) => classes), ["base", "new"]);
  assert.deepEqual([...new Set(targets[1]!.dataset.test.map(({ label }) => label))].sort(), [
    0,
    1,
    2,
    3,
    4,
    5,
  ]);
});

Deno.test("prompts deeper than the towers are made to fit, and that is written down", async () => {
  using at = await open();
  const plan = planner(at.ground);
  const planned = plan(draft("few-shot", { method: "ivlp" }));
  assert.equal(planned.settings.textDepth, 3);
  assert.deepEqual(planned.overrides.sort(), ["imageDepth", "textDepth"]);
  assert.match(planned.deviations.join(), /textDepth 3 instead of 9: this CLIP has no more layers/);
  const shallow = plan(draft("few-shot", { method: "ivlp", settings: { textDepth: 2 } }));
  assert.match(shallow.deviations.join("; "), /textDepth 2 instead of 9(;|$)/);
});

Deno.test("each change of a preset's setting is a deviation that says from what to what", async () => {
  using at = await open();
  const { deviations, overrides } = planner(at.ground)(draft("few-shot", {
    method: "prograd",
    settings: { lambda: 0.5, contextLength: 4, init: "template" },
    training: { epochs: 3, batchSize: 32 },
    views: 2,
    crops: 0.5,
  }));
  assert.deepEqual(overrides, ["contextLength", "lambda", "epochs", "views", "crops"]);
  assert.deepEqual(deviations, [
    ...prograd.presets.paper!.deviations,
    "contextLength 4 instead of 16",
    "lambda 0.5 instead of 1",
    "epochs 3 instead of 100",
    "2 fixed views of each training image instead of new crops in every epoch",
    "training crops show at least 0.5 of an image instead of 0.08",
  ]);
});

Deno.test("what belongs to the classes it was trained on is tested on those alone", async () => {
  using at = await open();
  const planned = planner(at.ground)(
    draft("base-to-new", entry("coop", { settings: { classSpecific: true } })),
  );
  assert.deepEqual(planned.targets.map(({ classes }) => classes), ["base"]);
  assert.match(planned.deviations.join(), /others are not tested/);
});

Deno.test("a cell ends in a record that holds its results, and no tensor stays", async () => {
  using at = await open();
  const planned = planner(at.ground)(draft("base-to-new", entry("coop")));
  await runCell(planned, at.lab);
  const before = memory().tensors;
  const record = await runCell(planned, at.lab);
  assert.equal(memory().tensors, before);
  assert.deepEqual(record.results.map(({ classes, metrics }) => [classes, metrics.n]), [[
    "base",
    72,
  ], ["new", 72]]);
  assert.equal(record.epochs.length, 1);
  assert.equal(record.parameters, 16 * 64);
  assert.deepEqual(record.overrides, ["epochs"]);
  assert.match(record.deviations.join(), /epochs 1 instead of 100/);
});

Deno.test("a cell's identity changes with what changes its result, and with nothing else", async () => {
  using at = await open();
  const { lab, ground } = at;
  const id = (more: Partial<Entry> = {}, shared = lab.shared) =>
    identity(planner(ground)(draft("few-shot", entry("prograd", more))), { shared });
  assert.equal(id(), id());
  assert.equal(id({}, { ...lab.shared, command: "another" }), id());
  assert.equal(id({ settings: { lambda: 1 } }), id(), "as in the preset");
  assert.notEqual(id({ settings: { lambda: 0.5 } }), id());
  assert.notEqual(id({ training: { epochs: 2 } }), id());
  assert.notEqual(id({ views: 4 }), id());
  assert.notEqual(id({ crops: 0.5 }), id());
});

Deno.test("cells that learn the same and test another thing have one training's identity", async () => {
  using at = await open();
  const plan = planner(at.ground);
  const ids = (protocol: string, more: Partial<Experiment> = {}) => {
    const planned = plan(draft(protocol, entry("coop"), more));
    return [identity(planned, at.lab), trainingIdentity(planned, at.lab)];
  };
  const [few, learned] = ids("few-shot");
  const [cross, learnedToo] = ids("cross-dataset");
  assert.notEqual(few, cross);
  assert.equal(learned, learnedToo);
  assert.notEqual(ids("base-to-new")[1], learned);
  assert.notEqual(ids("few-shot", { seeds: [2] })[1], learned);
});

Deno.test("a record that is not whole, was altered or renamed counts as none", async () => {
  const out = await Deno.makeTempDir();
  using at = await open();
  const record = await runCell(planner(at.ground)(draft("few-shot", entry("zero-shot"))), at.lab);
  await writeRecord(out, "one", record);
  assert.deepEqual(await readRecord(out, "one"), JSON.parse(JSON.stringify(record)));
  assert.equal(await readRecord(out, "none"), undefined);
  const path = `${out}/records/one.json`;
  const text = await Deno.readTextFile(path);
  await Deno.copyFile(path, `${out}/records/two.json`);
  assert.equal(await readRecord(out, "two"), undefined, "renamed");
  const { accuracy } = record.results[0]!.metrics;
  const altered = text.replace(`"accuracy": ${accuracy}`, `"accuracy": ${accuracy + 1}`);
  assert.notEqual(altered, text);
  for (const damaged of [altered, text.slice(0, 200), text.slice(0, -3), ""]) {
    await Deno.writeTextFile(path, damaged);
    assert.equal(await readRecord(out, "one"), undefined, damaged.slice(-50));
  }
});

Deno.test("experiments come to cells: everything crossed, each cell once", () => {
  const axes = { datasets: ["dtd", "eurosat"], shots: [1, 2], seeds: [1, 2, 3] };
  const entries = [{ method: "coop" }, { method: "prograd" }];
  const count = (name: string) => draftCells([experiment(name, entries, axes)]).length;
  assert.equal(count("few-shot"), 2 * 2 * 2 * 3);
  assert.equal(count("cross-dataset"), 2 * 2 * 3, "trained on the first set alone");
  const twice = draftCells([
    experiment("few-shot", entries, axes),
    experiment("few-shot", entries.slice(1), { ...axes, id: "b", datasets: ["eurosat", "ucf101"] }),
  ]);
  assert.equal(twice.length, 24 + 6);
  assert.deepEqual(
    twice.filter(({ experiments }) => experiments.size === 2).map(({ cell }) => cell.dataset),
    Array(6).fill("eurosat"),
  );
  const [untrained, ...more] = draftCells([
    experiment("few-shot", [{ method: "zero-shot" }], axes),
  ]) as [Draft, ...Draft[]];
  assert.deepEqual([untrained.cell.shots, more.length], [0, 1], "learns nothing: a cell a set");
  assert.throws(() => protocol("few-shots"), /did you mean few-shot\?/);
  assert.equal(new Set(protocols.map(({ name }) => name)).size, protocols.length);
});

Deno.test("domain generalization trains on the first set and tests it and its shifts", async () => {
  using at = await open();
  const { set } = at;
  const named = (...names: string[]) => names.map((name) => ({ ...set, name }));
  const chosen = protocol("domain-generalization");
  const targets = (...names: string[]) =>
    chosen.targets(named(...names)[0]!, named(...names)).map(({ dataset }) => dataset.name);
  const papers = ["imagenet", "imagenetv2", "imagenet_sketch", "imagenet_a", "imagenet_r"];
  assert.deepEqual(targets(...papers), papers);
  assert.deepEqual(targets("mine", "mine-at-night"), ["mine", "mine-at-night"]);
  assert.throws(() => targets("imagenet"), /name imagenetv2, .* by --data after it/);
  assert.throws(() => targets("imagenet", "dtd"), /dtd is no shift of imagenet/);
  const planned = planner({
    ...at.ground,
    datasets: new Map(named(...papers).map((set) => [set.name, set])),
  })(draft(chosen.name, entry("coop"), { datasets: papers }));
  assert.equal(planned.cell.dataset, "imagenet");
  assert.deepEqual(planned.targets.map(({ dataset }) => dataset.name), papers);
});

Deno.test("every recipe names methods, presets, protocols and data sets that there are, and ids once", () => {
  for (const recipe of recipes) {
    for (const full of [false, true]) {
      const experiments = recipe.experiments(full);
      assert.equal(new Set(experiments.map(({ id }) => id)).size, experiments.length);
      for (const { id, clip, entries, datasets, about } of experiments) {
        assert.match(id, /^[a-z]+\/[a-z-]+$/);
        assert.ok(about.endsWith("."), id);
        for (const name of datasets) assert.equal(dataset(name).name, name);
        for (const entry of entries) {
          const { preset, settings } = entry;
          const by = methodOf(entry);
          if (preset) assert.ok(preset in by.presets, `${by.name}:${preset}`);
          resolveSettings(by, settings ?? {});
        }
        if (recipe.name === "paper") assert.match(clip, /^(RN50|ViT-B\/16)$/);
      }
      assert.ok(draftCells(experiments).length > 0);
    }
  }
});
