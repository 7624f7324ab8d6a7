/**
 * What native (and wasm) compute: checked against double-precision loops and TensorFlow.js' plain JavaScript kernels.
 * The build in the user's cache is used, and without one these tests are skipped. With PLUMBLINE_TEST_NATIVE=build native
 * is also built from the package index into an empty cache.
 */

import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { useBackend } from "../../lib/tensor/mod.ts";
import { nativeCache, nativeFault, nativeFolder } from "../../lib/tensor/native.ts";
import { onNative } from "../native.ts";

// In another process: this one's environment is that of all tests beside it.
Deno.test({
  name: "native builds from the package index into an empty cache, and computes from there",
  ignore: Deno.env.get("PLUMBLINE_TEST_NATIVE") !== "build",
  async fn() {
    const empty = await Deno.makeTempDir();
    const { XDG_CACHE_HOME, HOME, DENO_DIR } = Deno.env.toObject();
    const env = {
      XDG_CACHE_HOME: empty,
      // Deno's own cache follows XDG_CACHE_HOME too: it is to be found where it was.
      DENO_DIR: DENO_DIR ?? `${XDG_CACHE_HOME ?? `${HOME}/.cache`}/deno`,
    };
    try {
      const root = new URL("../../", import.meta.url);
      const args = ["run", "-A", "lib/cli/native.ts"];
      const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: root, env })
        .spawn().status;
      assert.ok(success);
      assert.equal(nativeFault(nativeFolder("cpu", `${empty}/plumbline/native`)), undefined);
      const { name, product } = await program(["-A"], { ...env, PLUMBLINE_BACKEND: "native" });
      assert.deepEqual([name, product], ["native", [7, 10, 15, 22]]);
    } finally {
      await Deno.remove(empty, { recursive: true });
    }
  },
});

/** Numbers in [-1, 1) that look random, the same each time. */
function numbers(shape: number[], seed: number): tf.Tensor {
  let x = seed * 7919 + 1;
  const next = () => (x = (x * 1103515245 + 12345) % 2147483648) / 1073741824 - 1;
  return tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next), shape);
}

/** The kernels under lib/tensor, at shapes that are not multiples of a vector's width. */
const kernels: Record<string, () => tf.Tensor> = {
  "product": () => tf.matMul(numbers([37, 65], 1), numbers([65, 29], 2)),
  "product, right side transposed": () =>
    tf.matMul(numbers([37, 65], 1), numbers([29, 65], 2), false, true),
  "product, left side transposed": () =>
    tf.matMul(numbers([65, 37], 1), numbers([65, 29], 2), true, false),
  "batched product": () => tf.matMul(numbers([3, 4, 7, 9], 1), numbers([3, 4, 9, 5], 2)),
  "batched product, broadcast": () => tf.matMul(numbers([3, 4, 7, 9], 1), numbers([1, 1, 9, 5], 2)),
  "convolution, patches": () => convolve([2, 32, 32, 3], [16, 16, 3, 8], 16, "valid"),
  "convolution, same": () => convolve([2, 9, 9, 3], [3, 3, 3, 8], 1, "same"),
  "convolution, stride 2": () => convolve([2, 9, 9, 3], [3, 3, 3, 8], 2, "valid"),
  "average pool": () => tf.avgPool(numbers([2, 8, 8, 3], 1) as tf.Tensor4D, 2, 2, "valid"),
  "softmax": () => tf.softmax(numbers([5, 9], 1)),
  "log-softmax": () => tf.logSoftmax(numbers([5, 9], 1)),
  "sum": () => tf.sum(numbers([5, 6, 7], 1), [0, 2]),
  "mean": () => tf.mean(numbers([5, 6, 7], 1), 1),
  "maximum": () => tf.max(numbers([5, 6], 1), 1),
  "argmax takes the first of equals": () => tf.argMax(tf.tensor2d([[1, 3, 3], [2, 2, 0]]), 1),
  "rows by index": () =>
    tf.gather(numbers([9, 4], 1), tf.tensor2d([[8, 0], [3, 3]], [2, 2], "int32")),
  "slice": () => tf.slice(numbers([9, 8], 1), [2, 1], [-1, 3]),
  "strided slice backwards": () => tf.stridedSlice(numbers([9], 1), [7], [1], [-2]),
  "transpose of rank 4": () => tf.transpose(numbers([2, 3, 4, 5], 1), [0, 2, 1, 3]),
  "transpose of rank 5": () => tf.transpose(numbers([2, 3, 4, 5, 2], 1), [2, 0, 3, 1, 4]),
  "concat": () => tf.concat([numbers([2, 3], 1), numbers([2, 4], 2)], 1),
  "pad": () => tf.pad(numbers([2, 3], 1), [[1, 0], [0, 2]]),
  "scatter": () =>
    tf.scatterND(tf.tensor2d([[3], [0], [3]], [3, 1], "int32"), numbers([3, 4], 1), [5, 4]),
  "one-hot": () => tf.oneHot(tf.tensor1d([0, 4, 2], "int32"), 5),
  "real to integer cuts": () => tf.cast(tf.mul(numbers([30], 1), 9), "int32"),
  "truth to real": () => tf.cast(tf.greater(numbers([9], 1), 0), "float32"),
  "where": () =>
    tf.where(tf.greater(numbers([3, 4], 1), 0), numbers([3, 4], 2), numbers([3, 4], 3)),
  "exp": () => tf.exp(tf.mul(numbers([40], 1), 9)),
  "log": () => tf.log(tf.abs(numbers([40], 1))),
  "reciprocal root": () => tf.rsqrt(tf.abs(numbers([40], 1))),
  "tanh": () => tf.tanh(tf.mul(numbers([40], 1), 4)),
  "sigmoid": () => tf.sigmoid(tf.mul(numbers([40], 1), 9)),
  "erf": () => tf.erf(tf.mul(numbers([40], 1), 3)),
};

