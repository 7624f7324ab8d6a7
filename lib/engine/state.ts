/**
 * A state's tensors, and when they are freed.
 *
 * @module
 */
import type { State } from "../methods/mod.ts";
import { clone, type Tensor, type Tensors } from "../tensor/mod.ts";

/** All tensors of a state. */
export function tensorsOf({ params, momentum, extra }: State): Tensor[] {
  return [params, momentum, extra ?? {}].flatMap((group) => Object.values(group));
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
export function cloneState({ params, momentum, extra }: State): State {
  const handles = (group: Tensors) =>
    Object.fromEntries(Object.entries(group).map(([name, x]) => [name, clone(x)]));
  return {
    params: handles(params),
    momentum: handles(momentum),
    ...(extra && { extra: handles(extra) }),
  };
}
