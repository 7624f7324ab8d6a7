/** Sensitivity: that a nudge is of the size it is said to be, that a calm recipe is called steady, and a wild one not. */
import assert from "node:assert/strict";
import { fromNudged, sensitivity, type SensitivityOptions } from "../../lib/analysis/mod.ts";
import { spreadOf } from "../../lib/analysis/sensitivity.ts";
import { loadClip } from "../../lib/clip/mod.ts";
import { dataset } from "../../lib/datasets/mod.ts";
import { method, resolveSettings } from "../../lib/methods/mod.ts";
import { taskOf } from "../../lib/engine/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { readSync, useBackend } from "../../lib/tensor/mod.ts";

await useBackend("wasm");
const clip = await loadClip("pocket");
const root = await Deno.makeTempDir();
const tiles = await dataset("pocket-tiles").load(root);

const name = "coop";
const calm: SensitivityOptions = {
  ...{ clip, dataset: tiles, shots: 1, seeds: [1, 2], starts: 2, views: 1 },
  classes: "base",
  settings: { contextLength: 4, init: "a photo of a" },
};

Deno.test("a nudge moves every value by about its size, and another start otherwise", () => {
  const by = method(name);
  const settings = resolveSettings(by, calm.settings ?? {});
  const learner = by.learner(taskOf(tiles, clip), settings);
  const startOf = (start?: number) => {
    const of = start === undefined ? learner : fromNudged(learner, 1e-3, start);
    const [params] = Object.values(of.init(streams(1)));
    return [...readSync(params!)];
  };
  const [own, one, again, two] = [startOf(), startOf(1), startOf(1), startOf(2)];
  const size = (values: number[]) =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  const off = size(one.map((value, i) => value - own[i]!)) / size(own);
  assert.ok(Math.abs(off - 1e-3) < 1e-4, `${off}`);
  assert.deepEqual(one, again);
  assert.notDeepEqual(one, two);
  learner.dispose();
});

Deno.test("a calm training ends alike from nudged starts, on base and on new classes", async () => {
  let runs = 0;
  const found = await sensitivity(name, {
    ...calm,
    training: { epochs: 2, rate: 0.01 },
    onRun: ({ of }) => assert.equal(of, ++runs > 0 ? 4 : 0),
  });
  assert.equal(runs, 4);
  assert.deepEqual(Object.keys(found.parts), ["base", "new"]);
  for (const { images, bySeed, byStart, starts } of Object.values(found.parts)) {
    assert.ok(images > 0 && Number.isInteger(bySeed[0]! * images / 100));
    assert.deepEqual(byStart, [bySeed[0], bySeed[0]]);
    assert.equal(starts, 0);
  }
  assert.equal(found.steady, true);
});

Deno.test("a nudge that is no rounding is not taken for it", async () => {
  const { parts, steady } = await sensitivity(name, {
    ...calm,
    training: { epochs: 1 },
    ...{ seeds: [1], starts: 3, nudge: 30 },
  });
  assert.ok(parts.base!.starts + parts.new!.starts > 0);
  assert.equal(steady, false); // one seed has no spread
});

Deno.test("accuracies that are equal do not spread, though their mean be rounded", () => {
  const same = Array(8).fill(100 * 28 / 48); // the rounded mean of eight such is another number
  const { seeds, starts, steady } = spreadOf({ bySeed: same.slice(0, 3), byStart: same });
  assert.deepEqual({ seeds, starts, steady }, { seeds: 0, starts: 0, steady: true });
});

Deno.test("what has no start to nudge is refused, and a set without validation images", async () => {
  await assert.rejects(
    sensitivity("zero-shot", { ...calm, settings: {} }),
    /not trained step by step/,
  );
  const misspelt = { ...calm, nudges: 3 } as SensitivityOptions;
  await assert.rejects(sensitivity(name, misspelt), /no option nudges: did you mean nudge/);
  await assert.rejects(
    sensitivity(name, { ...calm, dataset: { ...tiles, val: [] } }),
    /has no validation images/,
  );
});

globalThis.addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));
