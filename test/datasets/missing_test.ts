import assert from "node:assert/strict";
import { dataset, fewShot, missingImages, presentImages } from "../../lib/datasets/mod.ts";
import { sharedPath, sharedTest } from "../shared.ts";

sharedTest(
  "the images that are left out on purpose are reported in one line",
  "real/caltech-101",
  async () => {
    const caltech = await dataset("caltech101").load(sharedPath("real"));
    const present = await presentImages(caltech.test);
    assert.ok(present.length > 500 && present.length < caltech.test.length);
    const message = await missingImages(caltech.test);
    assert.match(message!, /^\d+ of 2465 images are missing, for example .+, .+, .+: check /);
    assert.equal(Number(message!.split(" ")[0]), caltech.test.length - present.length);
    assert.ok(!message!.includes("\n"));
  },
);

sharedTest("nothing is missing from a complete selection", "real/eurosat", async () => {
  const eurosat = fewShot(await dataset("eurosat").load(sharedPath("real")), 16, 1);
  assert.equal(await missingImages([...eurosat.train, ...eurosat.val, ...eurosat.test]), undefined);
});

Deno.test("images are missing where the folder is, where a file is in the folder's place, and where a folder is in the file's", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/a/folder.jpg`, { recursive: true });
    await Deno.writeTextFile(`${root}/a/here.jpg`, "");
    await Deno.writeTextFile(`${root}/file`, "");
    const items = ["a/here.jpg", "a/folder.jpg", "b/x.jpg", "file/x.jpg"]
      .map((path) => ({ path: `${root}/${path}`, label: 0, className: "a" }));
    assert.deepEqual(await presentImages(items), [items[0]]);
    assert.match((await missingImages(items))!, /^3 of 4 images are missing, for example /);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
