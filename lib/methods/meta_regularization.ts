/**
 * ProMetaR's iteration, for any student: a regularised step, an inner step on the support kept differentiable, an outer
 * step on the mixed-up query (Park et al. 2024, section 3).
 *
 * @module
 */
import { sgd } from "../optim/mod.ts";
import {
  abs,
  add,
  crossEntropy,
  matMul,
  mean,
  onesLike,
  pick,
  scale,
  sub,
  type Tensor,
  tensor,
  type Tensors,
  unitLength,
  valueAndGrad,
  vjp,
} from "../tensor/mod.ts";
import type { Batch, Draws, Observer, State, StepContext, StepResult } from "./method.ts";
import { modulate, MODULATION, under } from "./modulation.ts";
import { classify, labelLoss, named, type Student } from "./student.ts";

/** What an iteration is set by. */
export interface MetaSettings {
  innerRate: number;
  outerRatio: number;
  modulationRate: number;
  textWeight: number;
  imageWeight: number;
  firstOrder: boolean;
  regularisedStep: boolean;
}

/** A student, and the frozen text features that it is held to. */
export interface Regularised {
  by: Student;
  /** Unit length, [classes, embedding]. */
  teacher: Tensor;
  settings: MetaSettings;
}

/** Gradients of the cross-entropy and of the regularisers, for each prompt. */
interface Pulls {
  loss: Tensor;
  logits: Tensor;
  gradients: Tensors;
  regularisers: Tensors;
}

/** One iteration on a batch. Without draws (a batch of one class) only the regularised step is taken. */
export function metaStep(
  on: Regularised,
  state: State,
  batch: Batch,
  { rate, draws, observe }: StepContext,
): StepResult {
  const { settings } = on;
  const [prompts, modulation] = split(state.params);
  const first = pulls(on, prompts, batch, under("batch", observe));
  const { loss, logits } = first;
  let next = state;
  if (settings.regularisedStep || !draws) {
    const modulated = modulate(
      modulation,
      first.gradients,
      first.regularisers,
      under("batch", observe),
    );
    next = sgd(state.params, modulated, state.momentum, rate);
    observeStep("batch", modulated, next, observe);
  }
  if (!draws) return { state: next, loss, logits };

  const outer = outerGradients(on, next.params, batch, draws, observe);
  const [toPrompts, toModulation] = split(outer);
  next = sgd(next.params, toPrompts, next.momentum, rate);
  observeStep("outer", outer, next, observe);
  return {
    state: sgd(next.params, toModulation, next.momentum, settings.modulationRate),
    loss,
    logits,
  };
}

/** Gradients of the query loss at the adapted prompts, for the prompts before adaptation and for the modulation. */
function outerGradients(
  on: Regularised,
  params: Tensors,
  batch: Batch,
  draws: Draws,
  observe?: Observer,
): Tensors {
  const { innerRate, outerRatio, firstOrder } = on.settings;
  const [prompts, modulation] = split(params);
  const support = pickBatch(batch, draws.support);
  const innerPulls = () => pulls(on, prompts, support, under("inner", observe));
  const constant = firstOrder ? innerPulls() : undefined;
  const { gradients } = valueAndGrad(() => {
    const { gradients, regularisers } = constant ?? innerPulls();
    const modulated = modulate(modulation, gradients, regularisers, under("inner", observe));
    const adapted = map(prompts, (p, name) => sub(p, scale(modulated[name], innerRate)));
    for (const name in adapted) {
      observe?.(`inner/gradient/${name}`, modulated[name]);
      observe?.(`inner/adapted/${name}`, adapted[name]);
    }
    return scale(queryLoss(on.by, adapted, batch, draws, observe), outerRatio);
  }, Object.values(params));
  return named(Object.keys(params), gradients);
}

