/**
 * Products in bfloat16 on the native backend: near to float32 and not the same, to the second derivative. The build in
 * the user's cache is used, and without one these tests are skipped.
 */

import assert from "node:assert/strict";
import { encodeImages } from "../../lib/clip/mod.ts";
import {
  averagePool,
  backendName,
  type Convolution,
  convolve,
  disposeLinear,
  grad,
  type Linear,
  linear,
  mul,
  precisionInUse,
  readSync,
  square,
  sum,
  type Tensor,
  tensor,
  tidy,
  useBackend,
  widened,
} from "../../lib/tensor/mod.ts";
import { hasFastUnits } from "../../lib/tensor/precision.ts";
import { problem } from "../methods/problem.ts";
import { uniform } from "../tiny_clip.ts";
import { onNative } from "../native.ts";
import { both, near } from "./half.ts";

/** What rounding both operands and the result to eight bits does to a number at most, of the largest there is. */
const ROUNDING = 3 * 2 ** -8;

const draw = uniform(3);
const random = (shape: number[]): Tensor =>
  tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, draw), shape);

onNative(
  "a frozen layer, its gradient and the derivative of that are products in bfloat16",
  async () => {
    await useBackend("native");
    const layer: Linear = { weight: random([40, 24]), bias: random([24]) };
    const [x, v] = [random([30, 40]), random([30, 40])];
    const energy = () => sum(square(square(linear(x, layer))));
    const values = () => readSync(tidy(() => linear(x, layer))).slice();
    const gradient = () => readSync(tidy(() => grad(energy, [x])[0]!)).slice();
    const bent = () =>
      readSync(tidy(() => grad(() => sum(mul(grad(energy, [x])[0]!, v)), [x])[0]!)).slice();
    near(await both(values), ROUNDING);
    near(await both(gradient), 3 * ROUNDING);
    near(await both(bent), 3 * ROUNDING);
    assert.ok(layer.half);
    disposeLinear(layer);
    assert.ok(layer.half.isDisposed);
  },
);

onNative("a product in bfloat16 is that of the rounded numbers, rounded", async () => {
  await useBackend("native", "bf16");
  const layer: Linear = { weight: tensor([1 + 2 ** -8, 1 + 3 * 2 ** -8, 3, 256.5], [4, 1]) };
  const ones = (at: number) => tensor([0, 1, 2, 3].map((i) => i === at ? 1 : 0), [1, 4]);
  const rounded = [0, 1, 2, 3].map((at) => readSync(linear(ones(at), layer))[0]);
  await useBackend("native");
  assert.deepEqual(rounded, [1, 1 + 2 ** -6, 3, 256]); // to nearest, ties to even
});

onNative("convolutions of channels are in bfloat16, those of pictures in float32", async () => {
  await useBackend("native");
  for (const [stride, padding, relu] of [[1, 1, false], [2, 1, true], [1, 0, true]] as const) {
    const filter = random([3, 3, 8, 5]);
    const layer: Convolution = { filter, bias: random([5]), stride, padding };
    const x = random([2, 9, 9, 8]);
    const onto = random(tidy(() => widened(convolve(x, layer))).shape);
    near(await both(() => readSync(widened(convolve(x, layer, { onto, relu }))).slice()), ROUNDING);
    const pooled = () => readSync(widened(averagePool(convolve(x, layer), 2))).slice();
    near(await both(pooled), ROUNDING);
  }
  const first: Convolution = { filter: random([3, 3, 3, 5]), stride: 2, padding: 1 };
  const picture = random([2, 9, 9, 3]);
  const [full, half] = await both(() => readSync(convolve(picture, first)).slice());
  assert.deepEqual(full, half);
});

for (const kind of ["vit", "resnet"] as const) {
  onNative(`image features of a ${kind} are near in bfloat16`, async () => {
    await useBackend("native");
    const { task: { clip }, batch, dispose: end } = await problem(kind, 1, 2, true);
    const features = () => readSync(tidy(() => encodeImages(clip, batch.pixels!))).slice();
    near(await both(features), 0.02);
    end();
  });
}

onNative(
  "the precision is part of the backend's name, and float32 goes without saying",
  async () => {
    const { name, precision, reason } = await useBackend("native", "bf16");
    assert.deepEqual([name, precision, backendName()], ["native", "bf16", "native bf16"]);
    assert.match(reason, /^native, as --backend asks, in bf16/);
    assert.equal(precisionInUse(), "bf16");
    assert.equal("precision" in await useBackend("native", "fp32"), false);
    assert.deepEqual([backendName(), precisionInUse()], ["native", "fp32"]);
  },
);

Deno.test("bfloat16 is refused on other backends, and a name that is none everywhere, in a line each", async () => {
  await assert.rejects(useBackend("wasm", "bf16"), {
    name: "UserError",
    message: "--precision bf16 needs the native backend, and this is wasm, as --backend asks: " +
      "leave it out, or set native up (deno task native) and take --backend native.",
  });
  assert.equal(precisionInUse(), "fp32");
  await assert.rejects(useBackend("wasm", "bf61"), {
    name: "UserError",
    message: '--precision names an unknown precision "bf61": did you mean bf16?',
  });
});

Deno.test("whether a CPU has units for bfloat16 is read of Linux's flags", () => {
  assert.equal(hasFastUnits("processor : 0\nflags\t\t: fpu avx512f avx512_bf16\n"), true);
  assert.equal(hasFastUnits("flags : fpu amx_bf16 amx_tile\n"), true);
  const intel = "vendor_id\t: GenuineIntel\nflags\t\t: fpu avx512f avx512_bf16";
  assert.equal(hasFastUnits(`${intel}\n`), false, "half as fast as float32");
  assert.equal(hasFastUnits(`${intel} amx_bf16 amx_tile\n`), true);
  assert.equal(hasFastUnits("Features : fp asimd bf16\n"), true);
  assert.equal(hasFastUnits("flags\t\t: fpu avx2\n"), false);
  assert.equal(hasFastUnits("processor : 0\n"), undefined);
  assert.equal(hasFastUnits(undefined), undefined);
});
