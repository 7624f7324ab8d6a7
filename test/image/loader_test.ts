/** Reading ahead: order, draws, errors, and the same views with and without workers. */

import assert from "node:assert/strict";
import {
  drawView,
  type ImageJob,
  loadImages,
  readImage,
  startWorkers,
  type Workers,
} from "../../lib/image/mod.ts";
import { UserError } from "../../lib/errors.ts";
import { Random } from "../../lib/random/mod.ts";
import { fixtures } from "./records.ts";

const files = ["rgb.png", "baseline.jpg", "cmyk.jpg", "l.png", "rgba.webp", "exif_rotated.jpg"];
const random = new Random(3);
const jobs: ImageJob[] = [0, 1, 2].flatMap((round) =>
  files.map((file) => ({
    path: fixtures + file,
    draws: round === 0 ? undefined : drawView(random),
  }))
);

Deno.test("images come in order and alike from no worker, one and three", async () => {
  const truth = [];
  for (const job of jobs) truth.push(await readImage(job, 32));
  for (const count of [0, 1, 3]) {
    using workers = startWorkers(count);
    for (const ahead of [1, 5, 64]) {
      const views = await Array.fromAsync(loadImages(jobs, 32, { workers, ahead }));
      assert.deepEqual(views, truth, `${count} workers, ${ahead} ahead`);
    }
  }
});

Deno.test("no more than `ahead` images are under way", async () => {
  let under = 0, most = 0;
  const workers: Workers = {
    count: 0,
    async read() {
      most = Math.max(most, ++under);
      await new Promise((done) => setTimeout(done, 1));
      return new Float32Array(3);
    },
    [Symbol.dispose]() {},
  };
  for await (const _ of loadImages(jobs, 32, { workers, ahead: 4 })) under--;
  assert.equal(most, 4);
});

Deno.test("while a step keeps the calling thread busy, a worker reads all that the next steps need", async () => {
  using workers = startWorkers(1);
  const many = [...jobs, ...jobs];
  const views = loadImages(many, 32, { workers, ahead: 16 });
  await views.next(); // from here on 16 are under way
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000); // a step of training
  await new Promise((done) => setTimeout(done)); // what has come is handed over
  let waited = 0;
  for (let i = 0; i < 15; i++) {
    const next = views.next().then(() => true);
    const later = new Promise<boolean>((done) => setTimeout(() => done(false), 0));
    if (!await Promise.race([next, later])) waited++;
    await next;
  }
  assert.ok(waited <= 1, `${waited} of 15 images were not there`);
});

Deno.test("a broken image is a UserError at its place, and the images before it are given", async () => {
  const broken = [...jobs.slice(0, 4), { path: `${fixtures}absent.jpg` }, ...jobs.slice(4)];
  for (const count of [0, 2]) {
    using workers = startWorkers(count);
    let given = 0;
    await assert.rejects(
      async () => {
        for await (const _ of loadImages(broken, 32, { workers })) given++;
      },
      (error) => error instanceof UserError && error.message.includes("absent.jpg does not exist"),
    );
    assert.equal(given, 4);
  }
});

Deno.test("a loader that is left early leaves nothing behind", async () => {
  using workers = startWorkers(1);
  for await (const view of loadImages(jobs, 32, { workers })) {
    assert.equal(view.length, 32 * 32 * 3);
    break;
  }
});
