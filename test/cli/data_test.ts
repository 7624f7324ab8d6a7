import assert from "node:assert/strict";
import { data } from "../../lib/cli/data.ts";
import { datasetCards, formatBytes } from "../../lib/cli/data_cards.ts";
import { weights } from "../../lib/cli/weights.ts";
import { hubNames } from "../../lib/clip/mod.ts";
import { datasets, pocketSets, pocketShifts } from "../../lib/datasets/mod.ts";
import { images, inTree, PIXEL } from "../datasets/tree.ts";
import { sharedPath, sharedTest } from "../shared.ts";

/** The lines that the command says, and its exit code. */
async function said(...args: string[]): Promise<{ lines: string[]; code: number }> {
  const lines: string[] = [];
  const code = await data(args, (line) => lines.push(line), { silent: true });
  return { lines, code };
}

const split = "real/caltech-101/split_zhou_Caltech101.json";

sharedTest("data sample prints the published few-shot lists as JSON", split, async () => {
  const { lines, code } = await said("sample", sharedPath(split), "--shots", "4", "--seed", "3");
  assert.equal(code, 0);
  assert.equal(lines.length, 1);
  const published = JSON.parse(
    await Deno.readTextFile(sharedPath("real/few_shot_caltech101.json")),
  )["shot_4-seed_3"];
  const prefix = "caltech-101/101_ObjectCategories/";
  const relative = (rows: [string, number, string][]) =>
    rows.map(([path, ...rest]) => [path.slice(prefix.length), ...rest]);
  assert.ok(published.train[0][0].startsWith(prefix));
  assert.deepEqual(JSON.parse(lines[0]!), {
    train: relative(published.train),
    val: relative(published.val),
  });
});

Deno.test("data --list says of every data set its state, size, licence, citation, and what was not verified", async () => {
  await inTree(
    { "eurosat/2750/x": "", "eurosat/split_zhou_EuroSAT.json": "", "dtd/images/x": "" },
    async (root) => {
      const { lines, code } = await said("--list", "--root", root);
      assert.equal(code, 0);
      const heads = lines.filter((line) => !line.startsWith(" "));
      assert.deepEqual(
        heads.map((line) => line.split(":")[0]),
        [...datasets, ...pocketSets, ...pocketShifts].map((set) => set.name),
      );
      assert.ok(
        lines.some((line) => /^pocket-things: not there · drawn by this project/.test(line)),
      );
      assert.ok(lines.includes("eurosat: there · 94.3 MB · MIT"));
      assert.ok(lines.some((line) => /^dtd: partly there · 625 MB · /.test(line)));
      assert.ok(lines.some((line) => /^caltech101: not there · 137 MB · CC BY 4\.0$/.test(line)));
      assert.ok(lines.some((line) => /IEEE JSTARS/.test(line)));
      const unverified = lines.filter((line) =>
        line.includes("addresses not verified by fetching")
      );
      assert.equal(
        unverified.length,
        datasets.filter((set) => set.published!.sources.some((s) => s.urls.length > 0)).length,
      );
      assert.equal((await said("dtd", "eurosat", "--list", "--root", root)).lines.length, 6);
    },
  );
});

Deno.test("data --check tells what is wrong and fails; with --all what is absent is no failure", () =>
  inTree(
    { "eurosat/split_zhou_EuroSAT.json": '{"train":[],"val":[],"test":[["a/1.jpg",0,"a"]]}' },
    async (root) => {
      const named = await said("eurosat", "--check", "--root", root);
      assert.equal(named.code, 1);
      assert.match(
        named.lines.join("\n"),
        /^eurosat: EuroSAT has 1 classes \(published: 10\).*\neurosat: 1 of 1 image is missing/,
      );
      const absent = await said("dtd", "--check", "--root", root);
      assert.equal(absent.code, 1);
      assert.match(absent.lines[0]!, /^dtd: there is no folder .*dtd: DTD is expected there/);
      const all = await said("--all", "--check", "--root", root);
      assert.equal(all.code, 1);
      assert.equal(
        all.lines.filter((line) => line.endsWith(": not there.")).length,
        datasets.length - 1,
      );
    },
  ));

Deno.test("data NAME says what has to be fetched by hand, and where it goes", () =>
  inTree({ "imagenet/images/val/n01440764/x.JPEG": true }, async (root) => {
    const { lines, code } = await said("imagenet", "--root", root);
    assert.equal(code, 1);
    assert.match(
      lines[0]!,
      /^imagenet: the training images of ImageNet cannot be downloaded\. ImageNet must be asked for: .*\/imagenet\/images\/train\.$/,
    );
    assert.equal(lines[1], "imagenet: validation images: there already.");
  }));

