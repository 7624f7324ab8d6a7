/** Products of doubles on the host and by TensorFlow. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { hostProducts, productsWith } from "../../lib/methods/double_products.ts";
import { nativeProducts } from "../../lib/methods/native_doubles.ts";
import { useBackend } from "../../lib/tensor/mod.ts";
import { onNative } from "../native.ts";

/** Doubles that no float32 holds. */
const doubles = (length: number, by: number) =>
  Float64Array.from({ length }, (_, i) => Math.sin(by * (i + 1)) * 10 ** (i % 7 - 3));

/** Seven rows of five, so that neither is whole blocks of four; and what they are multiplied by, of three columns. */
const [x, weight, by] = [doubles(35, 1), doubles(15, 2), doubles(21, 3)];

/** Σ a(k)·b(k) for each row and column, as the definition says. */
function plain(rows: number, columns: number, terms: number, term: (...at: number[]) => number) {
  return Float64Array.from({ length: rows * columns }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < terms; k++) sum += term(Math.floor(at / columns), at % columns, k);
    return sum;
  });
}

const expected = {
  times: plain(7, 3, 5, (i = 0, j = 0, k = 0) => x[i * 5 + k]! * weight[k * 3 + j]!),
  transposedTimes: plain(5, 3, 7, (i = 0, j = 0, k = 0) => x[k * 5 + i]! * by[k * 3 + j]!),
};

function close(found: Float64Array, to: Float64Array): void {
  assert.equal(found.length, to.length);
  const largest = Math.max(...to.map(Math.abs));
  for (const [i, value] of to.entries()) {
    assert.ok(Math.abs(found[i]! - value) <= 1e-15 * largest, `${i}: ${found[i]} and ${value}`);
  }
}

Deno.test("products on the host are those of the definition", () => {
  using products = hostProducts(x, 5);
  close(products.times(weight), expected.times);
  close(products.transposedTimes(by), expected.transposedTimes);
});

onNative("TensorFlow's are the same, and leave nothing behind", async () => {
  await useBackend("native");
  const backend = tf.backend() as unknown as { binding: Record<string, CallableFunction> };
  const { binding } = backend;
  let handles = 0;
  const counted = (name: string, change: number) => ({
    value: (...given: unknown[]) => {
      const done = binding[name]!(...given);
      handles += change;
      return done;
    },
  });
  backend.binding = Object.create(binding, {
    createTensor: counted("createTensor", 1),
    executeOp: counted("executeOp", 1),
    deleteTensor: counted("deleteTensor", -1),
  });
  try {
    {
      using products = nativeProducts(x, 5)!;
      close(products.times(weight), expected.times);
      close(products.transposedTimes(by), expected.transposedTimes);
      assert.throws(() => products.times(doubles(11, 1))); // five rows of no whole length
      assert.equal(handles, 1);
    }
    assert.equal(handles, 0);
  } finally {
    backend.binding = binding;
  }
});

onNative("what is in the middle of a buffer is read from there", async () => {
  await useBackend("native");
  using products = nativeProducts(Float64Array.of(0, ...x).subarray(1), 5)!;
  close(products.times(Float64Array.of(0, ...weight).subarray(1)), expected.times);
});

onNative("large products are TensorFlow's, small ones the host's", async () => {
  await useBackend("native");
  const backend = tf.backend() as unknown as { binding: object };
  const { binding } = backend;
  let calls = 0;
  const watched = new Proxy(binding, {
    get: (of, name) => (calls += name === "executeOp" ? 1 : 0, Reflect.get(of, name)),
  });
  backend.binding = watched;
  try {
    {
      using small = productsWith(x, 5, 3);
      close(small.times(weight), expected.times);
      assert.equal(calls, 0);
    }
    using large = productsWith(new Float64Array(512 * 16), 16, 8);
    large.times(new Float64Array(16 * 8));
    assert.ok(calls > 0);
  } finally {
    backend.binding = binding;
  }
});
