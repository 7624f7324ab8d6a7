/** The linear probe: its solutions, its search for C, and L-BFGS beneath it. */

import assert from "node:assert/strict";
import { linearProbe, searchC } from "../../lib/methods/linear_probe.ts";
import { accuracy, type Examples, logitsOf, solveLogistic } from "../../lib/methods/logistic.ts";
import { made, resolveSettings } from "../../lib/methods/mod.ts";
import { lbfgs } from "../../lib/optim/mod.ts";
import { dispose, readSync, tidy, useBackend } from "../../lib/tensor/mod.ts";
import { onNative } from "../native.ts";
import { learnerOf, numbers, problem } from "./problem.ts";

/** scikit-learn's solutions. */
const fixture: {
  features: number[][];
  labels: number[];
  solutions: { C: number; coef: number[][]; intercept: number[] }[];
} = JSON.parse(
  await Deno.readTextFile(new URL("../fixtures/methods/logistic.json", import.meta.url)),
);

const examples: Examples = {
  features: Float64Array.from(fixture.features.flat()),
  labels: fixture.labels,
  width: 4,
  classes: 3,
};

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  const magnitude = Math.max(...Array.from(b, Math.abs));
  const difference = Math.max(...Array.from(b, (x, i) => Math.abs(x - a[i]!)));
  assert.ok(difference <= tolerance * magnitude, `${difference} of ${magnitude}`);
}

Deno.test("logistic regression has scikit-learn's solution, for weak and strong penalties", () => {
  for (const { C, coef, intercept } of fixture.solutions) {
    const solved = solveLogistic(examples, C, resolveSettings(linearProbe));
    assert.ok(solved.converged);
    const byClass = coef.flatMap((_, k) => coef[k]!.map((_, j) => solved.weight[j * 3 + k]!));
    close(byClass, coef.flat(), 1e-5);
    close(solved.intercept, intercept, 1e-4);
  }
});

onNative("a problem that TensorFlow's products solve has the host's solution", async () => {
  const [width, classes, rows] = [32, 8, 256];
  const features = Float64Array.from(
    { length: rows * width },
    (_, i) => Math.sin(1 + 7 * i ** 1.5),
  );
  const labels = Array.from({ length: rows }, (_, i) => i % classes);
  const large: Examples = { features, labels, width, classes };
  const solve = () => solveLogistic(large, 1, { maxIterations: 1000, tolerance: 1e-6 });
  await useBackend("cpu");
  const host = solve();
  await useBackend("native");
  const native = solve();
  assert.ok(
    host.converged && native.converged,
    `${host.iterations} and ${native.iterations} steps`,
  );
  assert.notDeepEqual(native.weight, host.weight); // it is not the host's sums again
  close(native.weight, host.weight, 1e-6);
  close(native.intercept, host.intercept, 1e-6);
});

Deno.test("a solution is where the penalty's gradient meets the log-loss's, however it was started", () => {
  const [c, tolerance] = [3, 1e-7];
  const cold = solveLogistic(examples, c, { maxIterations: 1000, tolerance });
  const warm = solveLogistic(examples, c, { maxIterations: 1000, tolerance }, cold);
  assert.ok(warm.iterations < cold.iterations / 2, `${warm.iterations} of ${cold.iterations}`);
  close(warm.weight, cold.weight, 1e-6);
  const pulled = new Float64Array(12);
  fixture.features.forEach((row, i) => {
    const logits = [...logitsOf(cold, Float64Array.from(row))];
    const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    logits.forEach((z, k) => {
      const residual = Math.exp(z) / total - (fixture.labels[i] === k ? 1 : 0);
      row.forEach((x, j) => pulled[j * 3 + k]! -= c * residual * x);
    });
  });
  close(cold.weight, pulled, 1e-5);
});

Deno.test("L-BFGS finds the bottom of Rosenbrock's valley, and says when it has not", () => {
  const valley = ([x = 0, y = 0]: Float64Array, gradient: Float64Array) => {
    gradient.set([2 * (x - 1) - 400 * x * (y - x * x), 200 * (y - x * x)]);
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
  };
  const done = (_: Float64Array, gradient: Float64Array) => Math.hypot(...gradient) < 1e-9;
  const start = Float64Array.of(-1.2, 1);
  const { x, converged, iterations } = lbfgs(valley, start, { maxIterations: 100, done });
  assert.ok(converged && iterations < 60);
  close(x, [1, 1], 1e-8);
  assert.deepEqual([...start], [-1.2, 1]);
  const early = lbfgs(valley, start, { maxIterations: 3, done });
  assert.ok(!early.converged && early.iterations === 3);
});

Deno.test("L-BFGS ends where double precision does", () => {
  const flat = ([x = 0]: Float64Array, gradient: Float64Array) => {
    gradient.set([x]);
    return 1e9 + x * x / 2;
  };
  const never = { maxIterations: 10_000, done: () => false };
  const { iterations, converged } = lbfgs(flat, Float64Array.of(3), never);
  assert.ok(!converged && iterations < 100, `${iterations}`);
});

Deno.test("the search for C takes the largest of equal peaks, then the smaller of equal ends", () => {
  const tried: number[] = [];
  const flat = (c: number) => (tried.push(c), 0.5);
  assert.ok(Math.abs(searchC(flat, 8) / 1e5 - 1) < 1e-9);
  assert.deepEqual(tried.slice(0, 7), [1e6, 1e4, 1e2, 1, 1e-2, 1e-4, 1e-6]);
  assert.equal(tried.length, 7 + 16);
  // a peak at 10^0.3: found to within a 2^8th of the range
  const peaked = (c: number) => -Math.abs(Math.log10(c) - 0.3);
  assert.ok(Math.abs(Math.log10(searchC(peaked, 8)) - 0.3) < 0.05);
  assert.equal(searchC((c) => c === 1e-4 ? 1 : 0, 0), 1e-4);
});

Deno.test("the learner solves for the C that it finds, or is given", async () => {
  const given = await problem();
  const solve = async (changes: Record<string, unknown>) => {
    const learner = learnerOf(given, "linear-probe", { tolerance: 1e-6, ...changes });
    const params = await made(() => learner.solve!(given.batch, given.batch));
    const found = numbers({ params, optimiser: {} });
    const right = tidy(() => {
      const logits = readSync(learner.logits(params, learner.prepare(params), given.batch));
      return given.batch.labels.map((_, i) => {
        const row = [...logits.slice(3 * i, 3 * i + 3)];
        return row.indexOf(Math.max(...row));
      });
    });
    dispose(params);
    learner.dispose();
    return { weight: found["0/probe.weight"], right };
  };
  assert.deepEqual((await solve({})).right, given.batch.labels);
  const norm = (x: number[]) => Math.hypot(...x);
  const [small, large] = [
    await solve({ sweep: false, c: 1e-6 }),
    await solve({ sweep: false, c: 1 }),
  ];
  assert.ok(norm(small.weight!) < norm(large.weight!));
  given.dispose();
});

Deno.test("accuracy counts the first of equal logits", () => {
  const nothing = { weight: new Float64Array(12), intercept: new Float64Array(3) };
  assert.equal(accuracy(nothing, examples), 1 / 3);
});
