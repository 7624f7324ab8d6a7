/** Tables as programs write them. */
import assert from "node:assert/strict";
import {
  cocoDataset,
  dataset,
  folderDataset,
  type LoadedDataset,
  splitDataset,
  tableDataset,
} from "../../lib/datasets/mod.ts";
import { csvRows } from "../../lib/datasets/csv.ts";
import { decodeText } from "../../lib/datasets/text_file.ts";
import { refused } from "./refused.ts";
import { images, inTree } from "./tree.ts";

const counts = ({ train, val, test }: LoadedDataset) => [train, val, test].map((s) => s.length);
const said = ({ assumed = [] }: LoadedDataset) => assumed.join("\n");
const rows = (line: (i: number, name: string) => string, end = "\n") =>
  Array.from({ length: 20 }, (_, i) => line(i, i % 2 ? "wren" : "café")).join(end);
const utf16 = (text: string, little: boolean) => {
  const bytes = new Uint8Array(2 * text.length + 2);
  const view = new DataView(bytes.buffer);
  [..."\uFEFF", ...text].forEach((c, i) => view.setUint16(2 * i, c.charCodeAt(0), little));
  return bytes;
};
const latin = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

const plain = `path,label\n${rows((i, name) => `${i}.png,${name}`)}\n`;
const good: [what: string, content: string | Uint8Array, file?: string][] = [
  ["UTF-8", plain],
  ["a byte order mark", `\uFEFF${plain}`],
  ["UTF-16, little end first", utf16(plain, true)],
  ["UTF-16, big end first", utf16(plain, false)],
  ["semicolons", plain.replaceAll(",", ";")],
  ["semicolons that Excel announces", `sep=;\r\n${plain.replaceAll(",", ";")}`],
  ["tabs", plain.replaceAll(",", "\t"), "t.tsv"],
  ["tabs in a .csv", plain.replaceAll(",", "\t")],
  ["line ends of old Macs", plain.replaceAll("\n", "\r")],
  ["line ends of Windows", plain.replaceAll("\n", "\r\n")],
  ["names and paths in quotes", `"path","label"\n${rows((i, name) => `"${i}.png","${name} "`)}`],
  ["other names of columns", plain.replace("path,label", "File_Name,Class")],
  [
    "numbers beside names",
    `path,label,class_name\n${rows((i, name) => `${i}.png,${i % 2},${name}`)}`,
  ],
  ["other columns", `id,path,label,"a, b"\n${rows((i, name) => `${i},${i}.png,${name},"x, y"`)}`],
  ["Windows' separators", plain.replaceAll(/(\d+\.png)/g, ".\\$1")],
  [
    "lines of JSON",
    rows((i, name) => JSON.stringify({ file_name: `${i}.png`, label: name })),
    "t.jsonl",
  ],
  [
    "lists of one in JSON",
    rows((i, name) => JSON.stringify({ file_name: `${i}.png`, label: [name] })),
    "t.jsonl",
  ],
  [
    "a column for each class",
    `filename,café,wren\n${rows((i) => `${i}.png,${1 - i % 2},${i % 2}`)}`,
  ],
];
for (const [what, content, file = "t.csv"] of good) {
  Deno.test(`a table with ${what} is read`, () =>
    inTree({ [file]: content }, async (root) => {
      const set = await tableDataset(`${root}/${file}`).load();
      assert.deepEqual([set.classNames, counts(set), set.name], [
        ["café", "wren"],
        [10, 4, 6],
        "t",
      ]);
      const [first] = set.train;
      assert.match(first!.path, new RegExp(`^${root}/\\d+\\.png$`));
      assert.equal(set.classNames[first!.label], first!.className);
    }));
}

const several =
  /has 2 classes \(.*\), and these methods tell one class .*: keep one class for each picture/;
