/** Cells that train as one: the records of cells alone, and each its own end. */

import assert from "node:assert/strict";
import { dataset, type LoadedDataset } from "../../lib/datasets/mod.ts";
import type { RunRecord } from "../../lib/engine/mod.ts";
import { UserError } from "../../lib/errors.ts";
import { type GivenEntry, type LabEvent, run } from "../../lib/lab/mod.ts";
import { stacksOf } from "../../lib/lab/stacks.ts";
import type { ReadyCell } from "../../lib/lab/open_cells.ts";
import { coop, defineMethod } from "../../lib/methods/mod.ts";
import { openClaims, readRecord, recordIds } from "../../lib/protocols/mod.ts";
import { memory, useBackend } from "../../lib/tensor/mod.ts";

await useBackend("wasm");
const whole = await dataset("pocket-tiles").load(await Deno.makeTempDir());
const few: LoadedDataset = { ...whole, ...onFour(whole), name: "few-tiles", title: "Few tiles" };

function onFour({ classNames, train, val, test }: LoadedDataset) {
  const some = (items: LoadedDataset["train"], each: number) =>
    [0, 1, 2, 3].flatMap((label) => items.filter((item) => item.label === label).slice(0, each));
  const splits = { train: some(train, 4), val: some(val, 2), test: some(test, 6) };
  return { classNames: classNames.slice(0, 4), ...splits };
}

const training = { epochs: 3, batchSize: 4, rate: 0.01 };
const settings = { init: "random", contextLength: 4 };
const lambdas: GivenEntry[] = [1, 0.5].map((lambda) => (
  { method: "prograd", settings: { ...settings, lambda }, training }
));
const coops: GivenEntry = { method: "coop", settings: { contextLength: 4 }, training };

async function ran(
  entries: GivenEntry[],
  more: Partial<Parameters<typeof run>[1]> = {},
) {
  const events: LabEvent[] = [];
  const out = more.out ?? `${await Deno.makeTempDir()}/out`;
  const { failed, made, kept } = await run(
    { protocol: "few-shot", entries, datasets: [few], shots: [2], seeds: [1, 2, 3] },
    {
      ...{ clip: "random", backend: "wasm", jobs: 1, workers: 0, keep: "none" },
      ...{ ...more, out },
      onEvent(event) {
        events.push(event);
        more.onEvent?.(event);
      },
    },
  );
  const records = new Map<string, RunRecord>();
  for (const id of await recordIds(out)) records.set(id, (await readRecord(out, id))!);
  return { out, events, records, counts: [made, kept, failed] };
}

/** What was measured, by the identity of the cell, but for the calibration error, which reads logits in their last digits. */
function found(records: ReadonlyMap<string, RunRecord>) {
  return [...records].map(([id, { cell, results, epochs }]) => ({
    ...{ id, cell },
    results: results.map(({ predictions, metrics: { calibrationError: _, ...metrics } }) => (
      { predictions, metrics }
    )),
    accuracies: epochs.map(({ accuracy }) => accuracy),
  }));
}

/** How many a cell was stacked with, by method and seed. */
function stackedOf(records: ReadonlyMap<string, RunRecord>) {
  return Object.fromEntries(
    [...records.values()].map(({ cell: { method, seed }, settings, stacked }) => [
      [method, settings.lambda, seed].filter((x) => x !== undefined).join(" "),
      stacked,
    ]),
  );
}

/** CoOp, which fails after an epoch where it has label smoothing. */
const fragile = defineMethod({
  ...{ name: "fragile", title: "Fragile", settings: coop.settings, needs: coop.needs },
  learner(task, settings) {
    const learner = coop.learner(task, settings);
    if (settings.labelSmoothing === 0) return learner;
    return {
      ...learner,
      endEpoch() {
        throw new UserError("it broke");
      },
    };
  },
});

Deno.test("seeds and λ in stacks come to the predictions of cells alone, under the same identities", async () => {
  const entries: GivenEntry[] = ["zero-shot", coops, ...lambdas];
  const alone = await ran(entries);
  const before = memory().tensors;
  const stacked = await ran(entries, { stack: 4 });
  assert.equal(memory().tensors, before, "tensors leak");
  assert.deepEqual(stacked.counts, [10, 0, 0]);
  assert.deepEqual(found(stacked.records), found(alone.records));
  assert.ok([...alone.records.values()].every(({ stacked }) => stacked === undefined));
  assert.deepEqual(stackedOf(stacked.records), {
    "zero-shot 1": undefined,
    ...{ "coop 1": 3, "coop 2": 3, "coop 3": 3 },
    // Six of ProGrad: four, then two.
    ...{ "prograd 1 1": 4, "prograd 1 2": 4, "prograd 1 3": 4, "prograd 0.5 1": 4 },
    ...{ "prograd 0.5 2": 2, "prograd 0.5 3": 2 },
  });
  const again = await ran(entries, { stack: 4, out: stacked.out });
  assert.deepEqual(again.counts, [0, 10, 0]);
});

