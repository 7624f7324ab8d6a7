/** Classes encoded in parts, and computed once more for each gradient, are those encoded together. */

import assert from "node:assert/strict";
import { context, disposeClip, tokenSlots } from "../../lib/clip/mod.ts";
import { encodeClasses } from "../../lib/methods/class_parts.ts";
import {
  add,
  dot,
  grad,
  memory,
  readSync,
  tensor,
  tidy,
  useBackend,
} from "../../lib/tensor/mod.ts";
import { randomClip, tinyConfig, uniform } from "../tiny_clip.ts";

const names = ["cat", "golden retriever", "a very long name of a class", "dog", "oak"];

Deno.test("classes in parts have the features, gradients and second derivatives of all together", async () => {
  await useBackend("wasm");
  const clip = randomClip(tinyConfig({ kind: "vit" }));
  const prompts = tokenSlots(clip, names.map((name) => `${name}.`))
    .map(([start, ...rest]) => [start!, context(0), context(1), ...rest]);
  const next = uniform(3);
  const random = (shape: number[]) =>
    tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, next), shape);
  const inputs = [random([2, 32]), random([2, 32])];
  const along = inputs.map((x) => random(x.shape));
  const onto = random([names.length, clip.config.embedDim]);

  /** Features, gradients, and the gradients' derivatives along a direction. */
  function all(bytes?: number): { numbers: Float32Array[]; kept: number } {
    const encoder = encodeClasses(prompts, 2, clip.text, bytes);
    let kept = 0;
    const numbers = tidy(() => {
      const gradients = () => {
        const before = memory().bytes;
        return grad(() => {
          const features = encoder.features(inputs);
          kept = memory().bytes - before;
          return dot(features, onto);
        }, inputs);
      };
      const curvature = grad(
        () => gradients().map((g, i) => dot(g, along[i]!)).reduce(add),
        inputs,
      );
      return [encoder.features(inputs), ...gradients(), ...curvature].map((x) =>
        readSync(x).slice()
      );
    });
    encoder.dispose();
    return { numbers, kept };
  }
  const whole = all();
  const parts = all(1);
  assert.ok(parts.kept < whole.kept / 4, `${parts.kept} bytes kept, not ${whole.kept}`);
  parts.numbers.forEach((x, i) => {
    const scale = Math.max(...whole.numbers[i]!.map(Math.abs));
    assert.ok(scale > 0);
    x.forEach((v, j) => assert.ok(Math.abs(v - whole.numbers[i]![j]!) < 2e-5 * scale));
  });
  disposeClip(clip);
});
