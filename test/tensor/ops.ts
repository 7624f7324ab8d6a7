/**
 * Every differentiable op: first and second derivatives against central differences and against PyTorch's in double
 * precision, on a backend.
 */

import assert from "node:assert/strict";
import { recordedFunction } from "../../lib/parity/derivatives.ts";
import { readPacked } from "../../lib/parity/packed.ts";
import {
  abs,
  add,
  attention,
  attentionBeyond,
  broadcastTo,
  centre,
  concat,
  crossEntropy,
  cut,
  dispose,
  div,
  dot,
  exp,
  grad,
  isTracked,
  linear,
  log,
  logSoftmax,
  matMul,
  max,
  mean,
  memory,
  mergeHeads,
  mul,
  neg,
  pack,
  packing,
  pad,
  pow,
  quickGelu,
  read,
  recompute,
  relu,
  reshape,
  rowDot,
  rowIndex,
  scale,
  shift,
  sigmoid,
  silu,
  slice,
  softmax,
  splitHeads,
  sqrt,
  square,
  standardize,
  sub,
  sum,
  takeRows,
  tanh,
  type Tensor,
  tensor,
  tidy,
  transpose,
  unitLength,
  unpack,
  useBackend,
  vjp,
} from "../../lib/tensor/mod.ts";
import { publishedPath } from "../published.ts";
import { uniform } from "../tiny_clip.ts";

function random(shape: number[], seed: number, from = -1, to = 1): Tensor {
  const next = uniform(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float32Array.from({ length: size }, () => (from + to) / 2 + (to - from) / 2 * next()),
    shape,
  );
}

/** An op and the inputs it is tried at, away from where its derivative jumps. */
interface Trial {
  f: (...inputs: Tensor[]) => Tensor;
  shapes: number[][];
  from?: number;
  to?: number;
}

const positive = { from: 0.5, to: 2 };
const weight = () => random([4, 3], 91);
const trials: Record<string, Trial> = {
  add: { f: add, shapes: [[3, 4], [4]] },
  sub: { f: sub, shapes: [[3, 4], [3, 1]] },
  mul: { f: mul, shapes: [[2, 3, 4], [3, 1]] },
  div: { f: div, shapes: [[3, 4], [4]], ...positive },
  scale: { f: (x) => scale(mul(x, x), 3), shapes: [[3, 4]] },
  shift: { f: (x) => square(shift(x, 3)), shapes: [[3, 4]] },
  neg: { f: (x) => exp(neg(x)), shapes: [[3, 4]] },
  exp: { f: exp, shapes: [[3, 4]] },
  log: { f: log, shapes: [[3, 4]], ...positive },
  sigmoid: { f: sigmoid, shapes: [[3, 4]] },
  tanh: { f: tanh, shapes: [[3, 4]] },
  square: { f: square, shapes: [[3, 4]] },
  sqrt: { f: sqrt, shapes: [[3, 4]], ...positive },
  pow: { f: (x) => pow(x, 3), shapes: [[3, 4]] },
  "abs of positive": { f: (x) => square(abs(x)), shapes: [[3, 4]], ...positive },
  "relu of negative and positive": {
    f: (x) => relu(add(pow(x, 3), scale(x, 2))),
    shapes: [[3, 4]],
    from: 0.3,
    to: 1,
  },
  silu: { f: silu, shapes: [[3, 4]] },
  quickGelu: { f: quickGelu, shapes: [[3, 4]] },
  sum: { f: (x) => square(sum(x, [1])), shapes: [[2, 3, 4]] },
  mean: { f: (x) => square(mean(x, [0, 2], true)), shapes: [[2, 3, 4]] },
  rowDot: { f: (a, b) => square(rowDot(a, b)), shapes: [[3, 4], [3, 4]] },
  max: { f: (x) => square(max(x)), shapes: [[3, 4]] },
  reshape: { f: (x) => square(reshape(x, [4, 3])), shapes: [[3, 4]] },
  broadcastTo: { f: (x) => exp(broadcastTo(x, [2, 3, 4])), shapes: [[3, 1]] },
  transpose: { f: (x) => exp(transpose(x, [2, 0, 1])), shapes: [[2, 3, 4]] },
  concat: { f: (a, b) => exp(concat([a, b], 1)), shapes: [[2, 3], [2, 2]] },
  slice: { f: (x) => exp(slice(x, 1, 1, 2)), shapes: [[2, 4]] },
  pad: { f: (x) => exp(pad(x, 0, 1, 2)), shapes: [[2, 4]] },
  recompute: {
    f: (x, y) => {
      const [a, b] = recompute(([x, y]) => [exp(mul(x!, y!)), square(x!)], [x, y]) as [
        Tensor,
        Tensor,
      ];
      return mul(a, sigmoid(b));
    },
    shapes: [[3, 4], [3, 4]],
  },
  cut: {
    f: (x) => {
      const [first, others] = cut(x, 1);
      return mul(exp(first), others);
    },
    shapes: [[3, 4]],
  },
  "unpack and pack, one slot padding": {
    f: (x) => {
      const how = packing([2, -1, 0, 1]);
      return exp(pack(exp(unpack(x, how)), how));
    },
    shapes: [[3, 4]],
  },
  takeRows: {
    f: (x) => {
      const index = rowIndex([2, -1, 0, 2], 3);
      return exp(takeRows(x, index));
    },
    shapes: [[3, 4]],
  },
  matMul: { f: (a, b) => exp(matMul(a, b)), shapes: [[2, 3, 4], [2, 4, 2]] },
  "matMul of matrices": { f: (a, b) => exp(matMul(a, b)), shapes: [[3, 4], [4, 2]] },
  "matMul of matrices, both transposed": {
    f: (a, b) => exp(matMul(a, b, true, true)),
    shapes: [[4, 3], [2, 4]],
  },
  "matMul, both transposed": {
    f: (a, b) => exp(matMul(a, b, true, true)),
    shapes: [[2, 4, 3], [2, 2, 4]],
  },
  linear: {
    f: (x, onto) => exp(linear(x, { weight: weight(), bias: random([3], 92) }, onto)),
    shapes: [[2, 4], [2, 3]],
  },
  dot: { f: (a, b) => square(dot(a, b)), shapes: [[3, 4], [3, 4]] },
  softmax: { f: softmax, shapes: [[3, 4]], from: -2, to: 2 },
  logSoftmax: { f: (x) => square(logSoftmax(x)), shapes: [[3, 4]] },
  standardize: { f: (x) => standardize(x), shapes: [[2, 6]] },
  unitLength: { f: (x) => unitLength(x), shapes: [[3, 4]] },
  "unitLength with ε": { f: (x) => unitLength(x, 0.3), shapes: [[3, 4]] },
  centre: { f: (x) => exp(centre(x)), shapes: [[3, 4]] },
  crossEntropy: { f: (x) => crossEntropy(x, softmax(random([3, 4], 93))), shapes: [[3, 4]] },
  splitHeads: {
    f: (x) => {
      const [q, k] = splitHeads(x, 2, 2, 2) as [Tensor, Tensor];
      return mul(q, exp(k));
    },
    shapes: [[6, 8]],
  },
  mergeHeads: { f: (x) => exp(mergeHeads(x)), shapes: [[2, 2, 3, 2]] },
  attention: {
    f: (q, k, v) => attention(q, k, v, tensor([0, -1e9, 0, 0], [2, 2])),
    shapes: [[2, 3, 2, 4], [2, 3, 2, 4], [2, 3, 2, 4]],
  },
  attentionBeyond: {
    f: (q, k, v, keys, values) =>
      attentionBeyond({ keys, values }, q, k, v, tensor([0, -1e9, 0, 0], [1, 2, 2]), 3),
    shapes: [[2, 1, 6, 4], [2, 1, 6, 4], [2, 1, 6, 4], [2, 1, 3, 4], [2, 1, 3, 4]],
  },
};

