/** Data sets and how they are read, as the command line gives them. */
import assert from "node:assert/strict";
import { choose } from "../../lib/cli/reproduce/choose.ts";
import { parseData } from "../../lib/cli/reproduce/data_given.ts";
import { reproduceOptions } from "../../lib/cli/reproduce/options.ts";
import { parse } from "../../lib/cli/options.ts";
import { dataset, isOwnSpec, type LoadedDataset, specOf } from "../../lib/datasets/mod.ts";
import { images, inTree } from "../datasets/tree.ts";

const names = (...given: string[]) => parseData(given).map(({ name }) => name);
const chosen = (...args: string[]) => choose(parse("reproduce", reproduceOptions, args));
const usage = (message: RegExp) => ({ name: "UsageError", message });

Deno.test("sets of one name are told apart by where they lie, and keep their names in another process", () => {
  assert.deepEqual(names("folder:./birds.v1", "folder:./birds.v2"), ["birds.v1", "birds.v2"]);
  assert.deepEqual(names("folder:a/birds", "folder:b/birds"), ["a-birds", "b-birds"]);
  assert.deepEqual(names("folder:x/a/birds", "folder:y/a/birds"), ["x-a-birds", "y-a-birds"]);
  assert.deepEqual(names("folder:a/birds", "folder:b/birds", "folder:c/fish"), [
    "a-birds",
    "b-birds",
    "fish",
  ]);
  assert.deepEqual(names("folder:a/birds", "csv:a/birds.csv"), ["birds-1", "birds-2"]);
  assert.deepEqual(names("mine=folder:a/birds", "folder:b/birds"), ["mine", "birds"]);
  assert.deepEqual(names("folder:./eurosat", "eurosat=./data"), ["own-eurosat", "eurosat"]);
  assert.deepEqual(names("folder:./cafe\u0301"), ["caf\u00e9"]);
  for (const { name, spec } of parseData(["folder:a/birds", "folder:b/birds", "csv:a/birds.csv"])) {
    assert.equal(dataset(spec).name, name);
    assert.ok(isOwnSpec(spec));
  }
  assert.throws(
    () => names("folder:./birds", "folder:birds"),
    usage(/names .* twice|twice: give it once/),
  );
});

Deno.test("what is no data set is told with what may be meant", () => {
  assert.throws(
    () => names("./birds"),
    usage(/takes your own pictures as folder:\.\/birds .*, and NAME=PATH/),
  );
  assert.throws(() => names("foldr:./birds"), usage(/did you mean folder:\.\/birds\?/));
  assert.throws(() => names("eurosta=./data"), usage(/did you mean "eurosat"\?/));
  assert.throws(() => dataset('own:{"from":3}'), /is no data set: name one, or give folder:PATH/);
  assert.throws(() => dataset("own:nothing"), /is no data set/);
});

Deno.test("how data are read goes with an experiment of one's own, and not with what it does not fit", () => {
  assert.throws(
    () => chosen("--template", "a {}"),
    usage(/--template is for an experiment of your own/),
  );
  assert.throws(
    () => chosen("--data", "folder:./a", "--split", "70/30"),
    usage(/--split takes three shares/),
  );
  assert.throws(
    () => chosen("--data", "folder:./a", "--split", "a/b/c"),
    usage(/--split takes three shares/),
  );
  assert.throws(
    () => chosen("--data", "folder:./a", "--split", "70/10/30"),
    usage(/is none: give shares/),
  );
  assert.throws(() => chosen("--data", "folder:./a", "--template", "x"), usage(/has no \{\}/));
  assert.throws(
    () => chosen("--data", "eurosat=./data", "--split", "70/10/20"),
    usage(/eurosat has a split of its own: --split is for pictures of one's own/),
  );
  assert.throws(
    () => chosen("--data", "folder:./a", "--shots", "4", "--shots-per-class", "f"),
    usage(/--shots and --shots-per-class both say the shots/),
  );
});

Deno.test("all that is given reaches the data set, also in another process and folder", () =>
  inTree({
    ...images(20, (i) => `a/disc/${i}.png`),
    ...images(20, (i) => `a/square/${i}.png`),
    "n.txt": "disc\tScheibe\nsquare\tQuadrat",
    "s.csv": "disc,3\nsquare,8\n",
  }, async (root) => {
    const { experiments } = choose(
      parse("reproduce", reproduceOptions, [
        ...["--data", `mine=folder:${root}/a`, "--template", "ein Foto: {}.", "--split", "50/0/50"],
        ...[
          "--split-seed",
          "3",
          "--class-names",
          `${root}/n.txt`,
          "--shots-per-class",
          `${root}/s.csv`,
        ],
      ]),
      { mostShots: 8 },
    );
    const { datasets: [spec], shots } = experiments[0]!;
    const set: LoadedDataset = await dataset(JSON.parse(JSON.stringify(spec))).load("");
    assert.deepEqual(
      [set.name, set.template, set.classNames, set.train.length, set.val.length, set.shotsPerClass],
      ["mine", "ein Foto: {}.", ["Scheibe", "Quadrat"], 20, 0, [3, 8]],
    );
    assert.match(set.splitFrom, /50\/0\/50 of each class at random, seed 3/);
    assert.deepEqual(shots, [8]);
  }));

Deno.test("a drawn or published set takes other words too, and says so", () =>
  inTree(
    { "n.json": JSON.stringify(Array.from({ length: 12 }, (_, i) => `Kachel ${i}`)) },
    async (root) => {
      const spec = specOf("pocket-tiles", {
        template: "ein Bild: {}.",
        classNames: `${root}/n.json`,
      });
      const set = await dataset(spec).load(root);
      assert.deepEqual([set.template, set.classNames[3]], ["ein Bild: {}.", "Kachel 3"]);
      const [item] = set.test;
      assert.equal(item!.className, set.classNames[item!.label]);
      assert.ok(
        set.assumed?.some((line) => /its template is "ein Bild: \{\}\." in place of/.test(line)),
      );
      assert.ok(!isOwnSpec(spec));
      assert.equal(specOf("eurosat", {}), "eurosat");
    },
  ));
