/** Decoding, resizing and the evaluation view against Pillow 12 (made by test/fixtures/image/make.py), bit for bit. */

import assert from "node:assert/strict";
import {
  centerView,
  decodeImage,
  type Raster,
  resize,
  type RGBOrder,
  toRGB,
} from "../../lib/image/mod.ts";
import { fixtures, type Recorded, records } from "./records.ts";

const pillow12 = records(`${fixtures}pillow12.safetensors`);

function cases(kind: string, pillow = pillow12): [string[], Recorded][] {
  const found = [...pillow].filter(([name]) => name.startsWith(`${kind}/`));
  assert.ok(found.length > 0);
  return found.map(([name, record]) => [name.split("/").slice(1), record]);
}

function equal(raster: Raster, { shape, data }: Recorded, what: string): void {
  const rgb = toRGB(raster);
  assert.deepEqual([rgb.height, rgb.width, 3], shape, what);
  const at = data.findIndex((value, i) => value !== rgb.data[i]);
  assert.equal(at, -1, `${what}: sample ${at} is ${rgb.data[at]}, Pillow has ${data[at]}`);
}

Deno.test("every kind of JPEG, PNG and WebP decodes to Pillow's pixels", async (t) => {
  for (const [[file], record] of cases("decode")) {
    await t.step(file!, async () => equal(await decodeImage(fixtures + file), record, file!));
  }
});

Deno.test("resizing up, down, one side only, in every mode equals Pillow's bicubic", async () => {
  for (const [[file, size], record] of cases("resize")) {
    const [width, height] = size!.split("x").map(Number) as [number, number];
    equal(resize(await decodeImage(fixtures + file), width, height), record, `${file} to ${size}`);
  }
});

Deno.test("the order of passes is that of Pillow 12 or 13, whichever is asked for", async () => {
  const image = await decodeImage(`${fixtures}rgb.png`);
  const pillow13 = records(`${fixtures}pillow13.safetensors`);
  let differ = 0;
  for (const [[size], record] of cases("order", pillow13)) {
    const [width, height] = size!.split("x").map(Number) as [number, number];
    const older = pillow12.get(`order/${size}`)!;
    equal(resize(image, width, height, { pillow: 13 }), record, `${size} by Pillow 13`);
    equal(resize(image, width, height), older, `${size} by Pillow 12`);
    if (older.data.some((value, i) => value !== record.data[i])) differ++;
  }
  assert.equal(differ, 5);
});

Deno.test("a resized crop does not see the pixels around it", async () => {
  const image = await decodeImage(`${fixtures}rgb.png`);
  for (const [[box], record] of cases("crop")) {
    const [left, top, width, height] = box!.split("_").map(Number) as [
      number,
      number,
      number,
      number,
    ];
    equal(resize(image, 24, 24, { source: { left, top, width, height } }), record, box!);
  }
});

Deno.test("a part of a resize is that part of the whole resize", async () => {
  for (const file of ["rgb.png", "rgba.png", "palette_trns.png"]) {
    const image = await decodeImage(fixtures + file);
    for (const [pillow, width, height] of [[12, 37, 61], [13, 37, 61], [13, 60, 33]] as const) {
      const whole = resize(image, width, height, { pillow });
      const keep = { left: 5, top: 3, width: 20, height: 17 };
      const part = resize(image, width, height, { keep, pillow });
      assert.deepEqual(part.data, resize(whole, 20, 17, { source: keep }).data, file);
    }
  }
});

Deno.test("the evaluation view converts to RGB before the resize (Dassl) or after it (CLIP)", async () => {
  for (const [[file, order], record] of cases("view")) {
    const view = centerView(await decodeImage(fixtures + file), 32, { order: order as RGBOrder });
    equal(view, record, `${file}, ${order}`);
  }
  // The two orders are told apart by these images.
  for (const file of ["rgba.png", "la.png", "palette_trns.png", "cmyk.jpg"]) {
    const [dassl, clip] = ["dassl", "clip"].map((order) =>
      pillow12.get(`view/${file}/${order}`)!
    ) as [Recorded, Recorded];
    assert.notDeepEqual(dassl.data, clip.data, file);
  }
});

Deno.test("a part that leaves the image is refused with both sizes", () => {
  const image: Raster = { width: 4, height: 3, mode: "RGB", data: new Uint8Array(36) };
  const source = { left: 2, top: 0, width: 3, height: 3 };
  assert.throws(() => resize(image, 8, 8, { source }), /3×3 at \(2, 0\) does not lie in 4×3/);
});
