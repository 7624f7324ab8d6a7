/**
 * What moves ProMetaR's prompts. The published code takes two SGD steps an iteration with one buffer v of momentum 0.9:
 *
 *   v₁ = 0.9·v₀ + M(g, g_R) + wd·θ₀,  θ₁ = θ₀ − η·v₁    the regularised step
 *   v₂ = 0.9·v₁ + g_meta + wd·θ₁,     θ₂ = θ₁ − η·v₂    the meta step, with g_meta = ∇(ratio·L_q)
 *
 * so the second moves the prompts by the first's momentum even where g_meta is nothing. Two accounts are given. Of an
 * iteration: η·v₁, 0.9·η·v₁, η·g_meta and η·wd·θ₁ each as a share of the whole displacement θ₀ − θ₂ (its projection onto
 * it: the four sum to 1). Of the whole training: momentum is linear in the gradients that went into it, so each part of
 * the buffer, and with it of the road from the first prompts to the last, belongs to the regularised gradients, to the
 * meta-gradients or to weight decay.
 *
 * @module
 */
import type { StepAt } from "../engine/mod.ts";
import {
  cosineSimilarity,
  euclideanNorm,
  headed,
  innerProduct,
  plusScaled,
  prometar,
  type Vectors,
} from "../methods/mod.ts";
import { dasslSgd } from "../optim/mod.ts";
import { read, type Tensors, tensorsUnder } from "../tensor/mod.ts";
import { accuracies, checkStudy, type Study, trainStudy } from "./study.ts";

/** Shares of a displacement: projections onto it, which sum to 1. */
export interface Shares {
  /** The regularised gradients' share: in an iteration, that of its first step. */
  regularised: number;
  /** The second step's momentum's share in an iteration. In a whole training momentum counts as what it came from. */
  momentum: number;
  /** The meta-gradient's share. */
  meta: number;
  /** Weight decay's share: in an iteration, that of its second step. */
  decay: number;
}

/** One iteration with a meta step. */
export interface UpdateStep extends StepAt {
  /** Shares of the displacement. */
  shares: Shares;
  /** ‖g_meta‖/‖0.9·v₁‖: the meta-gradient beside the momentum it is added to. */
  metaToMomentum: number;
  /** The cosine of g_meta and v₁. */
  metaCosine: number;
  /** The length of the iteration's displacement, ‖θ₂ − θ₀‖. */
  displacement: number;
}

/** What moved the prompts in a training. */
export interface UpdateTrace {
  /** Short name of the data set. */
  dataset: string;
  /** Seed of all random draws. */
  seed: number;
  /** The settings that decide how large each share is. */
  rates: { outerRatio: number; innerRate: number; regularisedStep: boolean };
  /** The steps, first to last. */
  steps: UpdateStep[];
  /** Shares of the displacement from the first prompts to the last; `momentum` is 0. */
  total: Shares;
  /** The length of that displacement, ‖θ_T − θ_0‖. */
  distance: number;
  /** The norms of the displacement's three parts, which may oppose each other and so need not add up to its length. */
  lengths: { regularised: number; meta: number; decay: number };
  /** The prompts at the end. */
  prompts: Record<string, Float32Array>;
  /** Test accuracies in percent, by the study's names. */
  accuracy: Record<string, number>;
}

type Arrays = Record<string, Float64Array>;

const { momentum: KEPT, decay: DECAY } = dasslSgd;

/**
 * Trains ProMetaR and keeps the accounts.
 *
 * @throws {UserError} as `fit` does
 *
 * @example
 * ```ts
 * import { fewShot, useBackend } from "@plumbline/plumbline";
 * import { traceUpdates } from "@plumbline/plumbline/analysis";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { drawnShapes, drawShapes } from "@plumbline/plumbline/datasets";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const root = await Deno.makeTempDir();
 * await drawShapes(root);
 * const dataset = fewShot(await drawnShapes.load(root), 1, 1);
 * const clip = randomClip(smallConfig, 1);
 * const { total } = await traceUpdates({ clip, dataset, training: { epochs: 1 } });
 * assert.ok(Math.abs(total.regularised + total.meta + total.decay - 1) < 1e-3);
 * ```
 */
