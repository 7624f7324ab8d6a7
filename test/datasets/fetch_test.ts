import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  checkDataset,
  type Dataset,
  defineDataset,
  fetchDataset,
  type Source,
  stateOf,
} from "../../lib/datasets/mod.ts";
import { classFolders, splitFile } from "../../lib/datasets/layout.ts";
import { broken, good, withServer } from "./server.ts";
import { inTree } from "./tree.ts";

const archive = (name: string) =>
  Deno.readFileSync(new URL(`../fixtures/datasets/archives/${name}`, import.meta.url));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const split = new TextEncoder().encode(
  '{"train":[["cat/1.jpg",0,"cat"]],"val":[],"test":[["dog/empty.jpg",1,"dog"]]}',
);

const found = { where: "this test", when: "2026-11-21" };
const zip = archive("good.zip");
const imagesFrom = (urls: string[], bytes = zip): Source => ({
  what: "images",
  urls,
  to: "images",
  unpack: { folder: "set/images" },
  bytes: bytes.length,
  sha256: sha256(bytes),
  found,
});

function animals(...sources: Source[]): Dataset {
  return defineDataset({
    name: "animals",
    title: "Animals",
    template: "{}",
    folder: "animals",
    layout: splitFile("split.json", "images", classFolders("images")),
    published: {
      counts: { classes: 2, train: 1, val: 0, test: 1 },
      homepage: "",
      licence: "",
      citation: "",
      sources,
    },
  });
}

const paths = (root: string): string[] =>
  [...Deno.readDirSync(root)].flatMap((entry) =>
    entry.isDirectory
      ? paths(`${root}/${entry.name}`).map((p) => `${entry.name}/${p}`)
      : [entry.name]
  );

Deno.test("a data set is fetched into its layout, file by file, and what is there is left alone", () =>
  withServer(
    { "/i.zip": good(zip), "/s": good(split) },
    (origin, requests) =>
      inTree({}, async (root) => {
        const set = animals(imagesFrom([`${origin}/i.zip`]), {
          what: "split file",
          urls: [`${origin}/s`],
          to: "split.json",
          found,
        });
        assert.equal(await stateOf(set, root), "not there");
        const notes = new Set<string>();
        const results = await fetchDataset(set, root, (note) => notes.add(note));
        assert.deepEqual(results.map((r) => r.outcome), ["fetched", "fetched"]);
        assert.ok(notes.has("images: downloading") && notes.has("images: unpacking"));
        assert.deepEqual((await set.load(root)).classNames, ["cat", "dog"]);
        const others = paths(root).filter((path) => !path.startsWith("animals/"));
        assert.deepEqual(others, ["checksums.json"], "of what has no published checksum");
        assert.equal(await stateOf(set, root), "there");
        const asked = requests.length;
        const again = await fetchDataset(set, root);
        assert.deepEqual(again.map((r) => r.outcome), ["there", "there"]);
        assert.equal(requests.length, asked);
      }),
  ));

Deno.test("where no checksum is published, what came is noted, and another file under its name is refused", () =>
  withServer(
    {
      "/s": good(split),
      "/other": good(new TextEncoder().encode(`${new TextDecoder().decode(split)} `)),
    },
    (origin) =>
      inTree({}, async (root) => {
        const from = (path: string) =>
          animals({ what: "split file", urls: [`${origin}${path}`], to: "split.json", found });
        const { noted } = (await fetchDataset(from("/s"), root))[0]!;
        assert.match(noted ?? "", /^[0-9a-f]{64}$/);
        const notes = JSON.parse(await Deno.readTextFile(`${root}/checksums.json`));
        assert.equal(notes["animals-split.json"].sha256, noted);
        await Deno.remove(`${root}/animals/split.json`);
        const [refused] = await fetchDataset(from("/other"), root);
        assert.equal(refused!.outcome, "failed");
        assert.match(
          refused!.problem ?? "",
          /expected [0-9a-f]{64}.*remove "animals-split.json" from .*checksums\.json/,
        );
        const [again] = await fetchDataset(from("/s"), root);
        assert.deepEqual([again!.outcome, again!.noted], ["fetched", noted]);
      }),
  ));

Deno.test("what cannot be had is told with what to do by hand, and does not stop the rest", () =>
  withServer({ "/s": good(split) }, (origin) =>
    inTree({}, async (root) => {
      const set = animals(
        { ...imagesFrom([]), byHand: "Accept the terms at the page and put the images there" },
        imagesFrom([`${origin}/gone.zip`]),
        { what: "split file", urls: [`${origin}/s`], to: "split.json", found },
      );
      const [terms, gone, file] = await fetchDataset(set, root);
      assert.deepEqual([terms!.outcome, gone!.outcome, file!.outcome], [
        "failed",
        "failed",
        "fetched",
      ]);
      assert.equal(
        terms!.problem,
        `the images of Animals cannot be downloaded. Accept the terms at the page and put the images there: ${root}/animals/images.`,
      );
      assert.match(
        gone!.problem!,
        /answers 404\. Download it in a browser and put it at .*animals\/images\.$/,
      );
      assert.equal(await stateOf(set, root), "partly there");
    })));

Deno.test("a hostile archive leaves no images folder, half or whole, and nothing outside", async () => {
  for (const name of ["upwards.zip", "symlink.tar", "bomb.tar.gz", "cut.zip"]) {
    const bytes = archive(name);
    await withServer({ "/i": good(bytes) }, (origin) =>
      inTree({}, async (root) => {
        const [result] = await fetchDataset(animals(imagesFrom([`${origin}/i`], bytes)), root);
        assert.equal(result!.outcome, "failed");
        assert.match(result!.problem!, /nothing was unpacked/);
        assert.deepEqual(paths(root), []);
      }));
  }
});

