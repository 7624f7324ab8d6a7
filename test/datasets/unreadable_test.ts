import assert from "node:assert/strict";
import {
  dataset,
  fewShot,
  type Item,
  presentImages,
  unreadableImages,
} from "../../lib/datasets/mod.ts";
import { sharedPath, sharedTest } from "../shared.ts";
import { inTree, PIXEL } from "./tree.ts";

const item = (path: string): Item => ({ path, label: 0, className: "a" });

Deno.test("unreadable images are reported together: how many, five of them with the reason, and how many more", () =>
  inTree({
    ...Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`${i}.png`, "not a picture"])),
    "good.png": true,
    "cut.png": PIXEL.slice(0, 40),
  }, async (root) => {
    const bad = Array.from({ length: 7 }, (_, i) => item(`${root}/${i}.png`));
    const good = item(`${root}/good.png`);
    let last: [number, number] = [0, 0];
    const message = await unreadableImages(
      [good, ...bad, good, item(`${root}/cut.png`)],
      (...p) => last = p,
    );
    assert.match(message!, /^8 of 10 images cannot be read: /);
    assert.match(
      message!,
      /0\.png.*; .*1\.png.*; .*4\.png.*; and 3 more\. Replace or remove them\.$/,
    );
    assert.ok(!message!.includes("\n"));
    assert.deepEqual(last, [10, 10]);
    assert.equal(await unreadableImages([good]), undefined);
    assert.equal(await unreadableImages([]), undefined);
  }));

sharedTest(
  "real images load through their data sets: EuroSAT's 16 shots and a part of its test split",
  "real/eurosat",
  async () => {
    const drawn = fewShot(await dataset("eurosat").load(sharedPath("real")), 16, 3);
    const items = [...drawn.train, ...drawn.val, ...drawn.test.filter((_, i) => i % 50 === 0)];
    assert.equal(items.length, 160 + 40 + 162);
    assert.equal(await unreadableImages(items), undefined);
  },
);

sharedTest(
  "real images load through their data sets: the part of Caltech-101 that is there",
  "real/caltech-101",
  async () => {
    const caltech = await dataset("caltech101").load(sharedPath("real"));
    const there = (await presentImages(caltech.test)).filter((_, i) => i % 5 === 0);
    assert.ok(there.length > 150);
    assert.equal(await unreadableImages(there), undefined);
  },
);
