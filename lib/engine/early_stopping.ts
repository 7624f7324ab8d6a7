/**
 * Early stopping on validation images, for learners with patience.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import type { Learner, State } from "../methods/mod.ts";
import type { Best } from "./checkpoint.ts";
import { evaluate } from "./evaluate.ts";
import type { FitOptions } from "./fit.ts";
import { cloneState, disposeState } from "./state.ts";

/** Watches the validation accuracy from epoch to epoch. */
export interface EarlyStopping {
  /** Measures an epoch's state. */
  note(state: State): Promise<void>;
  /** Whether patience has run out. */
  stopped(): boolean;
  /** What was best so far, the first of equals; undefined before the first epoch and without patience. */
  seen(): Best | undefined;
  /** The best state in place of the last, which is freed. */
  best(last: State): State;
}

/**
 * The watch of a learner; one without patience is never stopped.
 *
 * @param seen what a watch of the same fit had seen, to go on from there; its state is then this watch's
 * @throws {UserError} when there are no validation images to stop by
 */
export function stopEarly(learner: Learner, options: FitOptions, seen?: Best): EarlyStopping {
  const { patience } = learner;
  if (patience === undefined) {
    return {
      note: () => Promise.resolve(),
      stopped: () => false,
      seen: () => undefined,
      best: (last) => last,
    };
  }
  const { needs, images, validation = [] } = options;
  if (validation.length === 0) {
    throw new UserError(
      "early stopping needs validation images, and the split has none: set patience to 0",
    );
  }
  return {
    async note(state) {
      const { metrics } = await evaluate(learner, state.params, validation, { needs, images });
      if (seen && metrics.accuracy <= seen.accuracy) {
        seen.since++;
        return;
      }
      if (seen) disposeState(seen.state);
      seen = { state: cloneState(state), accuracy: metrics.accuracy, since: 0 };
    },
    stopped: () => seen !== undefined && seen.since >= patience,
    seen: () => seen,
    best(last) {
      if (!seen) return last;
      disposeState(last);
      return seen.state;
    },
  };
}