/** Cross-entropy, R_text = w·mean|g − ḡ| and R_image = w·mean|f − f₀|, and both kinds of gradient from one forward pass. */
function pulls(
  { by, teacher, settings }: Regularised,
  prompts: Tensors,
  batch: Batch,
  observe?: Observer,
): Pulls {
  const names = Object.keys(prompts);
  const { values: [loss, regulariser, logits], pull } = vjp(() => {
    const texts = by.text.features(prompts);
    const images = by.image.features(prompts, batch);
    const logits = classify(by.task, images, texts);
    const loss = labelLoss(logits, batch.labels);
    const towards = (x: Tensor, y: Tensor, weight: number) =>
      scale(mean(abs(sub(x, y))), weight);
    const text = towards(texts, teacher, settings.textWeight);
    const image = batch.features && names.some((name) => name.startsWith("image."))
      ? towards(unitLength(images), unitLength(batch.features), settings.imageWeight)
      : undefined;
    observe?.("text", texts);
    observe?.("image", unitLength(images));
    if (batch.features) observe?.("teacher", unitLength(batch.features));
    observe?.("loss", loss);
    observe?.("loss/text", text);
    if (image) observe?.("loss/image", image);
    observe?.("logits", logits);
    // Text prompts see only the one, visual prompts only the other: their sum has the gradients of both.
    return [loss, image ? add(text, image) : text, logits];
  }, Object.values(prompts));
  const gradients = named(names, pull([onesLike(loss), null, null]));
  const regularisers = named(names, pull([null, onesLike(regulariser), null]));
  for (const name of names) {
    observe?.(`task/${name}`, gradients[name]);
    observe?.(`regulariser/${name}`, regularisers[name]);
  }
  return { loss, logits, gradients, regularisers };
}

/**
 * Cross-entropy on manifold mix-up: each query image's feature, before normalisation, is mixed with a support image's,
 * and so are their labels.
 */
function queryLoss(
  by: Student,
  prompts: Tensors,
  batch: Batch,
  { query, support, shares, partners }: Draws,
  observe?: Observer,
): Tensor {
  const classes = by.task.classNames.length;
  const mixedIn = [...new Set(partners)];
  const read = pickBatch(batch, [...query, ...mixedIn.map((place) => support[place])]);
  const mixture = new Float32Array(query.length * read.labels.length);
  const targets = new Float32Array(query.length * classes);
  query.forEach((_, i) => {
    const partner = query.length + mixedIn.indexOf(partners[i]);
    mixture[i * read.labels.length + i] = shares[i];
    mixture[i * read.labels.length + partner] = 1 - shares[i];
    targets[i * classes + read.labels[i]] += shares[i];
    targets[i * classes + read.labels[partner]] += 1 - shares[i];
  });
  const features = matMul(
    tensor(mixture, [query.length, read.labels.length]),
    by.image.features(prompts, read),
  );
  const logits = classify(by.task, features, by.text.features(prompts));
  const loss = mean(crossEntropy(logits, tensor(targets, [query.length, classes])));
  observe?.("outer/image", unitLength(features));
  observe?.("outer/loss", loss);
  observe?.("outer/logits", logits);
  return loss;
}

/** Some of a batch's images. */
function pickBatch({ labels, pixels, features }: Batch, places: number[]): Batch {
  return {
    labels: places.map((place) => labels[place]),
    pixels: pixels && pick(pixels, places),
    features: features && pick(features, places),
  };
}

/** Prompts, and the modulation. */
function split(params: Tensors): [prompts: Tensors, modulation: Tensors] {
  const entries = Object.entries(params);
  return [
    Object.fromEntries(entries.filter(([name]) => !name.startsWith(MODULATION))),
    Object.fromEntries(entries.filter(([name]) => name.startsWith(MODULATION))),
  ];
}

function map(tensors: Tensors, f: (x: Tensor, name: string) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, f(x, name)]));
}

function observeStep(heading: string, gradients: Tensors, state: State, observe?: Observer): void {
  for (const [name, gradient] of Object.entries(gradients)) {
    observe?.(`${heading}/gradient/${name}`, gradient);
    if (!state.momentum[name]) continue;
    observe?.(`${heading}/param/${name}`, state.params[name]);
    observe?.(`${heading}/momentum/${name}`, state.momentum[name]);
  }
}
