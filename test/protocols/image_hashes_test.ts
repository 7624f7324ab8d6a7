import assert from "node:assert/strict";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes } from "../../lib/datasets/mod.ts";
import { draftCells, hashImages, identity, planner } from "../../lib/protocols/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

// printf abc | sha256sum
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Deno.test("images are hashed by what is in them, and only when they changed", async () => {
  const folder = await Deno.makeTempDir();
  const [image, memory] = [`${folder}/a.png`, `${folder}/images.json`];
  const hash = async () =>
    (await hashImages([image, image, `${folder}/gone.png`], memory)).get(image);
  await Deno.writeTextFile(image, "abc");
  assert.equal(await hash(), abc);
  const { mtime } = await Deno.stat(memory);
  assert.equal(await hash(), abc);
  assert.deepEqual((await Deno.stat(memory)).mtime, mtime, "nothing was read, nothing written");
  await Deno.writeTextFile(image, "abcd");
  assert.notEqual(await hash(), abc);
  await Deno.writeTextFile(image, "abc");
  await Deno.writeTextFile(memory, "{");
  assert.equal(await hash(), abc, "a damaged memory is none");
});

Deno.test("images are looked at in this thread while that is quick, and several at a time where it is not", async () => {
  const folder = await Deno.makeTempDir();
  const paths = Array.from({ length: 40 }, (_, i) => `${folder}/${i}.png`);
  for (const [i, path] of paths.entries()) await Deno.writeTextFile(path, `${i}`);
  const { stat, statSync } = Deno;
  const looks = { here: 0, elsewhere: 0 };
  let slow = false;
  Deno.stat = (path) => {
    if (`${path}`.endsWith(".png")) looks.elsewhere++;
    return stat(path);
  };
  Deno.statSync = (path) => {
    looks.here++;
    for (const until = performance.now() + (slow ? 50 : 0); performance.now() < until;);
    return statSync(path);
  };
  try {
    const quick = await hashImages(paths, `${folder}/images.json`);
    assert.ok(looks.here > 0);
    Object.assign(looks, { here: 0, elsewhere: 0 });
    slow = true;
    const late = await hashImages([...paths, `${folder}/gone.png`], `${folder}/images.json`);
    assert.deepEqual(looks, { here: 1, elsewhere: 40 });
    assert.deepEqual([...late].sort(), [...quick].sort());
    assert.equal(late.size, 40);
  } finally {
    Object.assign(Deno, { stat, statSync });
  }
});

Deno.test("an image changes the identity of the cells that read it, and of no other; where it lies does not", async () => {
  await useBackend("wasm");
  const clip = randomClip(smallConfig, 3);
  const at = async () => {
    const root = await Deno.makeTempDir();
    await drawShapes(root);
    const set = await drawnShapes.load(root);
    const plan = planner({ config: clip.config, datasets: new Map([[set.name, set]]) });
    const planned = draftCells([{
      ...{ id: "a", title: "A", about: "", clip: "random", protocol: "few-shot" },
      ...{ entries: [{ method: "coop" }], datasets: [set.name], shots: [1], seeds: [1, 2] },
    }]).map(plan);
    const { train, test } = set;
    const paths = [...train, ...test].map(({ path }) => path);
    const ids = async () => {
      const hashes = await hashImages(paths, `${root}/images.json`);
      const shared = {
        clip: { name: "random", sha256: clip.sha256, description: "random" },
        backend: { name: "wasm", reason: "asked for", device: "CPU" },
        versions: {},
        command: "a test",
      };
      return planned.map((planned) => identity(planned, { hashes, shared }));
    };
    return { ids, planned, test };
  };
  const [here, there] = [await at(), await at()];
  const [one, two] = await here.ids();
  assert.notEqual(one, two);
  assert.deepEqual(await there.ids(), [one, two], "another folder, the same images");

  const [first, second] = here.planned.map(({ source }) =>
    source.train.map(({ path }) => path)
  ) as [string[], string[]];
  const onlyFirst = first.find((path) => !second.includes(path));
  assert.ok(onlyFirst);
  await Deno.writeTextFile(onlyFirst, "another image");
  const [changed, same] = await here.ids();
  assert.notEqual(changed, one);
  assert.equal(same, two);

  await Deno.writeTextFile(here.test[0]!.path, "another image");
  const [changedAgain, changedToo] = await here.ids();
  assert.notEqual(changedAgain, changed);
  assert.notEqual(changedToo, two);
  disposeClip(clip);
});
