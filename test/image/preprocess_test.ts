/** The evaluation view against torchvision's (on Pillow 13, with which the parity records were made), and batches. */

import assert from "node:assert/strict";
import { centerView, decodeImage, preprocess, type RGBOrder, stack } from "../../lib/image/mod.ts";
import { roundHalfEven } from "../../lib/image/preprocess.ts";
import { publishedPath } from "../published.ts";
import { packedRecords } from "./records.ts";

/** [3, n, n] to [n, n, 3]. */
function toNHWC<A extends Uint8Array | Float32Array>(planes: A, n: number): A {
  return planes.map((_, i) => planes[(i % 3) * n * n + Math.trunc(i / 3)]!) as A;
}

Deno.test("every record of torchvision's evaluation transform is met", async () => {
  let compared = 0;
  for (
    const [name, { shape: [, n], data }] of await packedRecords(
      publishedPath("preprocess.safetensors.gz"),
    )
  ) {
    const [image, kind] = name.split("/") as [string, string];
    const path = [...Deno.readDirSync(publishedPath())]
      .map((entry) => entry.name)
      .find((file) => file.startsWith(image) && file.endsWith(".png"));
    if (!path) continue;
    const raster = await decodeImage(publishedPath(path));
    const order: RGBOrder = kind.endsWith("_clip") ? "clip" : "dassl";
    if (data instanceof Uint8Array) {
      assert.deepEqual(
        new Uint8Array(centerView(raster, n!, { order, pillow: 13 }).data),
        toNHWC(data, n!),
        name,
      );
    } else {
      const truth = toNHWC(data, n!);
      const view = preprocess(raster, n!, { order, pillow: 13 });
      const worst = view.reduce((most, v, i) => Math.max(most, Math.abs(v - truth[i]!)), 0);
      assert.ok(worst <= 1e-6, `${name} differs by ${worst}`);
    }
    compared++;
  }
  assert.ok(compared >= 7, `only ${compared} records compared`);
});

Deno.test("offsets round half to even, as in Python", () => {
  assert.deepEqual([0.5, 1.5, 2.5, 10.4, 10.6, 67].map(roundHalfEven), [0, 2, 2, 10, 11, 67]);
});

Deno.test("a batch is its views one after another, and they must agree in length", () => {
  const batch = stack([new Float32Array([1, 2, 3]), new Float32Array([4, 5, 6])]);
  assert.deepEqual([...batch], [1, 2, 3, 4, 5, 6]);
  assert.equal(stack([]).length, 0);
  assert.throws(() => stack([new Float32Array(3), new Float32Array(6)]), /image 1 has 6 numbers/);
});