function convolve(image: number[], kernel: number[], stride: number, pad: "same" | "valid") {
  return tf.conv2d(
    numbers(image, 1) as tf.Tensor4D,
    numbers(kernel, 2) as tf.Tensor4D,
    stride,
    pad,
  );
}

interface Result {
  shape: number[];
  dtype: string;
  values: number[];
}

async function compute(backend: string): Promise<Record<string, Result>> {
  await useBackend(backend);
  const results: Record<string, Result> = {};
  for (const [name, kernel] of Object.entries(kernels)) {
    const out = tf.tidy(kernel);
    results[name] = { shape: out.shape, dtype: out.dtype, values: Array.from(out.dataSync()) };
    out.dispose();
  }
  return results;
}

async function agrees(backend: string): Promise<void> {
  const expected = await compute("cpu");
  const found = await compute(backend);
  for (const [name, { shape, dtype, values }] of Object.entries(expected)) {
    assert.deepEqual([found[name]!.shape, found[name]!.dtype], [shape, dtype], name);
    for (const [i, value] of values.entries()) {
      const error = Math.abs(found[name]!.values[i]! - value) / (1 + Math.abs(value));
      assert.ok(error < 5e-6, `${name}: element ${i} is ${found[name]!.values[i]}, not ${value}`);
    }
  }
}

onNative("native's kernels agree with the plain ones", () => agrees("native"));

Deno.test("wasm's kernels agree with the plain ones", () => agrees("wasm"));

/** A product against loops in double precision: 512 terms each, rounded at 2^-24. */
async function multiplies(backend: string): Promise<void> {
  await useBackend(backend);
  const [a, b] = [numbers([45, 512], 3), numbers([512, 33], 4)];
  const product = tf.matMul(a, b);
  const [x, y, found] = [a, b, product].map((tensor) => tensor.dataSync());
  for (let i = 0; i < 45; i++) {
    for (let j = 0; j < 33; j++) {
      let sum = 0;
      for (let k = 0; k < 512; k++) sum += x![i * 512 + k]! * y![k * 33 + j]!;
      assert.ok(Math.abs(found![i * 33 + j]! - sum) < 3e-5, `${found![i * 33 + j]}, not ${sum}`);
    }
  }
  tf.dispose([a, b, product]);
}

onNative("native multiplies matrices as double precision does", () => multiplies("native"));

Deno.test("wasm multiplies matrices as double precision does", () => multiplies("wasm"));

function digest(tensor: tf.Tensor): string {
  return createHash("sha256").update(new Uint8Array(tensor.dataSync().buffer)).digest("hex");
}