Deno.test("a whole folder can be the target", () =>
  withServer({ "/i.zip": good(zip) }, (origin) =>
    inTree({}, async (root) => {
      await fetchDataset(
        animals({ ...imagesFrom([`${origin}/i.zip`]), to: "", unpack: { folder: "set" } }),
        root,
      );
      assert.ok(paths(root).includes("animals/images/cat/1.jpg"));
      assert.ok(paths(root).includes("animals/readme.txt"));
    })));

Deno.test("a kill while downloading or while unpacking is recovered by running it again", () =>
  withServer({
    "/i.zip": (request, count) => count === 1 ? broken(zip, 500, true) : good(zip)(request, count),
  }, (origin, requests) =>
    inTree({}, async (root) => {
      const job = `
        import { defineDataset, fetchDataset } from ${
        JSON.stringify(new URL("../../lib/datasets/mod.ts", import.meta.url).href)
      };
        const sources = ${JSON.stringify([imagesFrom([`${origin}/i.zip`])])};
        const set = defineDataset({ name: "animals", title: "Animals", template: "{}", folder: "animals", layout: () => Promise.reject(),
          published: { counts: { classes: 0, train: 0, val: 0, test: 0 }, homepage: "", licence: "", citation: "", sources } });
        await fetchDataset(set, ${JSON.stringify(root)}, () => console.log("bytes"));
      `;
      const child = new Deno.Command(Deno.execPath(), {
        args: ["eval", job],
        cwd: new URL("../..", import.meta.url),
        stdout: "piped",
        stderr: "null",
      }).spawn();
      await child.stdout.values().next(); // the first bytes have arrived and been written
      child.kill("SIGKILL");
      await child.status;
      await child.stdout.cancel().catch(() => {});
      assert.deepEqual(paths(root).sort(), [
        ".downloads/animals-images.part",
        ".downloads/animals-images.part.etag",
      ]);
      // A kill while unpacking leaves the whole archive and a staging folder.
      await Deno.mkdir(`${root}/animals/images.unpacking/whole/cat`, { recursive: true });
      await Deno.writeTextFile(`${root}/animals/images.unpacking/whole/cat/1.jpg`, "half");
      const [result] = await fetchDataset(animals(imagesFrom([`${origin}/i.zip`])), root);
      assert.equal(result!.outcome, "fetched");
      assert.equal(requests.at(-1)!.range, "bytes=500-");
      assert.deepEqual(paths(root).filter((path) => !path.startsWith("animals/images/")), []);
      assert.equal((await Deno.stat(`${root}/animals/images/cat/1.jpg`)).size, 3000);
    })));

Deno.test("an archive that a killed run had downloaded is not downloaded again", () =>
  withServer({}, (origin) =>
    inTree({ ".downloads/animals-images": zip }, async (root) => {
      const [result] = await fetchDataset(animals(imagesFrom([`${origin}/i.zip`])), root);
      assert.equal(result!.outcome, "fetched");
    })));

const row = (path: string, label: number, name: string) => [path, label, name];

Deno.test("a check reports wrong counts, missing and unreadable images and wrong files, a line each", async () => {
  const files = {
    "animals/split.json": JSON.stringify({
      train: [row("a/1.png", 0, "a"), row("a/gone.png", 0, "a")],
      val: [row("a/cut.jpg", 0, "a")],
      test: [row("b/text.png", 1, "b"), row("b/1.png", 1, "b")],
    }),
    "animals/images/a/1.png": true as const,
    "animals/images/b/1.png": true as const,
    "animals/images/a/cut.jpg": Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16),
    "animals/images/b/text.png": "not a picture",
    "animals/labels.mat": "other",
  };
  await inTree(files, async (root) => {
    const set = animals(
      {
        what: "labels",
        urls: ["http://127.0.0.1/x"],
        to: "labels.mat",
        sha256: "0".repeat(64),
        found,
      },
    );
    let last: number[] = [];
    const problems = await checkDataset(set, root, (done, total) => last = [done, total]);
    assert.equal(problems.length, 4, problems.join("\n"));
    assert.match(
      problems[0]!,
      /labels\.mat has SHA-256 [0-9a-f]{64}, published is 0{64}: remove it and fetch it again\./,
    );
    assert.match(
      problems[1]!,
      /^Animals has 2 train images \(published: 1\), 1 val images \(published: 0\), 2 test images \(published: 1\); its splits are from .*split\.json: compare/,
    );
    assert.match(problems[2]!, /^1 of 5 images are missing, for example .*a\/gone\.png/);
    assert.match(
      problems[3]!,
      /^2 of 4 images cannot be read: .*a\/cut\.jpg.*; .*b\/text\.png.*\. Replace or remove them\.$/,
    );
    assert.deepEqual(last, [4, 4]);
  });
});

Deno.test("a data set that is as published has no problems, and one that cannot be loaded says why", async () => {
  const one = { train: [row("a/1.png", 0, "a")], val: [], test: [row("b/1.png", 1, "b")] };
  const files = {
    "animals/split.json": JSON.stringify(one),
    "animals/images/a/1.png": true as const,
    "animals/images/b/1.png": true as const,
  };
  await inTree(files, async (root) => assert.deepEqual(await checkDataset(animals(), root), []));
  await inTree({}, async (root) => {
    assert.match(
      (await checkDataset(animals(), root)).join(),
      /^there is no folder .*animals: Animals is expected there/,
    );
  });
});
