/**
 * A state's tensors, and when they are freed.
 *
 * @module
 */
import type { State } from "../methods/mod.ts";
import { clone, mapTensors, type Tensor } from "../tensor/mod.ts";

/** All tensors of a state. */
export function tensorsOf({ params, optimiser, extra }: State): Tensor[] {
  return [params, optimiser, extra ?? {}].flatMap((group) => Object.values(group));
}

/** Frees the tensors of `before` that `after` no longer holds. */
export function disposeReplaced(before: State, after: State): void {
  const kept = new Set(tensorsOf(after));
  for (const x of tensorsOf(before)) if (!kept.has(x)) x.dispose();
}

/** Frees a state's tensors. */
export function disposeState(state: State): void {
  for (const x of tensorsOf(state)) x.dispose();
}

/** The same state on handles of its own. */
export function cloneState({ params, optimiser, extra }: State): State {
  return {
    params: mapTensors(params, clone),
    optimiser: mapTensors(optimiser, clone),
    ...(extra && { extra: mapTensors(extra, clone) }),
  };
}
