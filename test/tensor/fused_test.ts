/**
 * oneDNN's fused kernels against the same in parts, TensorFlow.js' own. The build in the user's cache is used, and without
 * one these tests are skipped; so they are where TensorFlow's library lacks the kernels.
 */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  fusedConvolution,
  fusedProduct,
  fusedSoftmax,
  hasFused,
} from "../../lib/tensor/native_fused.ts";
import {
  countWork,
  type Linear,
  linear,
  readSync,
  type Tensor,
  tensor,
  tidy,
  useBackend,
} from "../../lib/tensor/mod.ts";
import { uniform } from "../tiny_clip.ts";
import { onNative } from "../native.ts";

const draw = uniform(5);
const random = (shape: number[]): Tensor =>
  tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, draw), shape);

/** Within the rounding of a sum in another order. */
function same(fused: () => tf.Tensor, parts: () => tf.Tensor): void {
  const [own, other] = [fused, parts].map((f) => readSync(tidy(f) as Tensor).slice());
  const most = Math.max(...other!.map(Math.abs));
  assert.equal(own!.length, other!.length);
  own!.forEach((x, i) => assert.ok(Math.abs(x - other![i]!) <= 2e-6 * most, `${i}`));
}

onNative(
  "products, convolutions and softmax are those that are computed in parts",
  async () => {
    await useBackend("native");
    if (Deno.build.arch === "x86_64") assert.ok(hasFused(), "the library has them");
    if (!hasFused()) return;
    const [x, w, bias, onto] = [[7, 40], [40, 24], [24], [7, 24]].map(random) as [
      ...[Tensor, Tensor, Tensor, Tensor],
    ];
    const product = () => tf.add(tf.matMul(x, w), bias);
    same(() => fusedProduct(x, w, { bias }), product);
    same(() => fusedProduct(x, w, { bias, onto }), () => tf.add(product(), onto));
    same(() => fusedProduct(x, w, { bias, relu: true }), () => tf.relu(product()));
    same(() => fusedSoftmax(x), () => tf.softmax(x));
    for (const [side, stride, pad] of [[3, 1, "same"], [3, 2, "valid"], [1, 1, "valid"]] as const) {
      const shapes = [[2, 9, 9, 8], [side, side, 8, 6], [6]];
      const [images, filter, b] = shapes.map(random) as [Tensor, Tensor, Tensor];
      const [y, by] = [images, filter] as tf.Tensor[] as [tf.Tensor4D, tf.Tensor4D];
      const parts = () => tf.add(tf.conv2d(y, by, stride, pad), b);
      const beside = random(tidy(parts).shape);
      const fused = (epilogue: { onto?: Tensor; relu?: boolean }) => () =>
        fusedConvolution(images, filter, { bias: b, ...epilogue }, stride, pad);
      same(fused({}), parts);
      same(fused({ relu: true }), () => tf.relu(parts()));
      same(fused({ onto: beside, relu: true }), () => tf.relu(tf.add(parts(), beside)));
    }
  },
);

onNative("a frozen layer is one kernel, with what it is added to", async () => {
  await useBackend("native");
  if (!hasFused()) return;
  const layer: Linear = { weight: random([16, 8]), bias: random([8]) };
  const [x, onto] = [random([4, 16]), random([4, 8])];
  const { kernels, flops } = await countWork(() => linear(x, layer, onto).dispose());
  assert.deepEqual(kernels, { FusedProduct: 1 });
  assert.equal(flops, 2 * 4 * 16 * 8);
});
