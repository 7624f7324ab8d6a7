/**
 * ProMetaR's iteration, for any student: a regularised step, an inner step on the support kept differentiable, an outer
 * step on the augmented query (Park et al. 2024, section 3).
 *
 * @module
 */
import { type Optimiser, sgd } from "../optim/mod.ts";
import {
  filterTensors,
  mapTensors,
  nameTensors,
  scale,
  sub,
  type Tensors,
  tidy,
  valueAndGrad,
} from "../tensor/mod.ts";
import type { Batch, Draws, Observer, State, StepContext, StepResult } from "./method.ts";
import { MODULATION, under } from "./modulation.ts";
import {
  pulls,
  type Regularised,
  regularisedGradients,
  type RegulariserSettings,
} from "./regularized.ts";
import { updated } from "./student.ts";
import { type Augmentation, pickBatch, queryLoss } from "./virtual_tasks.ts";

/** The settings of one iteration of ProMetaR. */
export interface MetaSettings extends RegulariserSettings {
  /** How the query is augmented. */
  augmentation: Augmentation;
  /** α, the learning rate of the inner step. */
  innerRate: number;
  /** The factor on the outer loss. */
  outerRatio: number;
  /** The learning rate of the modulation φ. */
  modulationRate: number;
  /** Whether the inner gradients are taken as constants. */
  firstOrder: boolean;
  /** Whether an iteration begins with a regularised step on the whole batch. */
  regularisedStep: boolean;
}

/** The optimiser that both steps of an iteration update the prompts with, and the modulation. */
export const metaOptimiser: Optimiser = sgd();

/**
 * One iteration on a batch. Without draws (a batch of one class, or no meta-learning) only the regularised step is taken.
 */
export function metaStep(
  on: Regularised<MetaSettings>,
  state: State,
  batch: Batch,
  { rate, draws, observe }: StepContext,
): StepResult {
  const { settings } = on;
  const [prompts, modulation] = split(state.params);
  const heading = under("batch", observe);
  const first = tidy(() => pulls(on, prompts, batch, heading)); // its activations go before the outer step's come
  const { loss, logits } = first;
  let next = state;
  if (settings.regularisedStep || !draws) {
    const modulated = regularisedGradients(first, modulation, settings, heading);
    next = updated(state, metaOptimiser, modulated, rate);
    observeStep("batch", modulated, next, observe);
  }
  if (!draws) return { state: next, loss, logits };

  const outer = outerGradients(on, next.params, batch, draws, observe);
  const [toPrompts, toModulation] = split(outer);
  next = updated(next, metaOptimiser, toPrompts, rate);
  observeStep("outer", outer, next, observe);
  return {
    state: updated(next, metaOptimiser, toModulation, settings.modulationRate),
    loss,
    logits,
  };
}

/** Gradients of the query loss at the adapted prompts, for the prompts before adaptation and for the modulation. */
function outerGradients(
  on: Regularised<MetaSettings>,
  params: Tensors,
  batch: Batch,
  draws: Draws,
  observe?: Observer,
): Tensors {
  const { by, settings } = on;
  const [prompts, modulation] = split(params);
  const support = pickBatch(batch, draws.support!);
  const heading = under("inner", observe);
  const innerPulls = () => pulls(on, prompts, support, heading);
  const constant = settings.firstOrder ? innerPulls() : undefined;
  const { gradients } = valueAndGrad(() => {
    const inner = constant ?? innerPulls();
    const modulated = regularisedGradients(inner, modulation, settings, heading);
    const adapted = mapTensors(
      prompts,
      (p, name) => sub(p, scale(modulated[name]!, settings.innerRate)),
    );
    for (const name in adapted) {
      heading?.(`gradient/${name}`, modulated[name]!);
      heading?.(`adapted/${name}`, adapted[name]!);
    }
    const loss = queryLoss(
      by,
      adapted,
      batch,
      draws,
      settings.augmentation,
      under("outer", observe),
    );
    return scale(loss, settings.outerRatio);
  }, Object.values(params));
  return nameTensors(Object.keys(params), gradients);
}

/** Prompts, and the modulation. */
function split(params: Tensors): [prompts: Tensors, modulation: Tensors] {
  return [
    filterTensors(params, (name) => !name.startsWith(MODULATION)),
    filterTensors(params, (name) => name.startsWith(MODULATION)),
  ];
}

function observeStep(heading: string, gradients: Tensors, state: State, observe?: Observer): void {
  for (const [name, gradient] of Object.entries(gradients)) {
    observe?.(`${heading}/gradient/${name}`, gradient);
    if (name.startsWith(MODULATION)) continue; // it moves last
    observe?.(`${heading}/param/${name}`, state.params[name]!);
    observe?.(`${heading}/momentum/${name}`, state.optimiser[`momentum.${name}`]!);
  }
}
