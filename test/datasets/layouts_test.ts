/** Folders as the world has them. */
import assert from "node:assert/strict";
import { folderDataset, type LoadedDataset, type OwnOptions } from "../../lib/datasets/mod.ts";
import { refused } from "./refused.ts";
import { images, inTree, PIXEL } from "./tree.ts";

type Tree = Parameters<typeof inTree>[0];

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, ...new Uint8Array(20));
const GIF = new TextEncoder().encode("GIF89a..........");

const counts = ({ train, val, test }: LoadedDataset) => [train, val, test].map((s) => s.length);
const said = ({ assumed = [] }: LoadedDataset) => assumed.join("\n");

/** Loads the folder `s` of a tree. */
function loading(tree: Tree, check: (set: LoadedDataset) => void, options: OwnOptions = {}) {
  return inTree(tree, async (root) => check(await folderDataset(`${root}/s`, options).load()));
}

const refusing = (tree: Tree, message: RegExp, options: OwnOptions = {}) =>
  inTree(tree, (root) => refused(folderDataset(`${root}/s`, options).load(), message));

const split = (name: string, n: number): Tree => ({
  ...images(n, (i) => `s/${name}/disc/${i}.png`),
  ...images(n, (i) => `s/${name}/square/${i}.png`),
});

for (
  const [train, val, test] of [
    ["train", "val", "test"],
    ["train", "valid", "test"],
    ["Train", "Validation", "Test"],
    ["training", "dev", "testing"],
    ["TRAINING", "DEV", "TESTING"],
  ] as [string, string, string][]
) {
  Deno.test(`${train}, ${val} and ${test} are the splits`, () =>
    loading({ ...split(train, 4), ...split(val, 2), ...split(test, 3) }, (set) => {
      assert.deepEqual(counts(set), [8, 4, 6]);
      assert.ok(set.splitFrom.endsWith(`: ${[train, val, test].sort().join(", ")} folders`));
      assert.ok(set.test.every(({ path }) => path.includes(`/s/${test}/`)));
    }));
}

Deno.test("train and val alone: what is missing, and how to split", async () => {
  const tree = { ...split("Train", 6), ...split("val", 4) };
  await refusing(
    tree,
    /no pictures to test on \(it has Train, val folders\): add test, or .* --split 70\/10\/20; or, to test on val, rename it test\.$/,
  );
  await loading(tree, (set) => {
    assert.deepEqual(counts(set), [14, 2, 4]);
    assert.match(
      said(set),
      /split 70\/10\/20 of each class at random, seed 7, in place of Train, val/,
    );
  }, { split: [70, 10, 20], splitSeed: 7 });
  await refusing(split("train", 4), /no pictures to test on \(it has train folder\)/);
  await refusing({ ...split("val", 4), ...split("test", 4) }, /no pictures to train on/);
  await loading({ ...split("train", 4), ...split("test", 4) }, (set) => {
    assert.deepEqual(counts(set), [8, 0, 8]);
    assert.match(said(set), /no pictures to validate on/);
  });
});

Deno.test("two folders of one split are refused by name", () =>
  refusing(
    { ...split("train", 2), ...split("val", 2), ...split("valid", 2), ...split("test", 2) },
    /has val and valid, and both mean val: rename one/,
  ));

Deno.test("a class may be called train, and a folder beside the splits is said", async () => {
  await loading({
    ...images(10, (i) => `s/train/${i}.png`),
    ...images(10, (i) => `s/bus/${i}.png`),
    ...images(10, (i) => `s/test/${i}.png`),
  }, ({ classNames }) => assert.deepEqual(classNames, ["bus", "test", "train"]));
  await loading({ ...split("train", 2), ...split("test", 2), "s/labels/x.txt": "" }, (set) => {
    assert.deepEqual(counts(set), [4, 0, 4]);
    assert.match(said(set), /1 folders beside the splits are not read: labels/);
  });
});

Deno.test("pictures in folders of a class are the class's, and are counted", () =>
  loading({
    ...images(10, (i) => `s/disc/${i}.png`),
    ...images(50, (i) => `s/disc/large/deep/${i}.png`),
    ...images(60, (i) => `s/square/${i}.png`),
  }, (set) => {
    assert.deepEqual(counts(set), [60, 24, 36]);
    assert.match(said(set), /50 pictures in folders below class folders belong .*: 50 of disc/);
  }));

Deno.test("what an archive wraps in a folder of its own is found in it", () =>
  inTree({
    ...images(4, (i) => `s/shapes/train/disc/${i}.png`),
    ...images(4, (i) => `s/shapes/test/disc/${i}.png`),
    "s/__MACOSX/shapes/._x.png": "junk",
    "s/shapes/train/@eaDir/x.png": "junk",
    "s/shapes/train/disc/.DS_Store": "junk",
    "s/shapes/train/disc/._1.png": "junk",
    "s/shapes/train/disc/Thumbs.db": "junk",
  }, async (root) => {
    const set = await folderDataset(`${root}/s`).load();
    assert.deepEqual([counts(set), set.name], [[4, 0, 4], "s"]);
    assert.match(said(set), /all lies in its folder shapes/);
    for (const { path } of set.train) await Deno.stat(path);
  }));

