/** Methods in bfloat16 on the native backend: near to float32, the second derivative of ProMetaR too, and nothing left behind. */

import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { dispose, memory, useBackend } from "../../lib/tensor/mod.ts";
import { onNative } from "../native.ts";
import { relative } from "../relative.ts";
import { both, near } from "../tensor/half.ts";
import { learnerOf, needed, numbers, problem, train } from "./problem.ts";

for (const name of ["coop", "prograd", "ivlp", "prometar"]) {
  onNative(
    `${name} in bfloat16: its loss and its step are near, and nothing is left behind`,
    async () => {
      await useBackend("native");
      const given = await problem("vit", 1, 2, true);
      const learner = learnerOf(given, name);
      const batch = needed(name, given.batch);
      const run = async (steps: number) => {
        const { state, losses } = await train(learner, batch, { steps, seed: 3 });
        const all = numbers(state);
        dispose(state);
        return { all, losses };
      };
      const start = (await run(0)).all;
      const moved = async () => {
        const { all, losses } = await run(1);
        const step = Object.entries(start).filter(([key]) => key.startsWith("0/"))
          .flatMap(([key, from]) => all[key]!.map((x, i) => x - from[i]!));
        return { step, losses };
      };
      const [full, half] = await both(moved);
      assert.ok(relative(half.losses, full.losses) < 0.02, `${half.losses} ${full.losses}`);
      near([full.step, half.step], 0.2, "step");
      await useBackend("native", "bf16");
      await run(1);
      const handles = countHandles();
      const before = memory().tensors;
      await run(5);
      assert.equal(memory().tensors, before);
      assert.equal(handles.alive(), 0);
      handles.end();
      learner.dispose();
      given.dispose();
      await useBackend("native");
    },
  );
}

/** Counts TensorFlow's own handles from now on: made, less freed. */
function countHandles(): { alive(): number; end(): void } {
  type Call = (...given: unknown[]) => unknown;
  const backend = tf.backend() as unknown as { binding: Record<string, Call> };
  const own = backend.binding;
  let alive = 0;
  const counted: Record<string, (given: unknown[], result: unknown) => number> = {
    createTensor: () => 1,
    executeOp: (_, result) => (result as unknown[]).length,
    deleteTensor: () => -1,
  };
  const counting = Object.entries(counted).map(([name, change]) => {
    const value: Call = (...given) => {
      const result = own[name]!(...given);
      alive += change(given, result);
      return result;
    };
    return [name, { value }] as const;
  });
  backend.binding = Object.create(own, Object.fromEntries(counting));
  return { alive: () => alive, end: () => backend.binding = own };
}
