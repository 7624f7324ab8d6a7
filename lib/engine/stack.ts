/**
 * Trainings that go on side by side in one process and whose steps are computed together. Each is a fit with its own random
 * draws, checkpoint and record, at whatever step it is; a step waits until all that still train have come to theirs.
 *
 * @module
 */
import {
  type AskedStep,
  type Batch,
  type Learner,
  type State,
  type StepContext,
  type StepResult,
  stepTogether,
} from "../methods/mod.ts";

/** A training's place in a stack. */
export interface StackPlace {
  /** The learner's step, once every other place has come to its own or was left. Its tensors are the caller's. */
  step(learner: Learner, state: State, batch: Batch, context: StepContext): Promise<StepResult>;
  /** Gives the place up: no other waits for it any more. `fit` does so when it ends, whichever way. */
  leave(): void;
  /** The most trainings that one pass was for, this one among them; 0 before the first step. */
  readonly stacked: number;
}

interface Waiting {
  asked: AskedStep;
  settle(outcome: ReturnType<typeof stepTogether>[number]): void;
}

/**
 * Places for `count` trainings. Each has to be left, by its fit or by whoever did not come to one: the others wait for it.
 *
 * @example Two seeds in one
 * ```ts
 * import { fewShot, method, useBackend } from "@plumbline/plumbline";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { drawnShapes, drawShapes } from "@plumbline/plumbline/datasets";
 * import { fit, openImages, stackTrainings } from "@plumbline/plumbline/engine";
 * import { resolveSettings } from "@plumbline/plumbline/methods";
 * import { streams } from "@plumbline/plumbline/random";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const root = await Deno.makeTempDir();
 * await drawShapes(root);
 * const data = fewShot(await drawnShapes.load(root), 1, 1);
 * const clip = randomClip(smallConfig, 1);
 * using images = openImages(clip, { workers: 0 });
 * const coop = method("coop");
 * const places = stackTrainings(2);
 * const states = await Promise.all(places.map((place, i) =>
 *   fit(coop.learner({ clip, ...data }, resolveSettings(coop, { contextLength: 4 })), {
 *     items: data.train,
 *     needs: coop.needs,
 *     training: { ...coop.presets.paper!.training(1), epochs: 1 },
 *     images,
 *     random: streams(1 + i),
 *     place,
 *   })
 * ));
 * assert.deepEqual(places.map(({ stacked }) => stacked), [2, 2]);
 * assert.notDeepEqual(...states.map(({ params }) => [...params["text.0"]!.dataSync()]) as [number[], number[]]);
 * ```
 */
export function stackTrainings(count: number): StackPlace[] {
  let seated = count;
  let waiting: Waiting[] = [];
  const go = () => {
    if (waiting.length === 0 || waiting.length < seated) return;
    const all = waiting;
    waiting = [];
    stepTogether(all.map(({ asked }) => asked)).forEach((outcome, i) => all[i]!.settle(outcome));
  };
  const place = (): StackPlace => {
    let left = false;
    let stacked = 0;
    return {
      step: (learner, state, batch, context) =>
        new Promise((resolve, reject) => {
          const settle: Waiting["settle"] = (outcome) => {
            if ("error" in outcome) return reject(outcome.error);
            stacked = Math.max(stacked, outcome.stacked);
            resolve(outcome.result);
          };
          waiting.push({ asked: { learner, state, batch, context }, settle });
          go();
        }),
      leave() {
        if (left) return;
        left = true;
        seated--;
        go();
      },
      get stacked() {
        return stacked;
      },
    };
  };
  return Array.from({ length: count }, place);
}
