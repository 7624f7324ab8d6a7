/**
 * One step of pre-training: Muon on the matrices of the blocks, AdamW on everything else, both on the same schedule.
 *
 * @module
 */
import type { ClipConfig } from "../clip/mod.ts";
import { adamw, clipNorm, grouped, muon, type Optimiser } from "../optim/mod.ts";
import { dispose, read, tensor, type Tensors, tidy } from "../tensor/mod.ts";
import { contrastive, type Pairs } from "./loss.ts";

/** How the pocket CLIP is trained. */
export interface PretrainRecipe {
  /** The number of steps in all. */
  steps: number;
  /** How many pairs of image and text a step has. */
  batch: number;
  /** Seed of all random draws. */
  seed: number;
  /** The highest learning rate of Muon. */
  muonRate: number;
  /** The highest learning rate of AdamW. */
  adamRate: number;
  /** Per unit of rate; gains, biases and the logit scale are spared. */
  weightDecay: number;
  /** First steps, over which the rates rise from 0. */
  warmup: number;
  /** The norm that gradients are clipped to. */
  clip: number;
}

/** What a step starts from and leaves. */
export interface PretrainState {
  /** Steps done. */
  step: number;
  /** Parameters by name. */
  params: Tensors;
  /** What the optimiser remembers, as {@linkcode optimiserOf} names it. */
  optimiser: Tensors;
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
export function schedule({ steps, warmup }: PretrainRecipe, step: number): number {
  if (step < warmup) return (step + 1) / warmup;
  return (1 + Math.cos(Math.PI * (step - warmup) / Math.max(1, steps - warmup))) / 2;
}

/** Muon on the blocks' matrices, AdamW on tables and projections, and AdamW without decay on vectors and the scale. */
export function optimiserOf({ muonRate, adamRate, weightDecay }: PretrainRecipe): Optimiser {
  const adam = (decay: number) => adamw({ betas: [0.9, 0.98], eps: 1e-6, decay });
  const groupOf = (name: string, { length: rank }: number[]) => {
    if (rank < 2) return "spared";
    return name.includes("resblocks") ? "matrices" : "decayed";
  };
  return grouped(groupOf, {
    matrices: { optimiser: muon({ momentum: 0.95, decay: weightDecay }), rate: muonRate },
    decayed: { optimiser: adam(weightDecay), rate: adamRate },
    spared: { optimiser: adam(0), rate: adamRate },
  });
}

/** Where a run starts. */
export function beginning(recipe: PretrainRecipe, params: Tensors): PretrainState {
  return { step: 0, params, optimiser: tidy(() => optimiserOf(recipe).init(params)) };
}

/** Takes a step. `before` is used up: what it no longer holds is freed. */
export async function takeStep(
  config: ClipConfig,
  recipe: PretrainRecipe,
  before: PretrainState,
  pairs: Pairs,
): Promise<{ training: PretrainState; shown: Shown }> {
  const { loss, gradients } = contrastive(config, before.params, pairs);
  const { gradients: clipped, norm } = clipNorm(gradients, recipe.clip);
  const share = schedule(recipe, before.step);
  const moved = optimiserOf(recipe).update(clipped, before.optimiser, before.params, share);
  const [scaled, ofLoss, ofNorm] = await Promise.all(
    [moved.params.logit_scale!, loss, norm].map(async (x) => (await read(x))[0]!),
  ) as [number, number, number];
  const logScale = Math.min(scaled, Math.log(100));
  moved.params.logit_scale!.dispose();
  const params = { ...moved.params, logit_scale: tensor([logScale], []) };
  const shown = { loss: ofLoss, scale: Math.exp(logScale), norm: ofNorm };
  dispose([loss, norm, gradients, clipped, before.params, before.optimiser]);
  return { training: { step: before.step + 1, params, optimiser: moved.state }, shown };
}