Deno.test("one that fails is noted, and the others of its stack end as alone", async () => {
  const smooth = { contextLength: 4, labelSmoothing: 0.1 };
  const entry = (own: Record<string, unknown>): GivenEntry => (
    { method: fragile, settings: own, training }
  );
  const well = await ran([entry({ contextLength: 4 })]);
  const both = await ran([entry(smooth), entry({ contextLength: 4 })], { stack: 6 });
  assert.deepEqual(both.counts, [3, 0, 3]);
  assert.deepEqual(found(both.records), found(well.records));
  const failed = both.events.flatMap((event) => event.type === "failed" ? [event.error] : []);
  assert.deepEqual(failed, ["it broke", "it broke", "it broke"]);
  assert.ok([...both.records.values()].every(({ stacked }) => stacked === 6));
});

Deno.test("a signal ends all of a stack at their checkpoints, from which they go on in a stack", async () => {
  const alone = await ran([coops]);
  const before = memory().tensors;
  const stop = new AbortController();
  const out = `${await Deno.makeTempDir()}/out`;
  const stopped = ran([coops], {
    ...{ out, stack: 3, signal: stop.signal },
    onEvent(event) {
      if (event.type === "step" && event.cell.seed === 2 && event.epoch === 1) {
        stop.abort(new Error("enough"));
      }
    },
  });
  await assert.rejects(stopped, /^Error: enough$/);
  assert.equal(memory().tensors, before, "tensors leak");
  const files = (await Array.fromAsync(Deno.readDir(`${out}/checkpoints`))).map(({ name }) => name);
  assert.equal(files.length, 3, files.join());
  const resumed = await ran([coops], { out, stack: 3 });
  const firsts = resumed.events.flatMap((event) => event.type === "epoch" ? [event.cell.seed] : []);
  assert.deepEqual(firsts.toSorted(), [1, 1, 1, 2, 2, 2, 3, 3, 3]);
  assert.deepEqual(found(resumed.records), found(alone.records));
});

Deno.test("a stack whose first cell another process has is left to it, and its other cells with it", async () => {
  const { events } = await ran([coops]);
  const planned = events.flatMap((event) => event.type === "planned" ? event.plan.cells : []);
  const first = planned.find(({ cell }) => cell.seed === 1)!;
  const out = `${await Deno.makeTempDir()}/out`;
  using other = openClaims(out);
  let claim = await other.claim(first.training);
  assert.ok(claim);
  const waits: string[] = [];
  const done = await ran([coops], {
    ...{ out, stack: 3 },
    async onEvent(event) {
      if (event.type === "waiting") {
        waits.push(event.text);
        await claim?.release(false);
        claim = undefined;
      }
    },
  });
  assert.match(waits[0]!, /^waiting for 3 that other processes run/);
  assert.deepEqual(done.counts, [3, 0, 0]);
  assert.ok([...done.records.values()].every(({ stacked }) => stacked === 3));
});

Deno.test("stacks hold what is alike, of one method, data set and number of shots, and no training twice", () => {
  const alike = {};
  const ready = (index: number, own: Partial<Record<string, unknown>> = {}) => ({
    ...{
      id: `${index}`,
      training: `${own.training ?? index}`,
      alike: "alike" in own ? own.alike : alike,
    },
    planned: { cell: { protocol: "p", method: "m", dataset: "d", shots: 1, seed: index, ...own } },
  } as unknown as ReadyCell);
  const cells = [
    ready(0),
    ready(1),
    ready(2, { shots: 2 }),
    ready(3, { alike: undefined }),
    ready(4, { training: 1 }),
    ready(5),
    ready(6, { alike: {} }),
    ready(7, { shots: 2 }),
    ready(8),
  ];
  const stacks = stacksOf(cells, 3).map((stack) => stack.map(({ id }) => id).join());
  assert.deepEqual(stacks, ["0,1,5", "2,7", "3", "4,8", "6"]);
  assert.deepEqual(stacksOf(cells, 1).map(({ length }) => length), cells.map(() => 1));
});
