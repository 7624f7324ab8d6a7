/** The grid from a program: names and values in, a report out, in this process. */
import assert from "node:assert/strict";
import { dataset, type LoadedDataset } from "../../lib/datasets/mod.ts";
import { randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { type LabEvent, plan, readPlan, run } from "../../lib/lab/mod.ts";
import { coop, defineMethod } from "../../lib/methods/mod.ts";
import { reportRows } from "../../lib/report/mod.ts";
import { memory, useBackend } from "../../lib/tensor/mod.ts";

await useBackend("wasm");
const drawn = await Deno.makeTempDir();
const whole = await dataset("pocket-tiles").load(drawn);

/** A few of its classes and images: a data set in memory. */
const few: LoadedDataset = { ...whole, ...onFour(whole), name: "few-tiles", title: "Few tiles" };

function onFour({ classNames, train, val, test }: LoadedDataset) {
  const some = (items: LoadedDataset["train"], each: number) =>
    [0, 1, 2, 3].flatMap((label) => items.filter((item) => item.label === label).slice(0, each));
  const splits = { train: some(train, 4), val: some(val, 2), test: some(test, 3) };
  return { classNames: classNames.slice(0, 4), ...splits };
}

/** A method that no module has, as in a notebook's cell. */
const plain = defineMethod({
  ...{ name: "plain", title: "Plain", settings: coop.settings, needs: coop.needs },
  learner: (task, settings) => coop.learner(task, settings),
});

const training = { epochs: 2, batchSize: 4 };
const experiment = {
  entries: ["zero-shot", { method: "coop", training }, { method: plain, training }],
  datasets: [few],
  ...{ shots: [2], seeds: [1, 2] },
};

async function ran(more: Partial<Parameters<typeof run>[1]> = {}) {
  const events: LabEvent[] = [];
  const out = more.out ?? `${await Deno.makeTempDir()}/out`;
  const options = { clip: "random", backend: "wasm", jobs: 1, workers: 0 } as const;
  const onEvent = (event: LabEvent) => {
    events.push(event);
    more.onEvent?.(event);
  };
  return { out, events, result: await run(experiment, { ...options, ...more, out, onEvent }) };
}

const types = (events: LabEvent[]) => events.map(({ type }) => type);
const count = (events: LabEvent[], type: LabEvent["type"]) =>
  types(events).filter((one) => one === type).length;

Deno.test("a method and a data set as values come to rows, an interval and a report; done cells are kept", async () => {
  const { out, events, result } = await ran();
  assert.deepEqual([result.made, result.kept, result.failed], [5, 0, 0]);
  const rows = reportRows(result.report, "base-to-new");
  assert.equal(rows.filter(({ method }) => method === "plain").length, 4, "two halves, two seeds");
  const [one, other] = ["coop", "plain"].map((name) =>
    rows.filter(({ method }) => method === name).map(({ accuracy }) => accuracy)
  );
  assert.deepEqual(one, other, "it is CoOp under another name");
  const differences = result.report.tables.find(({ id }) => id === "base-to-new/differences")!;
  assert.deepEqual(differences.rows.map(({ label, against }) => [label, against]), [[
    "Plain",
    "CoOp",
  ]]);
  assert.match(await Deno.readTextFile(`${out}/report.md`), /\| Few tiles \| Plain \|/);

  assert.equal(types(events).filter((type) => type !== "note")[0], "planned");
  assert.deepEqual(
    [count(events, "started"), count(events, "done"), count(events, "epoch")],
    [5, 5, 8],
  );
  assert.equal(types(events).at(-1), "reported");
  const notes = events.flatMap((event) => event.type === "note" ? [event.text] : []);
  assert.ok(notes.some((text) => /the method plain .* its cells run in this process/.test(text)));
  assert.ok(notes.some((text) => /the data set few-tiles .* run in this process/.test(text)));

  const again = await ran({ out });
  assert.deepEqual([again.result.made, again.result.kept], [0, 5]);
  assert.equal(count(again.events, "kept"), 5);
});

Deno.test("a signal ends it at a checkpoint: done cells are kept, no tensor stays, and it goes on from there", async () => {
  const reference = await ran();
  const before = memory().tensors;
  for (const at of ["step", "tested"] as const) {
    const { signal, abort } = controller();
    const out = `${await Deno.makeTempDir()}/out`;
    let seen = 0;
    const onEvent = (event: LabEvent) => {
      if (event.type === at && event.cell.method === "plain" && ++seen === 1) abort();
    };
    await assert.rejects(ran({ out, signal, onEvent }), /^Error: enough$/);
    assert.equal(memory().tensors, before, `aborted at ${at}`);
    const { result } = await ran({ out });
    assert.ok(result.kept >= 3 && result.made > 0, JSON.stringify(result.kept));
    assert.deepEqual(reportRows(result.report), reportRows(reference.result.report));
  }
  const { signal, abort } = controller();
  abort();
  await assert.rejects(ran({ signal }), /^Error: enough$/);
});

function controller() {
  const made = new AbortController();
  return { signal: made.signal, abort: () => made.abort(new Error("enough")) };
}

Deno.test("a training that counts steps says of how many epochs it is, so that no part of it is more than the whole", async () => {
  const said: [number, number][] = [];
  const entries = [{ method: "coop", training: { steps: 5, batchSize: 4 } }];
  await run({ ...experiment, entries, seeds: [1] }, {
    ...{ clip: "random", backend: "wasm", jobs: 1, workers: 0 },
    out: `${await Deno.makeTempDir()}/out`,
    onEvent(event) {
      if (event.type === "step") said.push([event.epoch, event.epochs]);
    },
  });
  assert.deepEqual(said, [0, 1, 2, 3, 4].map((epoch) => [epoch, 5])); // four images: a step an epoch
});

Deno.test("a CLIP as a value is used and stays the caller's", async () => {
  const clip = randomClip(smallConfig, 1);
  const { result } = await ran({ clip });
  assert.equal(result.made, 5);
  assert.equal(result.report.cells[0]!.config.clip!.sha256, clip.sha256);
  assert.ok(clip.text !== undefined);
  const before = memory().tensors;
  await ran({ clip });
  assert.equal(memory().tensors, before);
});

Deno.test("two values of one name, and a name that is none, are refused in a line", async () => {
  const out = await Deno.makeTempDir();
  const refused = (given: Parameters<typeof plan>[0], message: RegExp) =>
    assert.rejects(plan(given, { out, backend: "wasm" }), (error: Error) => {
      assert.equal(error.name, "UserError");
      assert.match(error.message, message);
      return true;
    });
  const imposter = { ...plain };
  await refused({ ...experiment, entries: [plain, imposter] }, /two methods called plain/);
  await refused({ ...experiment, entries: [{ ...coop }] }, /two methods called coop/);
  await refused({ ...experiment, entries: ["progard"] }, /did you mean prograd\?/);
  await refused(
    { ...experiment, datasets: [few, { ...few }] },
    /two data sets are called few-tiles/,
  );
  await refused({ ...experiment, entries: [] }, /no entries/);
  await refused({ ...experiment, seeds: [] }, /no seeds/);
  await refused({ ...experiment, shots: [1.5] }, /shots of the experiment has 1\.5/);
  await refused([], /no experiment to run/);
  await refused([experiment, experiment], /two experiments are called base-to-new/);
  await refused({ ...experiment, protocol: "base-to-knew" }, /did you mean base-to-new\?/);
});

Deno.test("a plan of an earlier version is told apart, and what it ran is not mixed in", async () => {
  const { out } = await ran();
  const old = { schema: 2, args: ["--out", out], cwd: "/", cells: [{ id: "0123456789abcdef" }] };
  await Deno.writeTextFile(`${out}/plan.json`, JSON.stringify(old));
  await assert.rejects(readPlan(out), /plan of another version \(schema 2, this one reads 3\)/);
  const { events, result } = await ran({ out });
  const notes = events.flatMap((event) => event.type === "note" ? [event.text] : []);
  assert.ok(notes.some((text) => /holds a plan of another version, of 1 cells/.test(text)));
  assert.equal(result.report.cells.length, 5);
});
