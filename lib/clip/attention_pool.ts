/**
 * How SigLIP makes one feature of patches (Zhai et al. 2023; timm's `AttentionPoolLatent`): one learned query attends to all
 * patches, and a perceptron is added to what it finds.
 *
 * @module
 */
import {
  add,
  attention,
  broadcastTo,
  centre,
  type Linear,
  linear,
  matMul,
  mergeHeads,
  reshape,
  splitHeads,
  type Tensor,
} from "../tensor/mod.ts";
import type { VitConfig } from "./config.ts";
import { readLinear, readNorm, type Source } from "./fold.ts";
import { activations, EPSILON, norm } from "./transformer.ts";

/** The frozen pool. */
export interface LatentPool {
  /** Attention heads. */
  heads: number;
  /** The query, scaled, by head: [heads, 1, 1, size]. */
  query: Tensor;
  /** Keys and values, [width, 2·width], the tower's final norm folded in. */
  keyValue: Linear;
  /** The output projection, [width, width]. */
  out: Linear;
  /** The perceptron's first layer, [width, hidden], its norm folded in. */
  expand: Linear;
  /** The perceptron's second layer, [hidden, width]. */
  contract: Linear;
  /** The activation of the perceptron's hidden layer. */
  activate(x: Tensor): Tensor;
  /** ε of its norm. */
  epsilon: number;
}

/** Reads the pool under `visual.attn_pool`. */
export function readLatentPool(source: Source, config: VitConfig): LatentPool {
  const { heads, width, epsilon = EPSILON, activation = "quick-gelu" } = config;
  const { activate, factor } = activations[activation];
  const at = "visual.attn_pool";
  const layer = (name: string, fold?: Parameters<typeof readLinear>[3]) =>
    readLinear(source, `${at}.${name}.weight`, `${at}.${name}.bias`, fold);
  return {
    heads,
    epsilon,
    activate,
    query: source.scope(() => {
      const latent = reshape(source.read(`${at}.latent`), [1, width]);
      const { weight, bias } = layer("q", () => ({ scale: () => Math.sqrt(heads / width) }));
      return splitHeads(add(matMul(latent, weight), bias!), 1, heads, 1)[0]!;
    }),
    keyValue: layer("kv", () => ({ norm: readNorm(source, "visual.ln_post") })),
    out: layer("proj"),
    expand: layer("mlp.fc1", () => ({
      norm: readNorm(source, `${at}.norm`),
      scale: factor === undefined ? undefined : () => factor,
    })),
    contract: layer("mlp.fc2", () => ({
      inputScale: factor === undefined ? undefined : 1 / factor,
    })),
  };
}

/** What the query finds in normed patches, [batch · patches, width] → [batch, width]. */
export function poolLatent(pool: LatentPool, patches: Tensor, batch: number): Tensor {
  const [k, v] = splitHeads(linear(patches, pool.keyValue), batch, pool.heads, 2) as [
    Tensor,
    Tensor,
  ];
  const [heads, , , size] = pool.query.shape as [number, number, number, number];
  const q = broadcastTo(pool.query, [heads, batch, 1, size]);
  const found = linear(mergeHeads(attention(q, k, v)), pool.out);
  const hidden = pool.activate(linear(norm(centre(found), pool.epsilon), pool.expand));
  return add(found, linear(hidden, pool.contract));
}
