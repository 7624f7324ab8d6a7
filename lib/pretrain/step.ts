/**
 * One step of pre-training: Muon on the matrices of the blocks, AdamW on everything else, both on the same schedule.
 *
 * @module
 */
import type { ClipConfig } from "../clip/mod.ts";
import { adamw, clipNorm, type Moments, muon } from "../optim/mod.ts";
import { dispose, readSync, tensor, type Tensors } from "../tensor/mod.ts";
import { contrastive, type Pairs } from "./loss.ts";

/** How the pocket CLIP is trained. */
export interface Recipe {
  /** Steps in all. */
  steps: number;
  /** Pairs a step. */
  batch: number;
  /** Seed of all random draws. */
  seed: number;
  /** Highest rate of Muon, and of AdamW. */
  muonRate: number;
  /** Learning rate of AdamW. */
  adamRate: number;
  /** Per unit of rate; gains, biases and the logit scale are spared. */
  weightDecay: number;
  /** First steps, over which the rates rise from 0. */
  warmup: number;
  /** The gradients' norm at most. */
  clip: number;
}

/** What a step starts from and leaves. */
export interface Training {
  /** Steps done. */
  step: number;
  /** Parameters by name. */
  params: Tensors;
  /** Of Muon, by shape. */
  momentum: Tensors;
  /** Of AdamW: of weights that decay, and of those that don't. */
  decayed?: Moments;
  /** Moments whose tensors can be used again. */
  spared?: Moments;
}

/** What a step showed. */
export interface Shown {
  /** The loss. */
  loss: number;
  /** exp(logit_scale) after the step. */
  scale: number;
  /** The gradients' norm before clipping. */
  norm: number;
}

/** The share of the highest rates at a step (from 0): rising in a line over the warm-up, then half a cosine down to 0. */
export function schedule({ steps, warmup }: Recipe, step: number): number {
  if (step < warmup) return (step + 1) / warmup;
  return (1 + Math.cos(Math.PI * (step - warmup) / Math.max(1, steps - warmup))) / 2;
}

/** Takes a step. `before` is used up: what it no longer holds is freed. */
export function takeStep(
  config: ClipConfig,
  recipe: Recipe,
  before: Training,
  pairs: Pairs,
): { training: Training; shown: Shown } {
  const { loss, gradients } = contrastive(config, before.params, pairs);
  const { gradients: clipped, norm } = clipNorm(gradients, recipe.clip);
  const of = (group: string) =>
    Object.fromEntries(
      Object.entries(clipped).filter(([key, g]) => groupOf(key, g.rank) === group),
    );
  const share = schedule(recipe, before.step);
  const { weightDecay } = recipe;
  const adam = (params: Tensors, group: "decayed" | "spared", weightDecay: number) =>
    adamw(params, of(group), before[group], share * recipe.adamRate, {
      betas: [0.9, 0.98],
      epsilon: 1e-6,
      weightDecay,
    });
  const matrices = muon(before.params, of("matrix"), before.momentum, share * recipe.muonRate, {
    momentum: 0.95,
    weightDecay,
  });
  const decayed = adam(matrices.params, "decayed", weightDecay);
  const spared = adam(decayed.params, "spared", 0);
  const logScale = Math.min(readSync(spared.params.logit_scale)[0], Math.log(100));
  spared.params.logit_scale.dispose();
  const params = { ...spared.params, logit_scale: tensor([logScale], []) };
  const shown = { loss: readSync(loss)[0], scale: Math.exp(logScale), norm: readSync(norm)[0] };
  const old = [before.params, before.momentum, before.decayed, before.spared];
  dispose([loss, norm, Object.values(gradients), Object.values(clipped), old.map(tensorsOf)]);
  const training = {
    step: before.step + 1,
    params,
    momentum: matrices.momentum,
    decayed: decayed.moments,
    spared: spared.moments,
  };
  return { training, shown };
}

function tensorsOf(group: Tensors | Moments | undefined): unknown[] {
  return Object.values(group ?? {}).filter((value) => typeof value !== "number");
}

/** Which optimiser a weight has: the blocks' matrices Muon, tables and projections a decaying AdamW, vectors one that spares. */
function groupOf(key: string, rank: number): "matrix" | "decayed" | "spared" {
  if (rank < 2) return "spared";
  return key.includes("resblocks") ? "matrix" : "decayed";
}
