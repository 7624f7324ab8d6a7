import assert from "node:assert/strict";
import { readMatlab } from "../../lib/datasets/matlab.ts";

const fixture = (path: string) =>
  Deno.readFileSync(new URL(`../fixtures/datasets/${path}`, import.meta.url));

Deno.test("numbers of every width, text and cells are read as SciPy wrote them", () => {
  const read = readMatlab(fixture("kinds.mat"), "kinds.mat");
  assert.deepEqual(read.i8, [-3, 4]);
  assert.deepEqual(read.i64, [2 ** 40]);
  assert.deepEqual(read.d, [0.5, 3, -1e300, 4]); // column-major
  assert.equal(read.s, "grüße");
  assert.deepEqual(read.e, []);
  assert.deepEqual(read.c, ["a", [1.5]]);
});

Deno.test("compressed lists of structures are read field by field", () => {
  const { annotations } = readMatlab(fixture("stanford_cars/devkit/cars_train_annos.mat"), "annos");
  assert.ok(Array.isArray(annotations));
  assert.equal(annotations.length, 24);
  assert.deepEqual(annotations[1], {
    bbox_x1: [40],
    bbox_y1: [116],
    bbox_x2: [569],
    bbox_y2: [375],
    class: [3],
    fname: "00002.jpg",
  });
});

Deno.test("anything else, or a file cut anywhere, is one clear line and never a crash", () => {
  const whole = fixture("stanford_cars/cars_test_annos_withlabels.mat");
  const refused = (bytes: Uint8Array) =>
    assert.throws(() => readMatlab(bytes, "x.mat"), {
      name: "UserError",
      message: /^x\.mat is not a MATLAB file that can be read \(.+\): fetch it again\.$/,
    });
  refused(new TextEncoder().encode("<html>".repeat(40)));
  refused(new Uint8Array(0));
  for (let length = 136; length < whole.length; length += 7) refused(whole.subarray(0, length));
  const packed = fixture("stanford_cars/devkit/cars_train_annos.mat").slice();
  packed[160]! ^= 0xff;
  refused(packed);
});