onNative("native gives the same bits every time, with all its threads", async () => {
  await useBackend("native");
  const [x, w] = [numbers([600, 512], 1), numbers([512, 512], 2)];
  const runs = new Set<string>();
  for (let run = 0; run < 20; run++) {
    const bits = tf.tidy(() => {
      const hidden = tf.matMul(x, w);
      const parts = [
        hidden,
        tf.sum(hidden, 0),
        tf.matMul(hidden, x, true, false),
        tf.softmax(hidden),
      ];
      return parts.map(digest).join();
    });
    runs.add(bits);
  }
  tf.dispose([x, w]);
  assert.equal(runs.size, 1);
});

onNative("native keeps no tensor that TensorFlow.js has let go", async () => {
  await useBackend("native");
  const backend = tf.backend() as unknown as { getNumOfTFTensors(): number };
  const before = [tf.memory().numTensors, backend.getNumOfTFTensors()];
  for (const kernel of Object.values(kernels)) tf.tidy(() => void kernel().dataSync());
  assert.deepEqual([tf.memory().numTensors, backend.getNumOfTFTensors()], before);
});

onNative("what TensorFlow refuses is an error here, and the next operation works", async () => {
  await useBackend("native");
  const four = tf.tensor1d([1, 2, 3, 4]);
  const reshape = () => tf.engine().runKernel("Reshape", { x: four }, { shape: [3] });
  assert.throws(reshape, /4 values, but the requested shape has 3/);
  assert.deepEqual(Array.from(tf.add(four, 1).dataSync()), [2, 3, 4, 5]);
});

/** Runs the program beside this file in a process of its own. */
async function program(flags: string[], env: Record<string, string> = {}) {
  const file = new URL("fixture_use_backend.ts", import.meta.url).pathname;
  const args = ["run", "--no-prompt", "--no-check", ...flags, file];
  const cwd = new URL("../../", import.meta.url);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd, env }).output();
  const [out, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)) as [
    string,
    string,
  ];
  return { ...JSON.parse(out), errors };
}

onNative(
  "TensorFlow's log stays off the terminal unless TF_CPP_MIN_LOG_LEVEL asks for it",
  async () => {
    const quiet = await program(["-A"], { PLUMBLINE_BACKEND: "native" });
    assert.deepEqual([quiet.name, quiet.product, quiet.errors], ["native", [7, 10, 15, 22], ""]);
    const env = { PLUMBLINE_BACKEND: "native", TF_CPP_MIN_LOG_LEVEL: "0" };
    assert.match((await program(["-A"], env)).errors, /cpu_feature_guard/);
  },
);

onNative("the number of threads that TF_NUM_INTRAOP_THREADS sets is said", async () => {
  const env = { PLUMBLINE_BACKEND: "native", TF_NUM_INTRAOP_THREADS: "1" };
  assert.match((await program(["-A"], env)).device, /, 1 thread\)$/);
});

onNative("native needs no permission beyond its cache, the packages and three names", async () => {
  const root = nativeCache();
  const packages = new URL("../../node_modules", import.meta.url).pathname;
  const names = "HOME,XDG_CACHE_HOME,PLUMBLINE_BACKEND";
  const flags = [`--allow-read=${packages},${root}`, `--allow-env=${names}`];
  assert.equal((await program([...flags, `--allow-ffi=${root}`])).name, "native");
  const without = await program(flags);
  assert.notEqual(without.name, "native");
  assert.match(without.reason, /native is not allowed here: Deno needs --allow-ffi=/);
});

onNative("native refuses to load beside another LLVM, which would end the process", async () => {
  const mod = new URL("../../lib/tensor/mod.ts", import.meta.url).href;
  const source = `
    await navigator.gpu?.requestAdapter();
    const llvm = (await Deno.readTextFile("/proc/self/maps")).includes("libLLVM");
    const { useBackend } = await import(${JSON.stringify(mod)});
    const why = await useBackend("native").then(() => "", (error) => error.message);
    console.log(JSON.stringify([llvm, why]));`;
  const cwd = new URL("../../", import.meta.url);
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", source], cwd })
    .output();
  const [llvm, why] = JSON.parse(new TextDecoder().decode(stdout));
  if (llvm) assert.match(why, /native is built but does not load \(libLLVM.*before anything asks/);
  else assert.equal(why, "");
});
