/**
 * What a fit does outside of steps: the state it begins with, and what is chosen when it ends.
 *
 * @module
 */
import type { Item } from "../datasets/mod.ts";
import { UserError } from "../errors.ts";
import { drawView, type ViewDraws } from "../image/mod.ts";
import { type Batch, type Learner, made, type State, stateAt } from "../methods/mod.ts";
import type { Streams } from "../random/mod.ts";
import { dispose, tidy, wrap } from "../tensor/mod.ts";
import type { FitOptions } from "./fit.ts";
import { disposeReplaced, disposeState } from "./state.ts";

/** The state of a learner's initial parameters. */
export function initial(learner: Learner, random: Streams): State {
  return tidy(() => stateAt(learner, learner.init(random)));
}

/** The state before the first step, from what the learner gathers of the training images. */
export async function begin(learner: Learner, options: FitOptions): Promise<State> {
  const { random, items, training, validation } = options;
  if (!learner.gather) return initial(learner, random);
  const crops = options.crops ?? training.crops;
  const seen: Batch[] = [];
  for (let view = 0; view < (learner.views ?? 0); view++) {
    const draws = items.map(() => drawView(random("gathering"), crops));
    seen.push(await featuresOf(items, options, draws));
  }
  const choosing = validation?.length ? await featuresOf(validation, options) : undefined;
  const drawn = tidy(() => learner.init(random));
  const params = await made(() => learner.gather!(drawn, seen, choosing));
  const optimiser = tidy(() => learner.optimiser?.init(params) ?? {});
  const replaced = Object.values(drawn).filter((x) => !Object.values(params).includes(x));
  dispose([...replaced, ...[...seen, choosing].map((batch) => batch?.features).filter((x) => x)]);
  return { params, optimiser };
}

/** The state with what the learner chooses on validation images at the end. */
export async function chosen(learner: Learner, state: State, options: FitOptions): Promise<State> {
  if (!learner.choose) return state;
  const { validation = [] } = options;
  if (validation.length === 0) {
    disposeState(state);
    throw new UserError(
      "something is chosen on validation images, and the split has none: set search to none",
    );
  }
  const batch = await featuresOf(validation, options);
  const after = { ...state, params: await made(() => learner.choose!(state.params, batch)) };
  disposeReplaced(state, after);
  dispose(batch.features);
  return after;
}

/** The state that `next` makes of this one, which is freed where it was replaced. */
export function replaced(state: State, next?: () => State): State {
  if (!next) return state;
  const after = tidy(next);
  disposeReplaced(state, after);
  return after;
}

/** Parameters from all training images at once. */
export async function solve(learner: Learner, options: FitOptions): Promise<State> {
  const { items, validation } = options;
  const training = await featuresOf(items, options);
  const choosing = validation?.length ? await featuresOf(validation, options) : undefined;
  const params = await made(() => learner.solve!(training, choosing));
  dispose([training.features, choosing?.features].filter((x) => x));
  return { params, optimiser: {} };
}

/** Frozen features of whole images, or of the views that were drawn of them, and their labels. */
async function featuresOf(
  items: Item[],
  { images }: FitOptions,
  draws: (ViewDraws | undefined)[] = [],
): Promise<Batch> {
  const rows = await images.features(items.map(({ path }, i) => ({ path, draws: draws[i] })));
  return {
    labels: items.map(({ label }) => label),
    features: wrap(rows, [items.length, images.clip.config.embedDim]),
  };
}
