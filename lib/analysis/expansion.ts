/**
 * The exact outer loss L_q(θ − α·(∇L_s + M(g_R))) against its first-order expansion
 * L_q(θ) − α·⟨∇L_q, ∇L_s⟩ − α·⟨∇L_q, M(g_R)⟩, as α grows: how far the reading of meta-learning as an alignment of gradients
 * holds (Park et al. 2024, section 3).
 *
 * @module
 */
import { type Batch, type Draws, innerProduct, plusScaled, prometar } from "../methods/mod.ts";
import { listOf, number, whole } from "../options_given.ts";
import { streams } from "../random/mod.ts";
import { readSync, tensor, type Tensors, tidy } from "../tensor/mod.ts";
import { type Probe, probeNeeds, probeOf } from "./probe.ts";
import { checkStudy, resolveStudy, type Study, trainStudy } from "./study.ts";

/** The outer loss at one inner rate, on one virtual task. */
export interface ExpansionPoint {
  /** Which virtual task, from 0. */
  task: number;
  /** α */
  rate: number;
  /** The query loss after the inner step. */
  exact: number;
  /** What the expansion says it is. */
  expansion: number;
}

/** A study of the expansion. */
export interface ExpansionStudy extends Study {
  /** The inner rates α; from 0 to 1 in steps of a factor √10 by default. */
  rates?: number[];
  /** Virtual tasks, one from each of the last steps; 8 by default. */
  tasks?: number;
}

/** 0, and four decades up to 1 in two steps each; the published rate is 5e-4. */
const decades = [0, ...Array.from({ length: 9 }, (_, i) => 10 ** (i / 2 - 4))];

/**
 * Trains ProMetaR and compares both losses on the virtual tasks of its last steps, at the prompts it had there.
 *
 * @throws {UserError} as `fit` does
 *
 * @example
 * ```ts
 * import * as plumbline from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * await plumbline.useBackend("wasm");
 * const root = await Deno.makeTempDir();
 * await plumbline.drawShapes(root);
 * const dataset = plumbline.fewShot(await plumbline.drawnShapes.load(root), 1, 1);
 * const clip = plumbline.randomClip(plumbline.smallConfig, 1);
 * const training = { epochs: 1 };
 * const points = await plumbline.traceExpansion({ clip, dataset, training, tasks: 1, rates: [0, 1e-4] });
 * assert.equal(points[0].exact, points[0].expansion);
 * assert.ok(Math.abs(points[1].exact - points[1].expansion) < 1e-3);
 * ```
 */
export async function traceExpansion(study: ExpansionStudy): Promise<ExpansionPoint[]> {
  checkStudy("traceExpansion", prometar.name, study, {
    rates: listOf(number(0), 1),
    tasks: whole(1),
  });
  const { rates = decades, tasks = 8, ...plain } = study;
  const { seed = 1 } = plain;
  const { task, settings, training } = resolveStudy(prometar.name, plain);
  using probe = probeOf(task, settings);
  const random = streams(seed);
  const { length } = study.dataset.train;
  const { batchSize, epochs } = training;
  let left = epochs * Math.max(1, Math.floor(length / batchSize));
  const found: ExpansionPoint[][] = [];
  using _trained = await trainStudy(prometar.name, plain, {
    needs: probeNeeds,
    around: (learner) => ({
      ...learner,
      step(state, batch, context) {
        const draws = left-- <= tasks && probe.learner.draw!(batch.labels, random);
        if (draws) {
          const points = expand(probe, state.params, batch, draws, rates);
          found.push(points.map((point) => ({ task: found.length, ...point })));
        }
        return learner.step!(state, batch, context);
      },
    }),
  });
  return found.flat();
}

/** Both losses of one virtual task at each rate. */
export function expand(
  probe: Probe,
  params: Tensors,
  batch: Batch,
  draws: Draws,
  rates: readonly number[],
): Omit<ExpansionPoint, "task">[] {
  const reading = probe.read(params, batch, draws);
  const step = plusScaled(reading.support, reading.modulated, 1);
  const slope = innerProduct(reading.query, step);
  return rates.map((rate) => ({
    rate,
    exact: tidy(() => {
      const moved = Object.fromEntries(
        Object.entries(params).map(([name, x]) => {
          if (!step[name]) return [name, x];
          const before = { [name]: readSync(x) };
          return [name, tensor(plusScaled(before, step, -rate)[name], x.shape)];
        }),
      );
      return probe.read(moved, batch, draws).loss;
    }),
    expansion: reading.loss - rate * slope,
  }));
}
