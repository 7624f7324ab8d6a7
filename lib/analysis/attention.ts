/**
 * Where an image transformer looks, as maps over patches. `rollout` is the class token's attention through all layers,
 * heads averaged, each layer ½(A + I) (Abnar & Zuidema 2020): what the tower looks at, whatever it is asked. `relevance`
 * is for one class: A ← mean over heads of relu(∇A ⊙ A), summed through the layers, R ← R + A·R, with ∇ the gradient of
 * the class's logit (Chefer et al. 2021, equations 5 and 6). Methods that leave the image tower frozen have the rollout of
 * zero-shot CLIP; their relevance differs, since the class's text feature does.
 *
 * @module
 */
import { encodeWithTransformer, refusePooled, type VisionTransformer } from "../clip/mod.ts";
import { openImages } from "../engine/mod.ts";
import { UserError } from "../errors.ts";
import { classify, type Task } from "../methods/mod.ts";
import {
  add,
  dispose,
  matMul,
  mul,
  oneHot,
  onesLike,
  read,
  softmax,
  sum,
  type Tensor,
  type Tensors,
  tidy,
  vjp,
  zeros,
} from "../tensor/mod.ts";
import { flow, type LayerAttention } from "./attention_flow.ts";
import type { Trained } from "./study.ts";

/** A map over the image's patches. */
export interface Heat {
  /** How many patches a side has. */
  side: number;
  /** Row by row from the top left; at least 0, with sum 1 (all 0 where nothing speaks for the class). */
  values: number[];
}

/** What a method sees in a picture. */
export interface Sight {
  /** The image file. */
  path: string;
  /** The picture's class. */
  className: string;
  /** The class that it is classified as. */
  predicted: string;
  /** The probability of that class. */
  probability: number;
  /** Where the class token's attention comes from. */
  rollout: Heat;
  /** The map of what speaks for the picture's own class. */
  relevance: Heat;
}

/**
 * Maps of pictures under what was trained: zero-shot CLIP, CoOp, ProGrad, VPT, IVLP, ProMetaR.
 *
 * @throws {UserError} when the CLIP has no image transformer, or the method's prompts depend on the image (CoCoOp) or are
 * made from others (MaPLe)
 *
 * @example
 * ```ts
 * import { useBackend } from "@plumbline/plumbline";
 * import { attentionMaps, trainStudy } from "@plumbline/plumbline/analysis";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { drawnShapes, drawShapes } from "@plumbline/plumbline/datasets";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const root = await Deno.makeTempDir();
 * await drawShapes(root);
 * const dataset = await drawnShapes.load(root);
 * const clip = randomClip(smallConfig, 1);
 * using zeroShot = await trainStudy("zero-shot", { clip, dataset });
 * const [sight] = await attentionMaps(zeroShot, dataset.test.slice(0, 1));
 * assert.equal(sight!.rollout.values.length, sight!.rollout.side ** 2);
 * assert.ok(Math.abs(sight!.rollout.values.reduce((a, b) => a + b) - 1) < 1e-5);
 * ```
 */
export async function attentionMaps(
  trained: Pick<Trained, "task" | "learner" | "state">,
  pictures: readonly { path: string; label: number }[],
): Promise<Sight[]> {
  const { task, learner, state } = trained;
  const { vision } = task.clip.config;
  if (vision.kind !== "vit") {
    throw new UserError(`${task.clip.name} has no image transformer to look into: take a ViT`);
  }
  refusePooled(task.clip.image as VisionTransformer);
  const prompts = visualPromptsOf(state.params);
  using images = openImages(task.clip, { workers: 0 });
  const sights: Sight[] = [];
  for await (const pixels of images.pixels(pictures.map(({ path }) => ({ path })), BATCH)) {
    const some = pictures.slice(sights.length, sights.length + pixels.shape[0]!);
    const pass = tidy(() => {
      const { text } = learner.prepare(state.params);
      if (!text) throw new UserError("a context that depends on the image has no map: take CoOp");
      return attended(task, pixels, text, some.map(({ label }) => label), prompts);
    });
    const seen = await looked(pass);
    dispose([pixels, pass]);
    some.forEach(({ path, label }, i) => {
      const probabilities = seen.probabilities[i]!;
      const best = probabilities.indexOf(Math.max(...probabilities));
      const layers = seen.layers.map((of) => of(i));
      sights.push({
        path,
        className: task.classNames[label]!,
        predicted: task.classNames[best]!,
        probability: probabilities[best]!,
        rollout: heat(flow("rollout", layers, prompts), seen.patches),
        relevance: heat(flow("relevance", layers, prompts), seen.patches),
      });
    });
  }
  return sights;
}

