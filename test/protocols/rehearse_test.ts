/** What cannot run is found before anything runs. */
import assert from "node:assert/strict";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { folderDataset, type LoadedDataset } from "../../lib/datasets/mod.ts";
import { draftCells, type Entry, planner, rehearse } from "../../lib/protocols/mod.ts";
import { memory, useBackend } from "../../lib/tensor/mod.ts";
import { images, inTree } from "../datasets/tree.ts";

/** A set with so many classes of ten pictures. */
async function loaded(classes: string[], options = {}): Promise<LoadedDataset> {
  let set!: LoadedDataset;
  await inTree(
    Object.assign({}, ...classes.map((name) => images(10, (i) => `s/${name}/${i}.png`))),
    async (root) => {
      set = await folderDataset(`${root}/s`, options).load();
    },
  );
  return set;
}

async function planned(set: LoadedDataset, entry: Entry, protocol = "few-shot", shots = 4) {
  await useBackend("wasm");
  const clip = randomClip(smallConfig, 1);
  const before = memory().tensors;
  try {
    const drafts = draftCells([{
      ...{ id: "a", title: "A", about: "", clip: "random", protocol, entries: [entry] },
      ...{ datasets: [set.name], shots: [shots], seeds: [1] },
    }]);
    const plan = planner({ config: clip.config, datasets: new Map([[set.name, set]]) });
    rehearse(drafts.map(plan), clip);
  } finally {
    assert.equal(memory().tensors, before);
    disposeClip(clip);
  }
}

const refuses = (promise: Promise<unknown>, message: RegExp) =>
  assert.rejects(promise, { name: "UserError", message });

for (const n of [2, 3]) {
  Deno.test(`${n} classes are too few for base-to-new, and the line names a protocol that takes them`, async () => {
    const set = await loaded(["a", "b", "c"].slice(0, n));
    await refuses(
      planned(set, { method: "coop" }, "base-to-new"),
      new RegExp(`^s has ${n} classes, and base-to-new takes 4, .*: give --protocol few-shot\\.$`),
    );
    await planned(set, { method: "coop" });
  });
}

Deno.test("four classes are enough for base-to-new, and one for nothing", async () => {
  await planned(await loaded(["a", "b", "c", "d"]), { method: "coop" }, "base-to-new");
  const one = await loaded(["a"]);
  for (const protocol of ["few-shot", "base-to-new", "cross-dataset"]) {
    await refuses(
      planned(one, { method: "coop" }, protocol),
      /^s has 1 class \(a\), and there is nothing to tell it from/,
    );
  }
});

Deno.test("settings and names that do not fit are told with the cell", async () => {
  const set = await loaded(["a", "b", "c", "d"], { template: "a photo of a {}, a type of bird." });
  await refuses(
    planned(set, { method: "coop", settings: { init: "template", contextLength: 4 } }),
    /^coop on s: the template "a type of bird, a photo of a" has 8 words, more than contextLength 4/,
  );
  await refuses(
    planned(set, { method: "ivlp", settings: { textDepth: 99 } }),
    /^ivlp on s: text prompts 99 layers deep do not fit/,
  );
  const long = await loaded(["a", "1".repeat(100)]);
  await refuses(
    planned(long, { method: "zero-shot" }),
    /^zero-shot on s: the prompt of class "1+" of s is \d+ tokens long, and this CLIP reads/,
  );
});

Deno.test("a split without the images that a cell takes is told before it runs", async () => {
  const set = await loaded(["a", "b"], { split: [70, 0, 30] });
  await refuses(
    planned(set, { method: "linear-probe" }),
    /^linear-probe on s: it chooses on validation images, and the split has none: .*--set sweep=false/,
  );
  await refuses(
    planned({ ...set, test: [] }, { method: "zero-shot" }),
    /^zero-shot on s: s has no images to test on/,
  );
  await refuses(
    planned({ ...set, train: [] }, { method: "coop" }),
    /^coop on s: there are no images to train on: take/,
  );
});
