/** Files of class names, templates and shots that a user gives beside the pictures. */
import assert from "node:assert/strict";
import { fewShot, folderDataset, type OwnOptions, readTemplates } from "../../lib/datasets/mod.ts";
import { refused } from "./refused.ts";
import { images, inTree } from "./tree.ts";

const birds = {
  ...images(20, (i) => `b/n01532829/${i}.png`),
  ...images(20, (i) => `b/n01558993/${i}.png`),
  ...images(20, (i) => `b/song_thrush/${i}.png`),
};
const load = (root: string, options: OwnOptions) => folderDataset(`${root}/b`, options).load();

const named: [file: string, content: string, names: string[]][] = [
  ["n.txt", "Hausgimpel\nWanderdrossel\nSingdrossel\n", [
    "Hausgimpel",
    "Wanderdrossel",
    "Singdrossel",
  ]],
  [
    "n.txt",
    "song thrush\tSingdrossel\nn01558993\tWanderdrossel, rot\nn01532829\tHausgimpel\nother\tx",
    ["Hausgimpel", "Wanderdrossel, rot", "Singdrossel"],
  ],
  [
    "n.csv",
    'folder,name\nsong_thrush,"thrush, song"\nn01558993,robin\nn01532829,house_finch\n',
    ["house finch", "robin", "thrush, song"],
  ],
  ["n.csv", "song_thrush;a\nn01558993;b\nn01532829;c\n", ["c", "b", "a"]],
  ["n.json", '["1", "2", "3"]', ["1", "2", "3"]],
  ["n.json", '\uFEFF{"song_thrush":"ツグミ","n01558993":"コマドリ","n01532829":"メキシコマシコ"}', [
    "メキシコマシコ",
    "コマドリ",
    "ツグミ",
  ]],
];
for (const [file, content, names] of named) {
  Deno.test(`class names from ${file}: ${names[0]}`, () =>
    inTree({ ...birds, [file]: content }, async (root) => {
      const set = await load(root, { classNames: `${root}/${file}` });
      assert.deepEqual(set.classNames, names);
      const [first] = set.train;
      assert.ok(first!.path.includes("/n01532829/"));
      assert.deepEqual([first!.label, first!.className], [0, names[0]]);
      assert.ok(set.assumed?.some((line) => line.startsWith(`class names are from ${file}, `)));
    }));
}

const badNames: [file: string, content: string | Uint8Array, message: RegExp][] = [
  [
    "n.txt",
    "a\nb\n",
    /has 2 class names and .* 3 classes: give one a line in the order n01532829, n01558993/,
  ],
  ["n.txt", "\n", /has no class names/],
  ["n.txt", Uint8Array.of(0xe9, 10, 0x61, 10, 0x62), /is not UTF-8 \(byte 0xe9 in line 1\)/],
  ["n.txt", "a\nb\nA\n", /"a" and "A" are two classes .* with one prompt/],
  [
    "n.txt",
    "n01532829\ta\nsong_thrush\tb\nx\ty",
    /no name for 1 of 3 classes of .*, for example n01558993/,
  ],
  ["n.txt", "n01532829\ta\nn01532829\tb", /names n01532829 twice, "a" and "b"/],
  ["n.json", '{"a":1}', /no list of class names and no object of them/],
  ["n.json", "[", /is not JSON/],
];
for (const [file, content, message] of badNames) {
  Deno.test(`a file of class names is refused: ${message.source.slice(0, 40)}`, () =>
    inTree(
      { ...birds, [file]: content },
      (root) => refused(load(root, { classNames: `${root}/${file}` }), message),
    ));
}

Deno.test("shots of each class, by its name in the data or in prompts, are drawn", () =>
  inTree({
    ...birds,
    "s.csv": "class,shots\nsong thrush,7\nn01558993,0\nn01532829,2\n",
    "s.json": '{"Gimpel": 1, "robin": 2, "thrush": 3}',
    "n.txt": "Gimpel\nrobin\nthrush\n",
  }, async (root) => {
    const set = await load(root, { shotsPerClass: `${root}/s.csv` });
    assert.deepEqual(set.shotsPerClass, [2, 0, 7]);
    const labels = fewShot(set, set.shotsPerClass, 1).train.map(({ label }) => label);
    assert.deepEqual(labels, [0, 0, 2, 2, 2, 2, 2, 2, 2]);
    assert.ok(
      set.assumed?.includes(
        "training images of each class are from s.csv: n01532829 2, n01558993 0, song thrush 7",
      ),
    );
    const renamed = await load(root, {
      shotsPerClass: `${root}/s.json`,
      classNames: `${root}/n.txt`,
    });
    assert.deepEqual(renamed.shotsPerClass, [1, 2, 3]);
    // Equal shots of every class are the few-shot list of that number.
    assert.deepEqual(fewShot(set, [4, 4, 4], 2), fewShot(set, 4, 2));
    assert.throws(() => fewShot(set, [1, 2], 1), /no shots are given for class 2/);
  }));

const badShots: [content: string, message: RegExp][] = [
  ["song_thrush,1\n", /gives no shots for 2 of 3 classes/],
  ["song_thrush,1\nwren,1\n", /gives shots for "wren", which is no class: they are n01532829/],
  ["a,b\nsong_thrush,-1\n", /gives "-1" shots for song_thrush: write a whole number from 0/],
  ["song_thrush,1\nsong_thrush,2\n", /gives shots for song_thrush twice/],
  ["n01532829,0\nn01558993,0\nsong_thrush,0\n", /gives no class a training image/],
  ["", /is empty/],
];
for (const [content, message] of badShots) {
  Deno.test(`a file of shots is refused: ${message.source.slice(0, 40)}`, () =>
    inTree(
      { ...birds, "s.csv": content },
      (root) => refused(load(root, { shotsPerClass: `${root}/s.csv` }), message),
    ));
}

Deno.test("templates are one a line, in any language, each with one place for the name", () =>
  inTree({
    ...birds,
    "t.txt": "\uFEFF{}の写真\r\n\r\nein Foto: {}.\r\n",
    "none.txt": "a photo",
    "two.txt": "{} {}",
    "empty.txt": "\n",
  }, async (root) => {
    const templates = await readTemplates(`${root}/t.txt`);
    assert.deepEqual(templates, ["{}の写真", "ein Foto: {}."]);
    const set = await load(root, { templates });
    assert.deepEqual([set.template, set.templates], [templates[0], templates]);
    assert.ok(
      set.assumed?.some((line) => /^2 templates are given: .* takes "\{\}の写真"$/.test(line)),
    );
    assert.equal((await load(root, { templates, template: "x {}" })).template, "x {}");
    await refused(
      readTemplates(`${root}/none.txt`),
      /"a photo" in line 1 of .*none\.txt has no \{\}/,
    );
    await refused(readTemplates(`${root}/two.txt`), /has \{\} 2 times/);
    await refused(readTemplates(`${root}/empty.txt`), /has no templates: write one a line/);
    await refused(
      readTemplates(`${root}/gone.txt`),
      /no file of templates \/.*gone\.txt: check the path/,
    );
    assert.throws(() => folderDataset(`${root}/b`, "a bird"), /"a bird" of b has no \{\}/);
  }));