Deno.test("pictures are known by what they begin with where their names do not say it", () =>
  loading({
    ...images(10, (i) => `s/disc/${i}.jpg`),
    ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`s/disc/a${i}.jfif`, JPEG])),
    ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`s/square/b${i}`, PIXEL])),
    ...images(20, (i) => `s/square/${i}.JPEG`),
    "s/disc/notes.txt": "no picture",
    "s/square/labels.csv": "a,b",
    "s/README.md": "x",
    "s/loose.png": true,
  }, (set) => {
    assert.equal(counts(set).reduce((a, b) => a + b), 80);
    assert.match(
      said(set),
      /2 files \(1 \.txt, 1 \.csv; for example disc\/notes\.txt\) .*not read/,
    );
    assert.match(said(set), /1 file \(1 \.md; .*README\.md\) beside the folders not read/);
    assert.match(said(set), /1 picture \(1 \.png; .*loose\.png\) in no class folder not read/);
  }));

Deno.test("a picture of a kind that is not read is refused, also where its name does not say it", async () => {
  for (const name of ["x.gif", "x.heic", "x", "x.jfif"]) {
    await refusing(
      { ...images(9, (i) => `s/disc/${i}.png`), [`s/disc/${name}`]: GIF },
      /^1 pictures in .* are of kinds that are not read, for example disc\/x/,
    );
  }
});

Deno.test("a link that leads nowhere is named, and one that leads somewhere is followed", () =>
  inTree(
    { ...images(9, (i) => `s/disc/${i}.png`), ...images(9, (i) => `s/square/${i}.png`) },
    async (root) => {
      await Deno.symlink(`${root}/s/disc/1.png`, `${root}/s/disc/again.png`);
      assert.equal(counts(await folderDataset(`${root}/s`).load())[0], 9);
      await Deno.symlink("nowhere.png", `${root}/s/disc/gone.png`);
      await refused(
        folderDataset(`${root}/s`).load(),
        /^1 link in .* leads nowhere: disc\/gone\.png: mend/,
      );
      await Deno.remove(`${root}/s/disc/gone.png`);
      await Deno.symlink("loop", `${root}/s/disc/loop`);
      await refused(folderDataset(`${root}/s`).load(), /leads nowhere: disc\/loop/);
      await Deno.remove(`${root}/s/disc/loop`);
      await Deno.symlink("..", `${root}/s/disc/up`);
      await refused(
        folderDataset(`${root}/s`).load(),
        /does a link there lead to a folder that holds it/,
      );
    },
  ));

Deno.test("a dead link beside the splits or classes does not hide them", () =>
  inTree({ ...split("train", 2), ...split("test", 2) }, async (root) => {
    await Deno.symlink("nowhere", `${root}/s/latest`);
    const set = await folderDataset(`${root}/s`).load();
    assert.match(said(set), /1 link \(.*latest\) that lead nowhere not read/);
  }));

Deno.test("a folder that is not there: the path that was tried, and what may be meant", () =>
  inTree({ ...images(9, (i) => `birds/a/${i}.png`), "t.csv": "path,label\n" }, async (root) => {
    await refused(
      folderDataset(`${root}/brids`).load(),
      /no folder \/.*\/brids: did you mean \/.*\/birds\?$/,
    );
    await refused(
      folderDataset(`${root}/x/y`).load(),
      /no folder \/.*\/x\/y, and no \/.*\/x either/,
    );
    await refused(
      folderDataset(`${root}/t.csv`).load(),
      /t\.csv is a file, not a folder: give it as csv:/,
    );
    await refused(folderDataset("./brids").load(), new RegExp(`no folder ${Deno.cwd()}/brids`));
  }));

Deno.test("shares other than the usual are kept to, with their seed, and bad ones refused", async () => {
  const tree = { ...images(20, (i) => `s/a/${i}.png`), ...images(10, (i) => `s/b/${i}.png`) };
  const of = async (options: OwnOptions) => {
    let set!: LoadedDataset;
    await loading(tree, (loaded) => set = loaded, options);
    return set;
  };
  assert.deepEqual(counts(await of({ split: [80, 0, 20] })), [24, 0, 6]);
  const names = (set: LoadedDataset) => set.test.map(({ path }) => path.split("/s/")[1]);
  const first = names(await of({ split: [70, 10, 20] }));
  assert.deepEqual(names(await of({ split: [70, 10, 20], splitSeed: 1 })), first);
  assert.notDeepEqual(names(await of({ split: [70, 10, 20], splitSeed: 2 })), first);
  assert.match(
    said(await of({})),
    /split 50\/20\/30 of each class at random, seed 1, as no split is given/,
  );
  for (const bad of [[70, 10, 10], [100, 0, 0], [0, 50, 50], [120, -40, 20]] as const) {
    assert.throws(
      () => folderDataset("s", { split: bad }),
      /is none: give shares .* such as 70\/10\/20/,
    );
  }
  await refusing(tree, /class "a" in .* has 20 images, too few to split 98\/1\/1/, {
    split: [98, 1, 1],
  });
});

Deno.test("classes without pictures in a split are said", () =>
  loading({
    ...split("train", 2),
    ...images(2, (i) => `s/train/robin/${i}.png`),
    ...images(2, (i) => `s/test/disc/${i}.png`),
    ...images(2, (i) => `s/test/wren/${i}.png`),
  }, (set) => {
    assert.match(said(set), /1 of 4 classes have no pictures to train on: wren/);
    assert.match(said(set), /2 of 4 classes have no pictures to test on: robin, square/);
  }));
