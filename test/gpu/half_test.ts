/** Frozen weights as float16 on WebGPU: near to float32 and not the same, to the second derivative, and half the bytes. */

import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { encodeImages } from "../../lib/clip/mod.ts";
import { UserError } from "../../lib/errors.ts";
import {
  concat,
  disposeLinear,
  grad,
  type Linear,
  linear,
  mul,
  read,
  reshape,
  scale,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
  useBackend,
} from "../../lib/tensor/mod.ts";
import { stateAt } from "../../lib/methods/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { learnerOf, needed, problem } from "../methods/problem.ts";
import { near } from "../tensor/half.ts";
import { uniform } from "../tiny_clip.ts";
import { BACKEND, onAdapter } from "./adapter.ts";

/** What rounding to eleven bits does to a number at most, of the largest there is. */
const ROUNDING = 2 ** -11;

const draw = uniform(3);
const random = (shape: number[]): Tensor =>
  tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 2 * draw() - 1), shape);

/** The numbers of f in float32, and with weights in float16. */
async function both(f: () => Tensor): Promise<[full: Float32Array, half: Float32Array]> {
  await useBackend(BACKEND);
  const full = (await read(tidy(f))).slice();
  await useBackend(BACKEND, "fp16");
  try {
    return [full, (await read(tidy(f))).slice()];
  } finally {
    await useBackend(BACKEND);
  }
}

for (const [rows, inputs, outputs] of [[30, 40, 24], [1, 7, 5], [70, 65, 33], [33, 128, 512]]) {
  onAdapter(`a frozen layer of ${inputs} × ${outputs} keeps its weight as float16`, async () => {
    await useBackend(BACKEND);
    const layer: Linear = { weight: random([inputs!, outputs!]), bias: random([outputs!]) };
    const [x, v] = [random([rows!, inputs!]), random([rows!, inputs!])];
    const energy = () => sum(square(square(linear(x, layer))));
    near(await both(() => linear(x, layer)), ROUNDING);
    near(await both(() => grad(energy, [x])[0]), 4 * ROUNDING);
    near(await both(() => grad(() => sum(mul(grad(energy, [x])[0], v)), [x])[0]), 4 * ROUNDING);
    assert.equal(layer.half!.size, Math.ceil(inputs! * outputs! / 2));
    disposeLinear(layer);
    assert.ok(layer.half!.isDisposed);
  });
}

onAdapter("products are those of the rounded weights, wherever these were rounded", async () => {
  const numbers = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 3, 2049, -0.1, 1e-7];
  const rounded = [1, 1 + 2 ** -9, 3, 2048, -0.0999755859375, 2 ** -23]; // to nearest, ties to even
  const ones = (at: number) => tensor(numbers.map((_, i) => i === at ? 1 : 0), [1, 6]);
  await useBackend(BACKEND, "fp16");
  const layer: Linear = { weight: tensor(numbers, [6, 1]) };
  for (const [at, expected] of rounded.entries()) {
    assert.equal((await read(linear(ones(at), layer)))[0], expected);
  }
  const there: Linear = { weight: scale(tensor(numbers, [6, 1]), 1) }; // on the GPU, by its own rounding
  for (const [at, expected] of rounded.entries()) {
    const off = Math.abs((await read(linear(ones(at), there)))[0]! - expected);
    assert.ok(off <= Math.max(2 ** -24, 2 * ROUNDING * Math.abs(expected)), `${off} at ${at}`);
  }
  await useBackend(BACKEND);
});

onAdapter("a weight that is kept as float16 takes half the bytes, in both directions", async () => {
  await useBackend(BACKEND, "fp16");
  const { bufferManager } = tf.backend() as unknown as { bufferManager: { numBytesUsed: number } };
  const layer: Linear = { weight: random([256, 512]) };
  const x = random([1, 256]);
  await read(x.clone());
  const before = bufferManager.numBytesUsed;
  await read(tidy(() => grad(() => sum(square(linear(x, layer))), [x])[0]));
  const taken = bufferManager.numBytesUsed - before;
  assert.ok(taken < 1.1 * 2 * 256 * 512, `${taken} bytes`);
  await useBackend(BACKEND);
});

onAdapter("image features are near with weights in float16", async () => {
  await useBackend(BACKEND);
  const { task: { clip }, batch, dispose: end } = await problem("vit", 1, 2, true);
  near(await both(() => encodeImages(clip, batch.pixels!)), 1e-3);
  end();
});

// Not ProGrad's: what its projection leaves may be small beside the gradients whose difference it is.
for (const name of ["coop", "ivlp", "prometar"]) {
  onAdapter(`${name}: a step is near with weights in float16`, async () => {
    await useBackend(BACKEND);
    const given = await problem("vit", 1, 2, true);
    const learner = learnerOf(given, name);
    const batch = needed(name, given.batch);
    const before = tidy(() => stateAt(learner, learner.init(streams(3))));
    const draws = learner.draw?.(batch.labels, streams(3));
    const step = () => {
      const { params } = learner.step!(before, batch, { rate: 0.1, ...draws && { draws } }).state;
      return concat(
        Object.entries(params).map(([key, x]) => reshape(sub(x, before.params[key]!), [x.size])),
        0,
      );
    };
    near(await both(step), 0.02, name);
    learner.dispose();
    given.dispose();
  });
}

Deno.test("float16 is refused on other backends, in one line", async () => {
  await assert.rejects(useBackend("wasm", "fp16"), (error: UserError) => {
    assert.ok(error instanceof UserError);
    assert.equal(
      error.message,
      "--precision fp16 needs the webgpu backend, and this is wasm, as --backend asks: " +
        "leave it out, or take --backend webgpu.",
    );
    return true;
  });
});
