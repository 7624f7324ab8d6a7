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
import {
  clone,
  dispose,
  filterTensors,
  keep,
  mapTensors,
  read,
  tensor,
  type Tensors,
} from "../tensor/mod.ts";
import { type Probe, probeNeeds, probeOf } from "./probe.ts";
import { checkStudy, resolveStudy, type Study, trainStudy } from "./study.ts";

/** The outer loss at one inner rate, on one virtual task. */
export interface ExpansionPoint {
  /** Which virtual task, from 0. */
  task: number;
  /** α, the inner step's learning rate. */
  rate: number;
  /** The query loss after the inner step. */
  exact: number;
  /** The query loss by its first-order expansion. */
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
 * import { fewShot, useBackend } from "@plumbline/plumbline";
 * import { traceExpansion } from "@plumbline/plumbline/analysis";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { drawnShapes, drawShapes } from "@plumbline/plumbline/datasets";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const root = await Deno.makeTempDir();
 * await drawShapes(root);
 * const dataset = fewShot(await drawnShapes.load(root), 1, 1);
 * const clip = randomClip(smallConfig, 1);
 * const training = { epochs: 1 };
 * const points = await traceExpansion({ clip, dataset, training, tasks: 1, rates: [0, 1e-4] });
 * assert.equal(points[0]!.exact, points[0]!.expansion);
 * assert.ok(Math.abs(points[1]!.exact - points[1]!.expansion) < 1e-3);
 * ```
 */
export async function traceExpansion(study: ExpansionStudy): Promise<ExpansionPoint[]> {
  checkStudy("traceExpansion", prometar.name, study, {
    rates: listOf(number(), 1),
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
  const kept: [params: Tensors, batch: Batch, draws: Draws][] = [];
  using _trained = await trainStudy(prometar.name, plain, {
    needs: probeNeeds,
    around: (learner) => ({
      ...learner,
      step(state, batch, context) {
        const draws = left-- <= tasks && probe.learner.draw!(batch.labels, random);
        if (draws) kept.push([held(state.params), { ...batch, ...heldBatch(batch) }, draws]);
        return learner.step!(state, batch, context);
      },
    }),
  });
  const found: ExpansionPoint[] = [];
  for (const [task, [params, batch, draws]] of kept.entries()) {
    const points = await expand(probe, params, batch, draws, rates);
    found.push(...points.map((point) => ({ task, ...point })));
    dispose([params, batch]);
  }
  return found;
}

/** Handles of these tensors that outlive the step: a GPU can't be read while a step is computed. */
function held(tensors: Tensors): Tensors {
  return mapTensors(tensors, (x) => keep(clone(x)));
}

function heldBatch({ pixels, features }: Batch): Pick<Batch, "pixels" | "features"> {
  return held({ ...pixels && { pixels }, ...features && { features } });
}

/** Both losses of one virtual task at each rate. */
export async function expand(
  probe: Probe,
  params: Tensors,
  batch: Batch,
  draws: Draws,
  rates: readonly number[],
): Promise<Omit<ExpansionPoint, "task">[]> {
  const reading = await probe.read(params, batch, draws);
  const step = plusScaled(reading.support, reading.modulated, 1);
  const slope = innerProduct(reading.query, step);
  const moving = Object.keys(params).filter((name) => step[name]);
  const start: Record<string, Float32Array> = {};
  for (const name of moving) start[name] = await read(params[name]!);
  const points: Omit<ExpansionPoint, "task">[] = [];
  for (const rate of rates) {
    const at = plusScaled(start, step, -rate);
    const moved = mapTensors(
      filterTensors(params, (name) => name in start),
      (x, name) => tensor(at[name]!, x.shape),
    );
    const { loss: exact } = await probe.read({ ...params, ...moved }, batch, draws);
    dispose(moved);
    points.push({ rate, exact, expansion: reading.loss - rate * slope });
  }
  return points;
}