const bad: [what: string, content: string | Uint8Array, message: RegExp, file?: string][] = [
  [
    "Windows-1252",
    latin(plain),
    /t\.csv is not UTF-8 \(byte 0xe9 in line 2\).*Windows-1252.*save it as UTF-8/,
  ],
  [
    "GBK",
    latin(plain.replaceAll("café", "\xc3\xa8")).map((b, i, all) => i === all.length - 2 ? 0xc4 : b),
    /t\.csv is not UTF-8 \(byte 0xc4 in line 21\)/,
  ],
  [
    "UTF-16 without a mark",
    utf16(plain, true).subarray(2),
    /looks like UTF-16 without a byte order mark/,
  ],
  ["half of a UTF-16 letter", utf16(plain, true).subarray(0, 31), /is marked as UTF-16 and is not/],
  ["a list of classes", '{"path":"a.png","label":["wren","robin"]}', several, "t.jsonl"],
  ["a list of classes as text", "path,label\na.png,\"['wren', 'robin']\"\n", several],
  ["a picture in two classes", "path,label\na.png,wren\na.png,robin\n", several],
  ["two ones in a row", "filename,wren,robin\na.png,1,1\nb.png,1,0\n", several],
  ["no one in a row", "filename,wren,robin\na.png,0,0\nb.png,1,0\n", /row 1 of .* has no class/],
  [
    "a picture in train and test",
    "path,label,split\na.png,wren,train\na.png,wren,test\n",
    /a\.png is in train and in test by/,
  ],
  ["a column twice", "path,label,label\na,b,c\n", /has the column "label" twice/],
  [
    "addresses",
    "path,label\nhttps://a.example/b.png,wren\n",
    /an address: download the pictures first/,
  ],
  [
    "a structure",
    '{"path":"a.png","label":{"name":"wren"}}',
    /holds a structure in its column label/,
    "t.jsonl",
  ],
  ["no JSON", '{"path":\n', /line 1 of .* is not JSON/, "t.jsonl"],
  [
    "a quote out of place",
    `path,label\n${"a.png,wren\n".repeat(9)}a"b.png,wren\n`,
    /quote out of place in line 11/,
  ],
  [
    "a quote that is not closed",
    'path,label\na.png,"wren\nb.png,""\n',
    /quote out of place in line 2/,
  ],
];
for (const [what, content, message, file = "t.csv"] of bad) {
  Deno.test(`a table with ${what} is refused in one line`, () =>
    inTree(
      { [file]: content },
      (root) => refused(tableDataset(`${root}/${file}`).load(), message),
    ));
}

Deno.test("a table of megabytes with a stray quote, and one of a hundred thousand classes, cost no more than others", async () => {
  const long = `path,label\n"${"a.png,wren\n".repeat(2e5)}`;
  assert.throws(() => csvRows(long, "t.csv"), /quote out of place in line 2/);
  const many = Array.from(
    { length: 1e5 },
    (_, i) => `${i}.png,class ${i},${i % 2 ? "train" : "test"}`,
  );
  await inTree({ "t.csv": `path,label,split\n${many.join("\n")}` }, async (root) => {
    const set = await tableDataset(`${root}/t.csv`).load();
    assert.deepEqual([set.classNames.length, set.train.length], [1e5, 5e4]);
  });
});

Deno.test("rows that repeat a picture count once, and that is said", () =>
  inTree({ "t.csv": `${plain}0.png,café\n1.png,wren\n` }, async (root) => {
    const set = await tableDataset(`${root}/t.csv`).load();
    assert.deepEqual(counts(set), [10, 4, 6]);
    assert.match(said(set), /2 rows repeat a picture and count once/);
  }));

Deno.test("numbers in place of names are said", () =>
  inTree({ "t.csv": `path,label\n${rows((i) => `${i}.png,${i % 2}`)}` }, async (root) => {
    const set = await tableDataset(`${root}/t.csv`).load();
    assert.match(said(set), /class names are the numbers of its column label/);
  }));

Deno.test("a split column goes by any of its names", () =>
  inTree(
    { "t.csv": "path,label,split\na,x,Train\nb,x,validation\nc,x,TEST\nd,x,dev\n" },
    async (root) => {
      assert.deepEqual(counts(await tableDataset(`${root}/t.csv`).load()), [1, 2, 1]);
    },
  ));

