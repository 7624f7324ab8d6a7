import assert from "node:assert/strict";
import { customTemplate, datasets, folderDataset, tableDataset } from "../../lib/datasets/mod.ts";
import { promptName, samePrompts } from "../../lib/datasets/names.ts";
import { checkTemplate, filled, wordsBefore } from "../../lib/templates.ts";
import { refused } from "./refused.ts";
import { images, inTree } from "./tree.ts";

Deno.test("a name goes into a template as text, whatever it is made of", () => {
  for (const name of ["$", "$$", "$$$", "$&", "$`", "$'", "$1", "{}", "\\", "a{}b"]) {
    assert.equal(filled("a price of {}, on paper.", name), `a price of ${name}, on paper.`);
  }
});

Deno.test("a template has one place for the name", () => {
  checkTemplate("{} の写真");
  assert.throws(
    () => checkTemplate("a photo."),
    /has no \{\}: write \{\} where the class name goes/,
  );
  assert.throws(() => checkTemplate("{} and {}"), /has \{\} 2 times: write it once/);
});

Deno.test("the words before a name are the published ones, and those after it go first where there are some", () => {
  for (const { name } of datasets) {
    const template = customTemplate(name, "prograd");
    assert.equal(wordsBefore(template), template.replace(" {}.", ""), name);
    // ProGrad's rewording of CoOp's is the same rule, wherever it rewords.
    const own = customTemplate(name);
    if (own.endsWith("{}.")) assert.equal(wordsBefore(own), own.replace(" {}.", ""));
  }
  assert.equal(wordsBefore(customTemplate("oxford_pets")), "a type of pet, a photo of a");
  assert.equal(wordsBefore("{} の写真"), "の写真");
  assert.equal(wordsBefore("{}。"), "");
});

Deno.test("folders named by prices are as many classes", () =>
  inTree({
    ...images(10, (i) => `p/$/${i}.png`),
    ...images(10, (i) => `p/$$/${i}.png`),
    ...images(10, (i) => `p/$&/${i}.png`),
  }, async (root) => {
    assert.deepEqual((await folderDataset(`${root}/p`).load()).classNames, ["$", "$$", "$&"]);
  }));

const composed = "caf\u00e9";
const apart = "cafe\u0301";

Deno.test("a class spelt composed in train and decomposed in test is one, and its files are found", () =>
  inTree({
    ...images(2, (i) => `s/train/${composed}/${i}.png`),
    ...images(2, (i) => `s/train/square/${i}.png`),
    ...images(1, (i) => `s/test/${apart}/${i}.png`),
    ...images(1, (i) => `s/test/square/${i}.png`),
  }, async (root) => {
    const loaded = await folderDataset(`${root}/s`).load();
    assert.deepEqual(loaded.classNames, [composed, "square"]);
    assert.deepEqual(loaded.test.map(({ label }) => label), [0, 1]);
    assert.ok(loaded.test[0]!.path.endsWith(`${apart}/1.png`), "the path is the disk's");
    for (const { path } of [...loaded.train, ...loaded.test]) await Deno.stat(path);
    assert.ok(
      loaded.assumed?.some((line) => /names of 1 class is read in one spelling/.test(line)),
    );
  }));

Deno.test("two spellings of a name in one folder, and in a table, are one class", async () => {
  await inTree({
    ...images(6, (i) => `s/${composed}/${i}.png`),
    ...images(6, (i) => `s/${apart}/${i}.png`),
    ...images(12, (i) => `s/square/${i}.png`),
  }, async (root) => {
    const loaded = await folderDataset(`${root}/s`).load();
    assert.deepEqual(loaded.classNames, [composed, "square"]);
    assert.equal(loaded.train.filter(({ label }) => label === 0).length, 6);
  });
  const rows = [composed, apart, `${composed} `, `"${apart} "`].flatMap((name, n) =>
    Array.from({ length: 5 }, (_, i) => `${n}${i}.png,${name}`)
  );
  await inTree({ "t.csv": `path,label\n${rows.join("\n")}\n` }, async (root) => {
    assert.deepEqual((await tableDataset(`${root}/t.csv`).load()).classNames, [composed]);
  });
});

for (
  const [a, b] of [
    ["blue_disc", "blue disc"],
    ["blue disc", "blue  disc"],
    ["Wren", "wren"],
    ["disc", "disc_"],
    ["blue disc", "blue\u00a0disc"],
    ["_disc", "Disc"],
  ]
) {
  Deno.test(`"${a}" beside "${b}" is refused by both names, in a folder and in a table`, async () => {
    const names = [a, b].sort().map((name) => JSON.stringify(name));
    const both = new RegExp(`^${names[0]} and ${names[1]} are two classes .* with one prompt`);
    await inTree({
      ...images(9, (i) => `s/train/${a}/${i}.png`),
      ...images(9, (i) => `s/test/${b}/${i}.png`),
    }, (root) => refused(folderDataset(`${root}/s`).load(), both));
    const rows = [a, b].flatMap((name, n) =>
      Array.from({ length: 5 }, (_, i) => `${n}${i}.png,"${name}"`)
    );
    await inTree(
      { "t.csv": `path,label\n${rows.join("\n")}\n` },
      (root) => refused(tableDataset(`${root}/t.csv`).load(), both),
    );
  });
}

Deno.test("a class named by underscores alone says nothing in a prompt", () =>
  inTree(
    { ...images(9, (i) => `s/__/${i}.png`), ...images(9, (i) => `s/a/${i}.png`) },
    (root) => refused(folderDataset(`${root}/s`).load(), /"__", which says nothing in a prompt/),
  ));

Deno.test("a name in prompts is composed, spaced and trimmed; pairs of one prompt are found in order", () => {
  assert.equal(promptName(` ${apart}_au__lait `), `${composed} au lait`);
  assert.deepEqual(samePrompts(["a_b", "c", "A b", "a b"]), [["a_b", "A b"], ["a_b", "a b"]]);
});
