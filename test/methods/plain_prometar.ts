/** ProMetaR's iteration written out from the paper's equations, on whole prompts and without sharing anything. */

import { encodeImages } from "../../lib/clip/mod.ts";
import type { Batch, Draws, Learner, Task } from "../../lib/methods/mod.ts";
import {
  abs,
  add,
  concat,
  grad,
  logSoftmax,
  matMul,
  mean,
  mul,
  neg,
  pick,
  reshape,
  scale,
  sigmoid,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  type Tensors,
  unitLength,
} from "../../lib/tensor/mod.ts";

/** The settings as the learner has them, as far as they matter here. */
export interface PlainSettings {
  regulariser: string;
  augmentation: string;
  modulation: string;
  gate: number;
  metaLearning: boolean;
  firstOrder: boolean;
  regularisedStep: boolean;
  innerRate: number;
  outerRatio: number;
  modulationRate: number;
}

/** What the iteration is about. */
export interface Plain {
  task: Task;
  /** The base method's learner, for its text features. */
  base: Learner;
  /** ḡ */
  teacher: Tensor;
  settings: PlainSettings;
  rate: number;
}

/** Visual prompts, from what the base learns. */
function visual(params: Tensors): Tensor[] {
  const layers = [0, 1].filter((i) => params[`image.${i}`] || params[`image.${i}.weight`]);
  return layers.map((i) =>
    params[`image.${i}`] ??
      add(
        matMul(params[`text.${i}`]!, params[`image.${i}.weight`]!, false, true),
        params[`image.${i}.bias`]!,
      )
  );
}

const images = ({ task }: Plain, params: Tensors, pixels: Tensor) =>
  encodeImages(task.clip, pixels, visual(params));

function logits(on: Plain, params: Tensors, features: Tensor): Tensor {
  const cosines = matMul(unitLength(features), on.base.prepare(params).text!, false, true);
  return scale(cosines, on.task.clip.scale);
}

/** −log softmax(logits)[label], averaged with a weight for each image. */
function crossEntropy(logits: Tensor, labels: number[], weights: number[]): Tensor {
  const [n, classes] = logits.shape as [number, number];
  const chosen = new Float32Array(n * classes);
  labels.forEach((label, i) => chosen[i * classes + label] = weights[i]! / n);
  return neg(sum(mul(logSoftmax(logits), tensor(chosen, [n, classes]))));
}

const ones = (labels: number[]) => labels.map(() => 1);

function distance(kind: string, x: Tensor, y: Tensor): Tensor {
  if (kind === "l1") return mean(abs(sub(x, y)));
  if (kind === "squared") return mean(square(sub(x, y)));
  return mean(sub(tensor(Array(x.shape[0]).fill(1), [x.shape[0]!]), sum(mul(x, y), [1])));
}

/** g and g_R of one batch. */
function gradients(
  on: Plain,
  params: Tensors,
  pixels: Tensor,
  labels: number[],
): [Tensors, Tensors] {
  const names = Object.keys(params);
  const named = (of: Tensor[]) => Object.fromEntries(names.map((name, i) => [name, of[i]!]));
  const inputs = Object.values(params);
  const task = grad(
    () => crossEntropy(logits(on, params, images(on, params, pixels)), labels, ones(labels)),
    inputs,
  );
  const kind = on.settings.regulariser;
  const held = grad(() => {
    const text = distance(kind, on.base.prepare(params).text!, on.teacher);
    const frozen = unitLength(encodeImages(on.task.clip, pixels));
    const image = distance(kind, unitLength(images(on, params, pixels)), frozen);
    return add(scale(text, 50), scale(image, 20));
  }, inputs);
  return [named(task), named(held)];
}

/** M(g, g_R) = g + γ⊙g_R */
function modulated(on: Plain, modulation: Tensors, [g, held]: [Tensors, Tensors]): Tensors {
  return Object.fromEntries(
    Object.entries(g).map(([name, task]) => {
      if (on.settings.regulariser === "none") return [name, task];
      const hidden = modulation[`modulation.${name}.hidden`];
      if (!hidden) return [name, add(task, scale(held[name]!, on.settings.gate))];
      const both = concat([reshape(task, [-1, 1]), reshape(held[name]!, [-1, 1])], 0);
      const gates = sigmoid(
        matMul(modulation[`modulation.${name}.output`]!, matMul(hidden, both)),
      );
      const eight = matMul(gates, tensor(Array(8).fill(1), [1, 8])); // each γ for 8 entries
      return [name, add(task, mul(reshape(eight, task.shape), held[name]!))];
    }),
  );
}