/** Tests every op on these backends, where they work. */
export async function testOps(backends: readonly string[]): Promise<void> {
  for (const backend of backends) await testOn(backend);
}

async function testOn(backend: string): Promise<void> {
  const available = await useBackend(backend).then(() => true, () => false);
  const test = (name: string, fn: () => void | Promise<void>) =>
    Deno.test({
      name: `${name}, on ${backend}${available ? "" : " (skipped: it does not work here)"}`,
      ignore: !available,
      async fn() {
        await useBackend(backend);
        await fn();
      },
    });

  // cpu shares all rules with the others and is slow: a few ops show that it works.
  const tried = Object.entries(trials).filter(([name]) =>
    backend !== "cpu" || ["softmax", "matMul", "silu", "attentionBeyond"].includes(name)
  );
  for (const [name, trial] of tried) {
    test(
      `${name} has the first and second derivatives of central differences`,
      () => againstDifferences(trial),
    );
  }

  test("several cotangents go back through one forward pass, each by itself", async () => {
    const pairs = tidy(() => {
      const x = random([3, 4], 1);
      const { values, pull } = vjp(() => [exp(x), sum(square(x))], [x]);
      const ones = tensor(Array(12).fill(1), [3, 4]);
      return [
        [pull([ones, null])[0], values[0]],
        [pull([null, tensor([1], [])])[0], scale(x, 2)],
        [pull([ones, tensor([1], [])])[0], add(exp(x), scale(x, 2))],
      ];
    });
    for (const [ours, truth] of pairs as [Tensor, Tensor][]) {
      close(await read(ours), await read(truth), 2e-6);
    }
    dispose(pairs);
  });

  test("gradients of gradients leave no tensor behind and no tape running", () => {
    const x = random([3, 4], 1);
    const before = memory().tensors;
    tidy(() => {
      const inner = () => sum(square(grad(() => sum(silu(softmax(x))), [x])[0]));
      grad(inner, [x]);
    });
    assert.equal(memory().tensors, before);
    assert.ok(!isTracked(x));
    assert.throws(() =>
      grad(() => {
        throw new Error("inside");
      }, [x]), /inside/);
    assert.ok(!isTracked(x), "a function that throws leaves its tape running");
    x.dispose();
  });

  test("what does not depend on an input has a gradient of zeros", async () => {
    const [dx, dy, twice] = tidy(() => {
      const [x, y] = [random([2], 1), random([3], 2)];
      return [...grad(() => sum(square(x)), [x, y]), scale(x, 2)];
    });
    close(await read(dx), await read(twice), 1e-6);
    assert.deepEqual([...await read(dy)], [0, 0, 0]);
    dispose([dx, dy, twice]);
  });

  if (!available || backend === "cpu") return;
  Deno.test(
    `recorded functions have PyTorch's first and second derivatives, on ${backend}`,
    async () => {
      await useBackend(backend);
      await againstRecord(publishedPath("second_derivatives.safetensors.gz"));
    },
  );
}

