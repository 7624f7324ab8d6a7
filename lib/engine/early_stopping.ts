/**
 * Early stopping on validation images, for learners with patience.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import type { Learner, State } from "../methods/mod.ts";
import { evaluate } from "./evaluate.ts";
import type { FitOptions } from "./fit.ts";
import { cloneState, disposeState } from "./state.ts";

/** Watches the validation accuracy from epoch to epoch. */
export interface EarlyStopping {
  /** Measures an epoch's state. */
  note(state: State): Promise<void>;
  /** Whether patience has run out. */
  stopped(): boolean;
  /** The best state, the first of equals, in place of the last, which is freed. */
  best(last: State): State;
}

/**
 * The watch of a learner; one without patience is never stopped.
 *
 * @throws {UserError} when there are no validation images to stop by
 */
export function stopEarly(learner: Learner, options: FitOptions): EarlyStopping {
  const { patience } = learner;
  if (patience === undefined) {
    return { note: () => Promise.resolve(), stopped: () => false, best: (last) => last };
  }
  const validation = options.validation ?? [];
  if (validation.length === 0) {
    throw new UserError(
      "early stopping needs validation images, and the split has none: set patience to 0",
    );
  }
  let kept: State | undefined;
  let accuracy = -Infinity;
  let since = 0;
  return {
    async note(state) {
      const { metrics } = await evaluate(learner, state.params, validation, options);
      since++;
      if (metrics.accuracy <= accuracy) return;
      accuracy = metrics.accuracy;
      since = 0;
      if (kept) disposeState(kept);
      kept = cloneState(state);
    },
    stopped: () => since >= patience,
    best(last) {
      if (!kept) return last;
      disposeState(last);
      return kept;
    },
  };
}
