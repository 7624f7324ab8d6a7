import assert from "node:assert/strict";
import { dataset, datasets, defineDataset } from "../../lib/datasets/mod.ts";
import { sharedPath, sharedTest } from "../shared.ts";

Deno.test("a data set is found by its name or title, in any case and punctuation", () => {
  for (const set of datasets) {
    for (
      const name of [set.name, set.title, set.name.toUpperCase(), set.name.replaceAll("_", "-")]
    ) {
      assert.equal(dataset(name), set);
    }
  }
});

Deno.test("an unknown data set gets the nearest spelling or the list", () => {
  assert.throws(() => dataset("eurosta"), {
    name: "UserError",
    message: 'there is no data set "eurosta": did you mean "eurosat"?',
  });
  assert.throws(() => dataset("qqqqqqqqqqqq"), /known are .*caltech101.*eurosat/);
});

Deno.test("a root without the data set's folder is one line that names both", async () => {
  await assert.rejects(dataset("eurosat").load("/nowhere"), {
    name: "UserError",
    message:
      /^there is no folder \/nowhere\/eurosat: EuroSAT is expected there; fetch it \(deno task data eurosat/,
  });
});

Deno.test("a template without a place for the class name is refused", () => {
  const layout = () => Promise.reject(new Error("not read"));
  assert.throws(
    () => defineDataset({ name: "x", title: "X", template: "a photo", folder: "x", layout }),
    /the template "a photo" of x has no \{\}/,
  );
});

sharedTest(
  "real EuroSAT loads with published names, paths that exist, and its split file named",
  "real/eurosat",
  async () => {
    const eurosat = await dataset("eurosat").load(sharedPath("real"));
    assert.deepEqual(eurosat.classNames.slice(0, 3), [
      "Annual Crop Land",
      "Forest",
      "Herbaceous Vegetation Land",
    ]);
    assert.equal(eurosat.template, "a centered satellite photo of {}.");
    assert.match(eurosat.splitFrom, /split_zhou_EuroSAT\.json$/);
    assert.ok((await Deno.stat(eurosat.test[0]!.path)).isFile);
    assert.deepEqual(
      [eurosat.train, eurosat.val, eurosat.test].map((s) => s.length),
      [13500, 5400, 8100],
    );
  },
);

sharedTest("real Caltech-101 loads with spaces for underscores", "real/caltech-101", async () => {
  const caltech = await dataset("caltech101").load(sharedPath("real"));
  assert.equal(caltech.classNames.length, 100);
  assert.ok(caltech.classNames.includes("ceiling fan"));
  assert.equal(caltech.classNames[0], "face");
});
