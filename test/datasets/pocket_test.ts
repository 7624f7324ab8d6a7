import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { encode } from "../../lib/clip/mod.ts";
import {
  captionWords,
  dataset,
  drawPocket,
  drawScene,
  pocketSets,
  pocketShifts,
} from "../../lib/datasets/mod.ts";
import { adversarial } from "../../lib/datasets/pocket/adversarial.ts";
import { cosSin } from "../../lib/datasets/pocket/shapes.ts";
import { fill, SIDE } from "../../lib/datasets/pocket/canvas.ts";
import { pictureOf, sets, shifts } from "../../lib/datasets/pocket/sets.ts";
import { worlds } from "../../lib/datasets/pocket/worlds.ts";
import { decodeImage, toRGB } from "../../lib/image/mod.ts";
import { Random } from "../../lib/random/mod.ts";
import pixelHashes from "../fixtures/pocket/pixels.json" with { type: "json" };

for (const set of [...sets, ...shifts]) {
  Deno.test(`${set.name} has in every fourth picture the pixels that it has on every machine`, () => {
    const hash = createHash("sha256");
    for (const label of set.subjects.keys()) {
      for (const i of set.numbers(label).filter((_, at) => at % 4 === 3)) {
        hash.update(pictureOf(set, label, i));
      }
    }
    assert.equal(hash.digest("hex"), pixelHashes[set.name as keyof typeof pixelHashes]);
  });
}

Deno.test("captioned scenes are the same on every machine", () => {
  const random = new Random(1);
  const hash = createHash("sha256");
  for (let i = 0; i < 300; i++) {
    const { pixels, captions } = drawScene(random);
    hash.update(pixels).update(captions.join("\n"));
  }
  assert.equal(hash.digest("hex"), pixelHashes.scenes);
});

Deno.test("a drawn set lies on disk as CoOp's sets do, and is read by the ordinary loader", async () => {
  const root = await Deno.makeTempDir();
  try {
    const tiles = await dataset("pocket-tiles").load(root); // draws it
    assert.equal(tiles.classNames.length, 12);
    assert.deepEqual(
      [tiles.train.length, tiles.val.length, tiles.test.length],
      [12 * 16, 12 * 8, 12 * 16],
    );
    const split = JSON.parse(await Deno.readTextFile(tiles.splitFrom));
    assert.deepEqual(split.test[0], ["annual_crop_land/024.png", 0, "annual crop land"]);
    const { path } = tiles.test[0]!;
    const { data, width, height } = toRGB(await decodeImage(path));
    assert.deepEqual([width, height], [SIDE, SIDE]);
    const set = sets.find(({ name }) => name === "pocket-tiles")!;
    assert.deepEqual(new Uint8Array(data), pictureOf(set, 0, 24));

    const before = (await Deno.stat(path)).mtime;
    await drawPocket(root, ["pocket-tiles"]); // there already
    assert.deepEqual((await Deno.stat(path)).mtime, before);
    assert.deepEqual([...Deno.readDirSync(root)].map(({ name }) => name), ["pocket-tiles"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a set that an earlier version drew with other class names is drawn anew", async () => {
  const root = await Deno.makeTempDir();
  try {
    const { splitFrom } = await dataset("pocket-tiles").load(root);
    const now = await Deno.readTextFile(splitFrom);
    await Deno.writeTextFile(splitFrom, now.replaceAll("annual crop land", "crop land"));
    const { classNames } = await dataset("pocket-tiles").load(root);
    assert.equal(classNames[0], "annual crop land");
    assert.equal(await Deno.readTextFile(splitFrom), now);
    assert.deepEqual([...Deno.readDirSync(root)].map(({ name }) => name), ["pocket-tiles"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("two processes may draw the same set at once", async () => {
  const root = await Deno.makeTempDir();
  try {
    const both = await Promise.all([0, 1].map(() => dataset("pocket-tiles").load(root)));
    assert.equal(both[0]!.test.length, both[1]!.test.length);
    assert.deepEqual([...Deno.readDirSync(root)].map(({ name }) => name), ["pocket-tiles"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a set that could not be drawn leaves nothing behind", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(root, "pocket-tiles"), "in the way");
    await assert.rejects(drawPocket(root, ["pocket-tiles"]));
    assert.deepEqual([...Deno.readDirSync(root)].map(({ name }) => name), ["pocket-tiles"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a pocket set that does not exist is an error with the nearest name", async () => {
  await assert.rejects(drawPocket("nowhere", ["pocket-pet"]), /did you mean "pocket-pets"\?/);
});

Deno.test("the suite is eleven sets of 10 to 40 classes and four shifts of the first", () => {
  assert.equal(pocketSets.length, 11);
  assert.deepEqual(
    pocketShifts.map(({ name }) => name),
    ["v2", "sketch", "a", "r"].map((letter) => `pocket-objects-${letter}`),
  );
  for (const { name, subjects } of worlds) {
    const names = subjects.map((subject) => subject.name);
    assert.ok(names.length >= 10 && names.length <= 40, name);
    assert.equal(new Set(names).size, names.length, name);
  }
  for (const numbers of adversarial) assert.equal(new Set(numbers).size, 12);
});

Deno.test("pre-training never draws the combinations that are kept from it", () => {
  const unseen = worlds.flatMap(({ subjects }) => subjects).filter((subject) => subject.unseen);
  assert.ok(unseen.length >= 25);
  const random = new Random(3);
  const text = Array.from({ length: 500 }, () => drawScene(random).captions).flat().join("\n");
  for (const { name } of unseen) assert.ok(!text.includes(name), name);
});

Deno.test("captions need no other tokens than those of the listed phrases", () => {
  const known = new Set(captionWords().flatMap((phrase) => [...encode(phrase)]));
  const random = new Random(2);
  for (let i = 0; i < 500; i++) {
    for (const caption of drawScene(random).captions) {
      for (const token of encode(caption)) assert.ok(known.has(token), caption);
    }
  }
});

Deno.test("the series of sine and cosine are good to 1e-9", () => {
  for (let t = -2; t < 2; t += 0.0137) {
    const [c, s] = cosSin(t);
    assert.ok(Math.abs(c - Math.cos(2 * Math.PI * t)) < 1e-9, `cos ${t}`);
    assert.ok(Math.abs(s - Math.sin(2 * Math.PI * t)) < 1e-9, `sin ${t}`);
  }
});

Deno.test("a filled polygon covers its area, and overlapping ones their union", () => {
  const covered = (...paths: number[][]) => {
    const pixels = new Float32Array(SIDE * SIDE * 3);
    fill(pixels, paths, [1, 1, 1]);
    return pixels.reduce((sum, value) => sum + value, 0) / 3;
  };
  assert.equal(covered([10, 10, 20, 10, 20, 15, 10, 15]), 50);
  assert.equal(covered([10.5, 10.25, 20.25, 10.25, 20.25, 15, 10.5, 15]), 9.75 * 4.75);
  assert.ok(Math.abs(covered([4, 4, 40, 7, 13, 38]) - 598.5) < 1);
  assert.equal(covered([10, 10, 20, 10, 20, 20, 10, 20], [15, 10, 25, 10, 25, 20, 15, 20]), 150);
  assert.equal(covered([-10, -10, 60, -10, 60, 60, -10, 60]), SIDE * SIDE);
});