/**
 * Along a random direction: ⟨gradient, u⟩ against (f(x + hu) − f(x − hu))/2h, and the Hessian times u against the same
 * difference of gradients. In float32 with h = 1e-2 the difference is good to about 1e-3 of the largest entry.
 */
async function againstDifferences({ f, shapes, from, to }: Trial): Promise<void> {
  const h = 1e-2;
  const { slope, losses, products, differences } = tidy(() => {
    const inputs = shapes.map((shape, i) => random(shape, 1 + i, from, to));
    const directions = shapes.map((shape, i) => random(shape, 11 + i));
    const weighting = random(f(...inputs).shape, 21, 0.5, 1.5);
    const loss = (at: Tensor[]) => sum(mul(weighting, f(...at)));
    const gradients = (at: Tensor[]) => grad(() => loss(at), at);
    const moved = (by: number) => inputs.map((x, i) => add(x, scale(directions[i]!, by)));
    const along = (gradient: Tensor[]) =>
      gradient.map((g, i) => dot(g, directions[i]!)).reduce((a, b) => add(a, b));
    const [up, down] = [h, -h].map((by) => gradients(moved(by))) as [Tensor[], Tensor[]];
    return {
      slope: along(gradients(inputs)),
      losses: [h, -h].map((by) => loss(moved(by))),
      products: grad(() => along(gradients(inputs)), inputs),
      differences: up.map((gradient, i) => scale(sub(gradient, down[i]!), 1 / (2 * h))),
    };
  });
  const [along, after, before] = await Promise.all(
    [slope, ...losses].map(async (x) => (await read(x))[0]!),
  ) as [number, number, number];
  const rise = (after - before) / (2 * h);
  assert.ok(Math.abs(along - rise) < 2e-3 * Math.max(1, Math.abs(rise)), `${along}, not ${rise}`);
  for (const [i, product] of products.entries()) {
    close(await read(product), await read(differences[i]!), 3e-3);
  }
  dispose([slope, losses, products, differences]);
}

/** Gradient and Hessian-vector product of every function of the record. */
async function againstRecord(path: string): Promise<void> {
  const file = await readPacked(path);
  const names = new Set(
    file.keys.filter((key) => key.endsWith("/x")).map((key) => key.slice(0, -"/x".length)),
  );
  assert.ok(names.size >= 20);
  for (const name of names) {
    const pairs = tidy(() => {
      const array = (key: string) => {
        const { shape, data } = file.readFloats(key);
        return tensor(data, shape);
      };
      const at = (key: string) => array(`${name}/${key}`);
      const f = recordedFunction(name, array);
      assert.ok(f, `nothing computes ${name}`);
      const x = at("x");
      const gradient = () => grad(() => sum(mul(f(x), at("cotangent"))), [x])[0];
      const product = grad(() => dot(gradient(), at("direction")), [x])[0];
      return {
        value: [f(x), at("y")],
        gradient: [gradient(), at("gradient")],
        product: [product, at("hessian_vector")],
      };
    });
    for (
      const [of, tolerance] of [["value", 1e-5], ["gradient", 2e-5], ["product", 1e-4]] as const
    ) {
      const [ours, truth] = pairs[of];
      close(await read(ours!), await read(truth!), tolerance);
    }
    dispose(pairs);
  }
}

/** Errors are relative to the largest entry, or absolute where that is below one. */
function close(ours: ArrayLike<number>, truth: ArrayLike<number>, tolerance: number): void {
  assert.equal(ours.length, truth.length);
  const largest = Array.from(truth).reduce((most, y) => Math.max(most, Math.abs(y)), 1);
  for (let i = 0; i < ours.length; i++) {
    const error = Math.abs(ours[i]! - truth[i]!) / largest;
    assert.ok(error < tolerance, `${ours[i]}, not ${truth[i]}`);
  }
}