Deno.test("Hugging Face's image folders are read by their metadata, whatever folders there are", async () => {
  const line = (file: string, label: string) => JSON.stringify({ file_name: file, label });
  await inTree({
    ...images(4, (i) => `s/train/${i}.png`),
    ...images(4, (i) => `s/test/${i}.png`),
    "s/train/metadata.jsonl": [1, 2, 3, 4].map((i) => line(`${i}.png`, "ab"[i % 2]!)).join("\n"),
    "s/test/metadata.csv": `file_name,label\n${
      [1, 2, 3, 4].map((i) => `${i}.png,${"ab"[i % 2]}`).join("\n")
    }`,
  }, async (root) => {
    const set = await folderDataset(`${root}/s`).load();
    assert.deepEqual([counts(set), set.classNames], [[4, 0, 4], ["a", "b"]]);
    for (const { path } of [...set.train, ...set.test]) await Deno.stat(path);
  });
  await inTree({
    ...images(20, (i) => `s/pictures/${i}.png`),
    "s/metadata.csv": `file_name,label\n${rows((i, name) => `pictures/${i + 1}.png,${name}`)}`,
  }, async (root) => {
    const set = await folderDataset(`${root}/s`).load();
    assert.deepEqual(counts(set), [10, 4, 6]);
    for (const { path } of set.train) await Deno.stat(path);
  });
});

Deno.test("a flat folder is read by its only table, also where the pictures lie in a folder beside it", async () => {
  const table = `image,species,label\n${rows((i, name) => `${i + 1}.png,x,${name}`)}`;
  await inTree({ ...images(20, (i) => `s/${i}.png`), "s/labels.csv": table }, async (root) => {
    assert.deepEqual(counts(await folderDataset(`${root}/s`).load()), [10, 4, 6]);
  });
  await inTree(
    { ...images(20, (i) => `s/images/${i}.png`), "s/labels.csv": table },
    async (root) => {
      const set = await folderDataset(`${root}/s`).load();
      assert.match(said(set), /paths of labels\.csv are taken to start in images/);
      for (const { path } of set.train) await Deno.stat(path);
    },
  );
  const tables = { "s/train.csv": table, "s/test.csv": table };
  await inTree({
    ...images(20, (i) => `s/train/${i}.png`),
    ...images(20, (i) => `s/test/${i}.png`),
    ...tables,
  }, async (root) => {
    const set = await folderDataset(`${root}/s`).load();
    assert.deepEqual(counts(set), [20, 0, 20]);
    for (const { path } of [...set.train, ...set.test]) await Deno.stat(path);
  });
  await inTree(
    { ...images(20, (i) => `s/${i}.png`), "s/a.csv": table, "s/b.csv": table },
    (root) =>
      refused(
        folderDataset(`${root}/s`).load(),
        /several tables, a\.csv, b\.csv: give one as csv:/,
      ),
  );
});

const coco = (annotations: [image: number, category: number][]) =>
  JSON.stringify({
    images: Array.from({ length: 21 }, (_, i) => ({ id: i + 1, file_name: `${i + 1}.png` })),
    annotations: annotations.map(([image_id, category_id], id) => ({ id, image_id, category_id })),
    categories: [{ id: 7, name: "café" }, { id: 9, name: "wren" }],
  });
const single = Array.from({ length: 20 }, (_, i): [number, number] => [i + 1, i % 2 ? 7 : 9]);