Deno.test("a user's own folder is drawn and checked", () =>
  inTree(
    { ...images(5, (i) => `b/robin/${i}.png`), ...images(5, (i) => `b/wren/${i}.png`) },
    async (root) => {
      const out = `${root}/sheet.jpg`;
      assert.deepEqual((await said("sheet", `folder:${root}/b`, "--out", out)).lines, [
        `${out}: 2 classes.`,
      ]);
      const jpeg = await Deno.readFile(out);
      assert.deepEqual([...jpeg.subarray(0, 3)], [0xff, 0xd8, 0xff]);
      assert.ok(PIXEL.length < jpeg.length);
      assert.deepEqual(await said(`folder:${root}/b`, "--check"), {
        lines: ["b: every image read."],
        code: 0,
      });
    },
  ));

const wrong: [args: string[], message: RegExp][] = [
  [[], /^data: name a data set, or give --all or --list\. See data --help\.$/],
  [["eurosta"], /^there is no data set "eurosta": did you mean "eurosat"\?$/],
  [["eurosat", "--chek"], /^data: unknown option --chek: did you mean --check\?/],
  [["sample"], /^data sample: SPLIT\.json is missing/],
  [["sample", "x.json", "--shots", "0"], /--shots must be at least 1: got 0/],
  [["sample", "nowhere.json"], /^there is no split file .*nowhere\.json/],
];
for (const [args, message] of wrong) {
  Deno.test(`"data ${args.join(" ")}" is answered by one clear line`, () =>
    assert.rejects(said(...args), { message }));
}

Deno.test("the data-set cards in the docs are what the descriptions say", async () => {
  const file = decodeURIComponent(new URL("../../docs/datasets.md", import.meta.url).pathname);
  const fresh = await Deno.readTextFile(file) === await datasetCards(file);
  assert.ok(fresh, "docs/datasets.md is stale: run deno task data cards");
});

Deno.test("sizes are told with three digits, and as lower bounds where a part is unknown", () => {
  assert.equal(formatBytes({ known: 0, complete: false }), "size unknown");
  assert.equal(formatBytes({ known: 94280567, complete: true }), "94.3 MB");
  assert.equal(formatBytes({ known: 39077296924, complete: false }), "more than 39.1 GB");
});

Deno.test("weights --list says where each published CLIP comes from; a missing name is wrong usage", async () => {
  const lines: string[] = [];
  await weights(["--list", "--cache", "/nowhere"], (line) => lines.push(line));
  assert.ok(
    lines.includes(
      "ViT-B/16: not in the cache · timm/vit_base_patch16_clip_224.openai at 977e3dd0ec55",
    ),
  );
  assert.equal(lines.length, 2 * hubNames.length);
  assert.ok(
    lines.filter((_, i) => i % 2 === 1).every((line) => line.endsWith("not verified by fetching")),
  );
  await assert.rejects(weights([], () => {}), {
    name: "UsageError",
    message: /^weights: name a CLIP, such as ViT-B\/16/,
  });
});

Deno.test("data draws a pocket set where the user names it, once; of one's own it says what is read", () =>
  inTree({
    ...images(10, (i) => `birds/disc/${i}.png`),
    ...images(10, (i) => `birds/square/${i}.png`),
    "birds/disc/notes.txt": "x",
  }, async (root) => {
    const first = await said("pocket-tiles", "--root", root);
    assert.deepEqual(first, { code: 0, lines: [`pocket-tiles: drawn, in ${root}/pocket-tiles.`] });
    const again = await said("pocket-tiles", "--root", root);
    assert.deepEqual(again.lines, [`pocket-tiles: there already, in ${root}/pocket-tiles.`]);
    assert.match(
      (await said("pocket-tiles", "--list", "--root", root)).lines[0]!,
      /^pocket-tiles: there · drawn/,
    );
    const own = await said(`folder:${root}/birds`, "--list");
    assert.match(
      own.lines[0]!,
      /^birds: 2 classes, 10\/4\/6 images .*1 file \(1 \.txt; .*not read/,
    );
    assert.deepEqual((await said(`folder:${root}/birds`, "--check")).lines, [
      "birds: every image read.",
    ]);
    await assert.rejects(
      data([`folder:${root}/birds`], () => {}),
      /your own data: there is nothing to fetch/,
    );
  }));

Deno.test("a relative path counts from where the user stands, also by deno task", async () => {
  const project = decodeURIComponent(new URL("../../", import.meta.url).pathname);
  const user = await Deno.realPath(await Deno.makeTempDir());
  const run = async (cwd: string, from: string) => {
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-q",
        "-P=data",
        "--no-prompt",
        `${project}lib/cli/data.ts`,
        "folder:./brids",
        "--list",
      ],
      env: { INIT_CWD: from },
      cwd,
    }).output();
    return new TextDecoder().decode(stderr).trim();
  };
  try {
    assert.match(
      await run(project, user),
      new RegExp(`there is no folder ${user}/brids: check the path\\.$`),
    );
    // What did not come by deno task has gone to its folder itself.
    assert.match(await run(user, "/"), new RegExp(`there is no folder ${user}/brids`));
  } finally {
    await Deno.remove(user, { recursive: true });
  }
});