/** The loss of the augmented query. */
function queryLoss(on: Plain, params: Tensors, { pixels, labels }: Batch, draws: Draws): Tensor {
  const { query, support, shares, partners, boxes } = draws;
  const own = query!.map((i) => labels[i]!);
  if (on.settings.augmentation === "none") {
    return crossEntropy(
      logits(on, params, images(on, params, pick(pixels!, query!))),
      own,
      ones(own),
    );
  }
  const others = partners!.map((partner) => support![partner]!);
  const mix = (x: Tensor, y: Tensor, share: Tensor) =>
    add(mul(x, share), mul(y, sub(tensor([1], [1]), share)));
  const [first, second] = [pick(pixels!, query!), pick(pixels!, others)];
  const size = first.shape[1]!;
  const features = on.settings.augmentation === "manifold"
    ? mix(
      images(on, params, first),
      images(on, params, second),
      tensor(shares!, [shares!.length, 1]),
    )
    : images(
      on,
      params,
      mix(
        first,
        second,
        on.settings.augmentation === "input"
          ? tensor(shares!, [shares!.length, 1, 1, 1])
          : outside(boxes!, size),
      ),
    );
  const mixed = logits(on, params, features);
  return add(
    crossEntropy(mixed, own, shares!),
    crossEntropy(mixed, others.map((i) => labels[i]!), shares!.map((share) => 1 - share)),
  );
}

function outside(boxes: number[], size: number): Tensor {
  const n = boxes.length / 4;
  const kept = Array.from({ length: n * size * size }, (_, at) => {
    const [left, top, right, bottom] = boxes.slice(4 * Math.floor(at / size ** 2)) as [
      number,
      number,
      number,
      number,
    ];
    const [x, y] = [at % size, Math.floor(at / size) % size];
    return x >= left && x < right && y >= top && y < bottom ? 0 : 1;
  });
  return tensor(kept, [n, size, size, 1]);
}

/** d = g + 5e-4·p; buffer = 0.9·buffer + d; p − rate·buffer */
function sgd(params: Tensors, g: Tensors, momentum: Tensors, rate: number): void {
  for (const [name, gradient] of Object.entries(g)) {
    const d = add(gradient, scale(params[name]!, 5e-4));
    momentum[name] = momentum[name] ? add(scale(momentum[name], 0.9), d) : d;
    params[name] = sub(params[name]!, scale(momentum[name], rate));
  }
}

/** One iteration. → parameters and momentum, by name. Inside `tidy`. */
export function plainIteration(
  on: Plain,
  start: Tensors,
  batch: Batch,
  draws: Draws,
): { params: Tensors; momentum: Tensors } {
  const { settings, rate } = on;
  const only = (of: Tensors, modulation: boolean): Tensors =>
    Object.fromEntries(
      Object.entries(of).filter(([name]) => name.startsWith("modulation.") === modulation),
    );
  const params = { ...start };
  const momentum: Tensors = {};
  if (settings.regularisedStep || !settings.metaLearning) {
    const whole = gradients(on, only(params, false), batch.pixels!, batch.labels);
    sgd(params, modulated(on, only(params, true), whole), momentum, rate);
  }
  if (!settings.metaLearning) return { params, momentum };

  const [prompts, modulation] = [only(params, false), only(params, true)];
  const pixels = pick(batch.pixels!, draws.support!);
  const labels = draws.support!.map((i) => batch.labels[i]!);
  const constant = settings.firstOrder ? gradients(on, prompts, pixels, labels) : undefined;
  const outer = grad(() => {
    const inner = modulated(on, modulation, constant ?? gradients(on, prompts, pixels, labels));
    const adapted = Object.fromEntries(
      Object.entries(prompts).map((
        [name, p],
      ) => [name, sub(p, scale(inner[name]!, settings.innerRate))]),
    );
    return scale(queryLoss(on, adapted, batch, draws), settings.outerRatio);
  }, Object.values(params));
  const named = Object.fromEntries(Object.keys(params).map((name, i) => [name, outer[i]!]));
  sgd(params, only(named, false), momentum, rate);
  sgd(params, only(named, true), momentum, settings.modulationRate);
  return { params, momentum };
}
