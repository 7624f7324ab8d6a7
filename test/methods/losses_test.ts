/** Losses and projections by their equations, written plainly, where the methods' records do not reach. */

import assert from "node:assert/strict";
import { distillationLoss } from "../../lib/methods/losses.ts";
import { joins } from "../../lib/methods/projection.ts";
import { readSync, tensor, tidy, useBackend } from "../../lib/tensor/mod.ts";

await useBackend("wasm");

const student = [[1, 2, 0.5], [-1, 0, 3]];
const teacher = [[0.2, -1, 3], [2, 1, 1]];

function logSoftmax(row: number[], temperature: number): number[] {
  const scaled = row.map((x) => x / temperature);
  const total = Math.log(scaled.reduce((sum, x) => sum + Math.exp(x), 0));
  return scaled.map((x) => x - total);
}

for (const temperature of [1, 2, 5]) {
  Deno.test(`distillation at temperature ${temperature} is −Σ p·log q·T², the batch's mean`, () => {
    const expected = student.reduce((sum, row, i) => {
      const [q, p] = [logSoftmax(row, temperature), logSoftmax(teacher[i]!, temperature)];
      return sum - p.reduce((own, x, k) => own + Math.exp(x) * q[k]!, 0) * temperature ** 2 / 2;
    }, 0);
    const [found] = tidy(() =>
      readSync(
        distillationLoss(
          tensor(student.flat(), [2, 3]),
          tensor(teacher.flat(), [2, 3]),
          temperature,
        ),
      )
    );
    assert.ok(Math.abs(found! - expected) < 1e-5 * expected, `${found} ${expected}`);
  });
}

Deno.test("a gradient of zeros opposes nothing, whatever joins it", () => {
  const [task, none] = [[1, -2], [0, 0]];
  for (const [name, join] of Object.entries(joins)) {
    const joined = tidy(() => {
      const { x } = join({ x: tensor(task, [2]) }, { x: tensor(none, [2]) }, 1);
      return [...readSync(x!)];
    });
    assert.deepEqual(joined, task, name);
  }
});

Deno.test("a general gradient at rounding level takes away next to nothing, a longer one what the equation says", () => {
  const task = [0.3, -0.1, 0.2];
  const opposed = [-1, 0.5, 0.25]; // ⟨G_d, G_g⟩ < 0
  const joined = (length: number) => {
    const general = opposed.map((x) => x * length);
    return tidy(() => {
      const { x } = joins.project({ x: tensor(task, [3]) }, { x: tensor(general, [3]) }, 1);
      return [...readSync(x!)];
    });
  };
  const product = task.reduce((sum, x, i) => sum + x * opposed[i]!, 0);
  const square = opposed.reduce((sum, x) => sum + x * x, 0);
  const equation = task.map((x, i) => x - product / square * opposed[i]!);
  const near = (a: number[], b: number[], tolerance: number) =>
    a.forEach((x, i) => assert.ok(Math.abs(x - b[i]!) <= tolerance, `${a}, not ${b}`));
  // As long as the published code's in the warm-up of a student that is its teacher: 1e-8 to 1e-6, beside 0.2 to 0.3.
  for (const length of [1e-8, 1e-7, 1e-6]) near(joined(length), task, 1e-3 * Math.hypot(...task));
  for (const length of [1e-3, 1, 100]) near(joined(length), equation, 1e-6);
});