export async function traceUpdates(study: Study): Promise<UpdateTrace> {
  checkStudy("traceUpdates", prometar.name, study);
  const steps: UpdateStep[] = [];
  const parts = { regularised: account(), meta: account(), decay: account() };
  let first: Vectors | undefined;
  let rate = 0;
  using trained = await trainStudy(prometar.name, study, {
    around: (learner) => ({
      ...learner,
      step(state, batch, context) {
        rate = context.rate;
        const tell = (heading: string, tensors: Tensors) =>
          Object.entries(tensors).forEach(([name, x]) => context.observe?.(heading + name, x));
        tell("before/param/", state.params);
        tell("before/momentum/", tensorsUnder("momentum.", state.optimiser));
        return learner.step!(state, batch, context);
      },
    }),
    watch: {
      wants: (name) =>
        /^(before|batch|outer)\/(gradient|param|momentum)\//.test(name) && isPrompt(name),
      step(at, seen) {
        const told = (heading: string) => headed(heading, seen);
        const [params, momentum] = [told("before/param/"), told("before/momentum/")];
        first ??= params;
        const [own, meta] = [told("batch/gradient/"), told("outer/gradient/")];
        const end = told("outer/param/");
        const regularised = any(own);
        const middle = regularised ? told("batch/param/") : params;
        const buffer = regularised ? told("batch/momentum/") : momentum;
        if (regularised) advance(parts, { regularised: own, decay: params }, rate);
        if (!any(end)) return;
        advance(parts, { meta, decay: middle }, rate);
        const taken = { start: params, middle, end, buffer, meta, regularised };
        steps.push({ ...at, ...iteration(taken, rate) });
      },
    },
  });
  const { state, settings } = trained;
  const prompts = await promptsOf(state.params);
  const way = plusScaled(prompts, first ?? prompts, -1);
  const share = (part: Account) => projection(part.way, way);
  return {
    dataset: study.dataset.name,
    seed: study.seed ?? 1,
    rates: {
      outerRatio: Number(settings.outerRatio),
      innerRate: Number(settings.innerRate),
      regularisedStep: settings.regularisedStep === true,
    },
    steps,
    total: {
      regularised: share(parts.regularised),
      momentum: 0,
      meta: share(parts.meta),
      decay: share(parts.decay),
    },
    distance: euclideanNorm(way),
    lengths: {
      regularised: euclideanNorm(parts.regularised.way),
      meta: euclideanNorm(parts.meta.way),
      decay: euclideanNorm(parts.decay.way),
    },
    prompts,
    accuracy: accuracies(trained),
  };
}

/** A part of the buffer, and the way that it made the prompts go. */
interface Account {
  buffer: Arrays;
  way: Arrays;
}

function account(): Account {
  return { buffer: {}, way: {} };
}

/** One SGD step with momentum, part by part; all of a part's tensors move, those without a gradient by momentum. */
function advance(
  parts: Record<"regularised" | "meta" | "decay", Account>,
  gradients: { regularised?: Vectors; meta?: Vectors; decay: Vectors },
  rate: number,
): void {
  const sources: [Account, Vectors | undefined, number][] = [
    [parts.regularised, gradients.regularised, 1],
    [parts.meta, gradients.meta, 1],
    [parts.decay, gradients.decay, DECAY],
  ];
  for (const [{ buffer, way }, gradient, size] of sources) {
    for (const [name, { length }] of Object.entries(gradients.decay)) {
      const v = buffer[name] ??= new Float64Array(length);
      const moved = way[name] ??= new Float64Array(length);
      for (let i = 0; i < length; i++) {
        v[i] = KEPT * v[i]! + size * (gradient?.[name]?.[i] ?? 0);
        moved[i]! -= rate * v[i]!;
      }
    }
  }
}

/** What an iteration went through: its prompts, the buffer before the meta step, the meta-gradient. */
export interface Iteration {
  start: Vectors;
  middle: Vectors;
  end: Vectors;
  buffer: Vectors;
  meta: Vectors;
  /** Whether it began with a regularised step. */
  regularised: boolean;
}

/** The shares of an iteration. */
export function iteration(
  { start, middle, end, buffer, meta, regularised }: Iteration,
  rate: number,
): Omit<UpdateStep, keyof StepAt> {
  const way = plusScaled(end, start, -1);
  const share = (x: Vectors, k: number) => -rate * k * projection(x, way);
  const carried = KEPT * euclideanNorm(buffer);
  return {
    shares: {
      regularised: regularised ? share(buffer, 1) : 0,
      momentum: share(buffer, KEPT),
      meta: share(meta, 1),
      decay: share(middle, DECAY),
    },
    metaToMomentum: carried === 0 ? Infinity : euclideanNorm(meta) / carried,
    metaCosine: cosineSimilarity(meta, buffer),
    displacement: euclideanNorm(way),
  };
}

/** ⟨part, whole⟩/‖whole‖² */
function projection(part: Vectors, whole: Vectors): number {
  const square = innerProduct(whole, whole);
  return square === 0 ? 0 : innerProduct(part, whole) / square;
}

function any(vectors: Vectors): boolean {
  return Object.keys(vectors).length > 0;
}

async function promptsOf(tensors: Tensors): Promise<Record<string, Float32Array>> {
  const prompts: Record<string, Float32Array> = {};
  for (const [name, x] of Object.entries(tensors)) {
    if (isPrompt(name)) prompts[name] = (await read(x)).slice();
  }
  return prompts;
}

function isPrompt(name: string): boolean {
  return !name.includes("modulation.");
}
