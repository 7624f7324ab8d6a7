/**
 * Steps of several learners computed in one: a pass through the text tower for all of them, whose operations are most of a
 * small step. All else is each learner's own, and so are its numbers, but for rounding.
 *
 * @module
 */
import { type Tensors, tidy } from "../tensor/mod.ts";
import type { Batch, Learner, State, StepContext, StepResult } from "./method.ts";
import { descend } from "./objective.ts";
import { type Joint, stepped } from "./student.ts";

/** A step that a learner is to take. */
export interface Asked {
  /** The learner. */
  learner: Pick<Learner, "step">;
  /** Its state before the step. */
  state: State;
  /** Its batch. */
  batch: Batch;
  /** What else its step is given. */
  context: StepContext;
}

/** What became of it: the result, whose tensors are the caller's, and of how many learners one pass was; or an error. */
export type Outcome = { result: StepResult; stacked: number } | { error: unknown };

/**
 * Takes a step of each learner. Those that can share a pass do: methods whose images come from the frozen tower and whose
 * texts have the same learned slots, whatever they make of the features. One that fails does not keep the others from theirs.
 */
export function stepTogether(all: readonly Asked[]): Outcome[] {
  const outcomes = new Map<Asked, Outcome>();
  for (const group of Map.groupBy(all, alikeOf).values()) {
    const most = Math.max(1, jointOf(group[0]!)?.most ?? 1);
    for (let at = 0; at < group.length; at += most) {
      const some = group.slice(at, at + most);
      taken(some).forEach((outcome, i) => outcomes.set(some[i]!, outcome));
    }
  }
  return all.map((asked) => outcomes.get(asked)!);
}

function jointOf({ learner }: Asked): Joint | undefined {
  return learner.step?.parts?.joint();
}

/** What it shares passes by; itself where it shares none. */
function alikeOf(asked: Asked): unknown {
  return jointOf(asked)?.alike ?? asked;
}

function taken(group: readonly Asked[]): Outcome[] {
  if (group.length > 1) {
    try {
      return tidy(() => jointly(group)).map((result) => ({ result, stacked: group.length }));
    } catch {
      // Taken one by one, it shows whose step fails.
    }
  }
  return group.map((asked) => {
    try {
      return { result: tidy(() => alone(asked)), stacked: 1 };
    } catch (error) {
      return { error };
    }
  });
}

function alone({ learner, state, batch, context }: Asked): StepResult {
  return learner.step!(state, batch, context);
}

function jointly(group: readonly Asked[]): StepResult[] {
  const { during } = jointOf(group[0]!)!;
  const each = group.map(({ learner, state, batch, context }) => ({
    ...{ ...learner.step!.parts!, params: state.params },
    ...{ state, batch, context },
  }));
  const params: Tensors[] = each.map(({ params }) => params);
  return descend(each, (f) => during(params, f)).map((descent, k) => {
    const { state, optimiser, context } = each[k]!;
    return stepped(descent, state, optimiser, context);
  });
}
