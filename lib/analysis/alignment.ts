/**
 * What meta-learning rewards, measured over training. By a first-order Taylor expansion ProMetaR's outer loss is
 *
 *   L_q(θ − α·(∇L_s + M(g_R))) ≈ L_q(θ) − α·⟨∇L_q, ∇L_s⟩ − α·⟨∇L_q, M(g_R)⟩
 *
 * (Park et al. 2024, section 3; q the query, s the support, g_R the regulariser's gradient, M its modulation), so it falls
 * with both inner products: gradients of different tasks are to agree. Measured at every step for whoever trains IVLP's
 * prompts, on the same batches and the same virtual tasks where seeds agree.
 *
 * @module
 */
import type { StepAt } from "../engine/mod.ts";
import {
  cosineSimilarity,
  headed,
  innerProduct,
  ivlp,
  prometar,
  type Vectors,
} from "../methods/mod.ts";
import { oneOf } from "../options_given.ts";
import { streams } from "../random/mod.ts";
import { probeNeeds, probeOf, type Reading, readingOf, wantedByProbe } from "./probe.ts";
import { accuracies, checkStudy, resolveStudy, type Study, trainStudy } from "./study.ts";

/** Two inner products and their cosines. */
export interface Alignment {
  /** The inner product of the query's and the support's gradient, ⟨∇L_query, ∇L_support⟩. */
  support: number;
  /** The cosine of these two gradients. */
  supportCosine: number;
  /** The inner product of the query's gradient and the modulated regulariser's, ⟨∇L_query, M(g_R)⟩. */
  regulariser: number;
  /** The cosine of these two gradients. */
  regulariserCosine: number;
}

/** One step. Steps on batches of one class have none. */
export interface AlignmentStep extends StepAt, Alignment {
  /** L_query at the prompts before the step. */
  queryLoss: number;
  /** For each prompt tensor: `text.0`, `image.2`. */
  layers: Record<string, Alignment>;
  /** The mean γ of each prompt tensor; 1 where it is not learned. */
  gates: Record<string, number>;
}

/** A training's alignment. */
export interface AlignmentTrace {
  /** What the trace is called: `IVLP`, `IVLP + fixed regulariser`, `ProMetaR`. */
  label: string;
  /** Short name of the method. */
  method: string;
  /** Short name of the data set. */
  dataset: string;
  /** Seed of all random draws. */
  seed: number;
  /** The steps, first to last. */
  steps: AlignmentStep[];
  /** Test accuracies in percent, by the study's names. */
  accuracy: Record<string, number>;
}

/** Who trains the prompts. */
export interface AlignmentStudy extends Study {
  /** `ivlp`; `regularised`, IVLP with the regulariser at a fixed γ = 1; or `prometar`. */
  learner?: "ivlp" | "regularised" | "prometar";
}

const learners = {
  ivlp: { method: ivlp.name, label: ivlp.title, settings: {} },
  regularised: {
    method: prometar.name,
    label: `${ivlp.title} + fixed regulariser`,
    settings: { metaLearning: false },
  },
  prometar: { method: prometar.name, label: prometar.title, settings: {} },
};

/**
 * Trains and measures at every step, before it is taken, how the query's gradient lies to the support's and to the
 * modulated regulariser's.
 *
 * @throws {UserError} as `fit` does, or when the CLIP has no image transformer
 *
 * @example
 * ```ts
 * import { fewShot, useBackend } from "@plumbline/plumbline";
 * import { traceAlignment } from "@plumbline/plumbline/analysis";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { drawnShapes, drawShapes } from "@plumbline/plumbline/datasets";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const root = await Deno.makeTempDir();
 * await drawShapes(root);
 * const dataset = fewShot(await drawnShapes.load(root), 1, 1);
 * const clip = randomClip(smallConfig, 1);
 * const { steps } = await traceAlignment({ clip, dataset, training: { epochs: 1 } });
 * assert.ok(steps.every(({ supportCosine }) => Math.abs(supportCosine) <= 1));
 * assert.ok(Object.values(steps[0]!.gates).every((gate) => gate > 0 && gate < 1));
 * ```
 */
export async function traceAlignment(study: AlignmentStudy): Promise<AlignmentTrace> {
  checkStudy("traceAlignment", prometar.name, study, { learner: oneOf(Object.keys(learners)) });
  const { learner = "prometar", ...plain } = study;
  const { method, label, settings: own } = learners[learner];
  const whole = { ...plain, settings: { ...own, ...plain.settings } };
  const { task, settings } = resolveStudy(method, whole);
  using probe = probeOf(task, settings);
  const random = streams(study.seed ?? 1);
  const steps: AlignmentStep[] = [];
  using trained = await trainStudy(method, whole, {
    needs: probeNeeds,
    around: (learner) => ({
      ...learner,
      step(state, batch, context) {
        const draws = probe.learner.draw!(batch.labels, random);
        if (draws) {
          probe.tell(
            state.params,
            batch,
            draws,
            (name, x) => context.observe?.(`probe/${name}`, x),
          );
        }
        return learner.step!(state, batch, context);
      },
    }),
    watch: {
      wants: (name) =>
        name.startsWith("probe/") &&
        (wantedByProbe(name.slice(6)) || name.startsWith("probe/inner/gamma/")),
      step(at, seen) {
        const told = headed("probe/", seen);
        if (Object.keys(told).length > 0) steps.push(alignmentOf(at, told));
      },
    },
  });
  return {
    label,
    method,
    dataset: study.dataset.name,
    seed: study.seed ?? 1,
    steps,
    accuracy: accuracies(trained),
  };
}

function alignmentOf(at: StepAt, told: Vectors): AlignmentStep {
  const reading = readingOf(told);
  const gammas = headed("inner/gamma/", told);
  const names = Object.keys(reading.support);
  const gate = (name: string) => {
    const gates = Array.from(gammas[name] ?? [1]);
    return gates.reduce((sum, gamma) => sum + gamma, 0) / gates.length;
  };
  return {
    ...at,
    ...align(reading),
    queryLoss: reading.loss,
    layers: Object.fromEntries(names.map((name) => [name, align(only(name, reading))])),
    gates: Object.fromEntries(names.map((name) => [name, gate(name)])),
  };
}

/** Both inner products of a reading, all its tensors as one vector. */
export function align({ query, support, modulated }: Reading): Alignment {
  return {
    support: innerProduct(query, support),
    supportCosine: cosineSimilarity(query, support),
    regulariser: innerProduct(query, modulated),
    regulariserCosine: cosineSimilarity(query, modulated),
  };
}

function only(name: string, reading: Reading): Reading {
  const one = (all: Vectors): Vectors => ({ [name]: all[name]! });
  return {
    ...reading,
    query: one(reading.query),
    support: one(reading.support),
    modulated: one(reading.modulated),
  };
}
