import assert from "node:assert/strict";
import { type Clip, disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes } from "../../lib/datasets/mod.ts";
import { openFeatureCache, openImages } from "../../lib/engine/mod.ts";
import { drawView, type ImageJob } from "../../lib/image/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

const root = await Deno.makeTempDir();
await useBackend("wasm");
await drawShapes(root);
const jobs: ImageJob[] = (await drawnShapes.load(root)).test.slice(0, 40).map(({ path }) => ({
  path,
}));
const clip = randomClip(smallConfig, 3);
/** The same CLIP, but for a tower that fails when it is asked. */
const blind = { ...clip, image: undefined } as unknown as Clip;

async function features(of: Clip, folder?: string, wanted = jobs): Promise<Float32Array> {
  using images = openImages(of, {
    workers: 0,
    cache: folder ? openFeatureCache(folder) : undefined,
  });
  return await images.features(wanted);
}

const folders = () => Deno.makeTempDir().then((dir) => `${dir}/features`);
const names = (folder: string) => Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();

Deno.test("features from the disk are those that were computed, bit for bit, without image work", async () => {
  const folder = await folders();
  const without = await features(clip);
  assert.deepEqual(await features(clip, folder), without);
  assert.deepEqual(await features(blind, folder), without);
  await assert.rejects(features(blind)); // the tower would have been asked
});

Deno.test("an extraction that was cut off goes on where it was", async () => {
  const folder = await folders();
  await features(clip, folder, jobs.slice(0, 32));
  const [first] = names(folder) as [string];
  await features(clip, folder);
  assert.equal(names(folder).length, 2);
  assert.ok(names(folder).includes(first));
  assert.deepEqual(await features(blind, folder), await features(clip));
});

Deno.test("a damaged, short or empty file is computed again", async () => {
  const whole = await features(clip);
  const damages: ((bytes: Uint8Array) => Uint8Array)[] = [
    (bytes) => bytes.map((byte, i) => i === 100 ? byte ^ 1 : byte),
    (bytes) => bytes.slice(0, -4),
    () => new Uint8Array(),
  ];
  for (const damage of damages) {
    const folder = await folders();
    await features(clip, folder);
    const path = `${folder}/${names(folder)[0]}`;
    await Deno.writeFile(path, damage(await Deno.readFile(path)));
    await assert.rejects(features(blind, folder));
    assert.deepEqual(await features(clip, folder), whole);
    assert.deepEqual(await features(blind, folder), whole);
  }
});

Deno.test("another picture under the same name, other weights and other views have their own features", async () => {
  const folder = await folders();
  const path = `${await Deno.makeTempDir()}/picture.png`;
  await Deno.copyFile(jobs[0]!.path, path);
  const before = await features(clip, folder, [{ path }]);
  await Deno.copyFile(jobs[1]!.path, path);
  const after = await features(clip, folder, [{ path }]);
  assert.notDeepEqual(after, before);
  assert.deepEqual(after, await features(clip, undefined, [{ path }]));

  const other = randomClip(smallConfig, 4);
  assert.notDeepEqual(await features(other, folder, [{ path }]), after);
  disposeClip(other);

  const random = streams(1)("views");
  const views = [{ path, draws: drawView(random) }, { path, draws: drawView(random) }];
  const seen = await features(clip, folder, views);
  assert.notDeepEqual(seen.slice(0, 64), seen.slice(64));
  assert.deepEqual(await features(blind, folder, views), seen);
});

Deno.test("processes that share a cache give the same features and leave no half-written file", async () => {
  const folder = await folders();
  const whole = await features(clip);
  const all = await Promise.all(Array.from({ length: 4 }, () => features(clip, folder)));
  for (const one of all) assert.deepEqual(one, whole);
  assert.ok(names(folder).every((name) => /^[0-9a-f]{64}$/.test(name)));
});

Deno.test("a cache stays under its limit, and what was used last stays longest", async () => {
  const folder = await folders();
  const limit = 64 * 1024;
  const cache = openFeatureCache(folder, limit);
  const key = (i: number) => i.toString(16).padStart(64, "0");
  for (let i = 0; i < 60; i++) {
    await cache.write(key(i), new Float32Array(512).fill(i));
    const old = new Date(Date.now() - 1e6 + 1000 * i);
    await Deno.utime(`${folder}/${key(i)}`, old, old).catch(() => {});
    if (i >= 1) assert.equal((await cache.read(key(0), 512))?.[0], 0); // read again and again
  }
  const bytes = names(folder).reduce(
    (sum, name) => sum + Deno.statSync(`${folder}/${name}`).size,
    0,
  );
  assert.ok(bytes <= 1.25 * limit, `${bytes} bytes`);
  assert.equal((await cache.read(key(59), 512))?.[0], 59);
  assert.equal(await cache.read(key(1), 512), undefined);
});

Deno.test("a folder that can't be written is no cache and no error", async () => {
  const file = await Deno.makeTempFile();
  assert.deepEqual(await features(clip, `${file}/features`), await features(clip));
});