const BATCH = 16;

/** One pass over a batch: attention of every layer, [heads, batch, asking, tokens], and its gradients. */
interface Pass {
  weights: Tensor[];
  gradients: Tensor[];
  /** Probabilities, [batch, classes]. */
  shares: Tensor;
  patches: number;
}

/** Passes a batch on, with gradients towards each image's own class. */
function attended(
  { clip, classNames, ...task }: Task,
  pixels: Tensor,
  text: Tensor,
  labels: number[],
  prompts: Tensor[],
): Pass {
  const tower = clip.image as VisionTransformer;
  const patches = tower.positions.shape[1]!;
  const tokens = 1 + patches + (prompts[0]?.shape[0] ?? 0);
  const batch = labels.length;
  // Prompts that the next layer replaces do not ask, and in the last layer the class token alone does.
  const asking = (layer: number) =>
    layer === tower.blocks.length - 1 ? 1 : layer < prompts.length - 1 ? 1 + patches : tokens;
  // The gradient of a weight is that of what is added to it.
  const added = tower.blocks.map(({ heads }, layer) =>
    zeros([heads, batch, asking(layer), tokens])
  );
  const weights: Tensor[] = [];
  const { values: [own, shares], pull } = vjp(() => {
    const features = encodeWithTransformer(tower, pixels, prompts, {
      attend(q, k, v) {
        const weight = add(softmax(matMul(q, k, false, true)), added[weights.length]!);
        weights.push(weight);
        return matMul(weight, v);
      },
    });
    const logits = classify({ ...task, clip, classNames }, features, text);
    return [sum(mul(logits, oneHot(labels, classNames.length))), softmax(logits)];
    // The class token is followed too, so that all activations are kept.
  }, [...added, tower.classToken!]);
  const gradients = pull([onesLike(own), null]).slice(0, added.length);
  return { weights, gradients, shares, patches };
}

/** The numbers of a pass, by image. */
async function looked({ weights, gradients, shares, patches }: Pass): Promise<{
  layers: ((image: number) => LayerAttention)[];
  probabilities: number[][];
  patches: number;
}> {
  const classes = shares.shape[1]!;
  const all = Array.from(await read(shares));
  const layers: ((image: number) => LayerAttention)[] = [];
  for (const [layer, weight] of weights.entries()) {
    const [a, g] = [await read(weight), await read(gradients[layer]!)];
    const { shape: [heads, batch, asking, tokens] } = weight;
    const size = asking! * tokens!;
    layers.push((image) => ({
      asking: asking!,
      tokens: tokens!,
      heads: Array.from({ length: heads! }, (_, head) => {
        const at = (head * batch! + image) * size;
        return { weights: a.slice(at, at + size), gradients: g.slice(at, at + size) };
      }),
    }));
  }
  return {
    patches,
    layers,
    probabilities: Array.from(
      { length: shares.shape[0]! },
      (_, i) => all.slice(i * classes, (i + 1) * classes),
    ),
  };
}

function heat(classRow: Float64Array, patches: number): Heat {
  const values = Array.from(classRow.subarray(1, 1 + patches));
  const total = values.reduce((a, b) => a + b, 0);
  return {
    side: Math.sqrt(patches),
    values: total > 0 ? values.map((value) => value / total) : values,
  };
}

/** Visual prompts in the order of their layers. */
function visualPromptsOf(params: Tensors): Tensor[] {
  const names = Object.keys(params).filter((name) => name.startsWith("image."));
  if (names.some((name) => !/^image\.\d+$/.test(name))) {
    throw new UserError("prompts made from other prompts have no map yet: take IVLP or VPT");
  }
  return names.sort((a, b) => Number(a.slice(6)) - Number(b.slice(6))).map((name) => params[name]!);
}
