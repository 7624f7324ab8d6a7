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
      const [q, p] = [logSoftmax(row, temperature), logSoftmax(teacher[i], temperature)];
      return sum - p.reduce((own, x, k) => own + Math.exp(x) * q[k], 0) * temperature ** 2 / 2;
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
    assert.ok(Math.abs(found - expected) < 1e-5 * expected, `${found} ${expected}`);
  });
}

Deno.test("a gradient of zeros opposes nothing, whatever joins it", () => {
  const [task, none] = [[1, -2], [0, 0]];
  for (const [name, join] of Object.entries(joins)) {
    const joined = tidy(() => {
      const { x } = join({ x: tensor(task, [2]) }, { x: tensor(none, [2]) }, 1);
      return [...readSync(x)];
    });
    assert.deepEqual(joined, task, name);
  }
});