Deno.test("COCO's annotations give each picture the one category it has", async () => {
  await inTree({
    ...images(21, (i) => `s/images/${i}.png`),
    "s/annotations/all.json": coco([...single, [1, 9]]),
  }, async (root) => {
    const set = await dataset(`coco:${root}/s/annotations/all.json`).load("");
    assert.deepEqual([counts(set), set.classNames, set.name], [
      [10, 4, 6],
      ["café", "wren"],
      "all",
    ]);
    assert.match(said(set), /1 pictures without an annotation in all\.json not read/);
    for (const { path } of set.train) await Deno.stat(path);
  });
  await inTree(
    { "c.json": coco([...single, [1, 7]]) },
    (root) =>
      refused(
        cocoDataset(`${root}/c.json`).load(),
        /^1\.png in .*c\.json has 2 classes \(wren, café\)/,
      ),
  );
  await inTree({ "c.json": coco([[1, 3]]), "d.json": "[]" }, async (root) => {
    await refused(
      cocoDataset(`${root}/c.json`).load(),
      /annotation of category 3, which it does not list/,
    );
    await refused(cocoDataset(`${root}/d.json`).load(), /has no list of objects "images"/);
    await refused(
      cocoDataset(`${root}/e.json`).load(),
      /there is no file \/.*\/e\.json: did you mean/,
    );
  });
});

Deno.test("annotations in split folders, as Roboflow exports them", () =>
  inTree({
    ...Object.fromEntries(["train", "valid", "test"].flatMap((split) => [
      ...Object.entries(images(21, (i) => `s/${split}/${i}.png`)),
      [`s/${split}/_annotations.coco.json`, coco(single)],
    ])),
    "s/README.roboflow.txt": "x",
  }, async (root) => {
    const set = await folderDataset(`${root}/s`).load();
    assert.deepEqual(counts(set), [20, 20, 20]);
    for (const { path } of set.val) await Deno.stat(path);
  }));

const list = (n: number, label: number, name: string) =>
  Array.from({ length: n }, (_, i) => [`${name}/${i}.png`, label, name]);
const splitFile = (first = 0, names = ["disc", "wren"]) =>
  JSON.stringify({
    train: [...list(2, first, names[0]!), ...list(2, first + 1, names[1]!)],
    val: [],
    test: [...list(2, first, names[0]!), ...list(2, first + 1, names[1]!)],
  });

Deno.test("a split file of one's own is read with its labels; what is wrong with it is told for one's own", async () => {
  await inTree({
    "s.json": `\uFEFF${splitFile(0, ["wren", "disc"])}`,
    "back.json": splitFile().replaceAll("/", "\\\\"),
    "one.json": splitFile(1),
    "dup.json": splitFile(0, ["sunglasses", "Sunglasses"]),
    "bad.json": "{",
    "images/wren/0.png": true,
  }, async (root) => {
    const set = await splitDataset(`${root}/s.json`).load();
    assert.deepEqual([set.classNames, counts(set)], [["wren", "disc"], [4, 0, 4]]);
    assert.equal(set.train[0]!.path, `${root}/images/wren/0.png`);
    const back = await dataset(`split:${root}/back.json`).load("");
    assert.equal(back.train[0]!.path, `${root}/disc/0.png`);
    const own = /^(?!.*replace it by the published).*/;
    await refused(
      splitDataset(`${root}/one.json`).load(),
      /labels from 1 to 2 but none is 0: .*subtract 1 from each/,
    );
    await refused(
      splitDataset(`${root}/dup.json`).load(),
      /"sunglasses" and "Sunglasses" are two classes/,
    );
    for (const name of ["one", "dup", "bad"]) {
      await refused(splitDataset(`${root}/${name}.json`).load(), own);
    }
  });
});

Deno.test("text is decoded by its mark, and a foreign byte is told by its line", () => {
  assert.equal(decodeText(new TextEncoder().encode("\uFEFFé"), "t"), "é");
  assert.equal(decodeText(new Uint8Array(), "t"), "");
  for (const [at, line] of [[0, 1], [30, 2], [59, 3]] as [number, number][]) {
    const bytes = new TextEncoder().encode(
      "0123456789éabcdefgh\n0123456789abcdefghi\n0123456789abcdefghi",
    );
    bytes[at] = 0xe9;
    assert.throws(
      () => decodeText(bytes, "t"),
      new RegExp(`^UserError: t is not UTF-8 \\(byte 0xe9 in line ${line}\\)`),
    );
  }
});
