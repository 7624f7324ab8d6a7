/** The training view: its rectangle against torchvision's own code, its pixels, its draws. */

import assert from "node:assert/strict";
import {
  applyCrop,
  cropOf,
  decodeImage,
  drawCrop,
  DRAWS_PER_VIEW,
  drawView,
  resize,
} from "../../lib/image/mod.ts";
import { Random } from "../../lib/random/mod.ts";
import { fixtures } from "./records.ts";

Deno.test("crops are torchvision's for the same uniforms, its fallback included", () => {
  const cases = JSON.parse(Deno.readTextFileSync(`${fixtures}crops.json`));
  assert.ok(cases.length > 60);
  for (const { size: [width, height], draws, crop } of cases) {
    const { flip, ...box } = cropOf(draws, width, height);
    assert.deepEqual(box, crop, `${width}×${height}, ${draws}`);
    assert.equal(flip, draws[22] < 0.5);
  }
});

Deno.test("crops lie in the image, keep to area and aspect, reach every edge and flip half the time", () => {
  const random = new Random(1);
  const [width, height, n] = [500, 375, 4000];
  const crops = Array.from({ length: n }, () => drawCrop(random, width, height));
  for (const crop of crops) {
    assert.ok(crop.left >= 0 && crop.left + crop.width <= width);
    assert.ok(crop.top >= 0 && crop.top + crop.height <= height);
    const area = crop.width * crop.height / (width * height);
    const aspect = crop.width / crop.height;
    assert.ok(area > 0.08 - 0.005 && area <= 1, `area ${area}`);
    assert.ok(aspect > 0.75 - 0.01 && aspect < 4 / 3 + 0.02, `aspect ${aspect}`);
  }
  assert.ok(crops.some((crop) => crop.left === 0) && crops.some((crop) => crop.top === 0));
  assert.ok(crops.some((crop) => crop.left + crop.width === width));
  assert.ok(crops.some((crop) => crop.top + crop.height === height));
  // Four standard deviations of a fair coin.
  const flips = crops.filter((crop) => crop.flip).length;
  assert.ok(Math.abs(flips - n / 2) < 2 * Math.sqrt(n), `${flips} flips of ${n}`);
});

Deno.test("every image takes the same number of draws, whatever its size", () => {
  for (const [width, height] of [[64, 64], [1000, 10]] as [number, number][]) {
    let calls = 0;
    const counting = { random: () => (calls++, 0.99) };
    drawCrop(counting, width, height);
    assert.equal(calls, DRAWS_PER_VIEW);
  }
});

Deno.test("a seed gives the same view again, and a flip mirrors it", async () => {
  const image = await decodeImage(`${fixtures}baseline.jpg`);
  const [a, b] = [7, 7].map((seed) => cropOf(drawView(new Random(seed)), 53, 41));
  assert.deepEqual(applyCrop(image, a!, 32), applyCrop(image, b!, 32));
  const { flip: _, ...source } = a!;
  const straight = resize(image, 32, 32, { source });
  assert.deepEqual(applyCrop(image, { ...a!, flip: false }, 32), straight);
  const { data } = applyCrop(image, { ...a!, flip: true }, 32);
  for (let y = 0; y < 32; y++) {
    for (let x = 0; x < 32; x++) {
      const pixel = (y * 32 + x) * 3, mirrored = (y * 32 + 31 - x) * 3;
      assert.deepEqual(data.slice(pixel, pixel + 3), straight.data.slice(mirrored, mirrored + 3));
    }
  }
});
