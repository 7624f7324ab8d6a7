/**
 * Which cells can train as one: those whose steps share passes through the text tower.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import { taskOf } from "../engine/mod.ts";
import type { PlannedCell } from "../protocols/mod.ts";
import type { ReadyCell } from "./open_cells.ts";

/** What is the same for trainings that can share passes; undefined for one that can't. */
export function alikeOf({ method, settings, training, source }: PlannedCell, clip: Clip): unknown {
  if (training.epochs === 0) return undefined;
  const learner = method.learner(taskOf(source, clip), settings);
  try {
    const joint = learner.step?.parts?.joint();
    return joint && joint.most > 1 ? joint.alike : undefined;
  } finally {
    learner.dispose();
  }
}

/**
 * The cells in stacks of at most `most`, in their order: of one method, data set and number of shots, so that they take about
 * as long, and of trainings of their own. What can't be stacked is by itself.
 */
export function stacksOf(cells: readonly ReadyCell[], most: number): ReadyCell[][] {
  const stacks: ReadyCell[][] = [];
  const open = new Map<unknown, ReadyCell[][]>(); // with room for more, by what their cells have alike
  for (const ready of cells) {
    const { alike } = ready;
    const among = open.get(alike) ?? [];
    const fitting = among.find((stack) => goesWith(ready, stack));
    const stack = fitting ?? [];
    stack.push(ready);
    if (fitting === undefined) stacks.push(stack);
    if (alike === undefined) continue;
    const others = among.filter((other) => other !== stack);
    open.set(alike, stack.length < most ? [...others, stack] : others);
  }
  return stacks;
}

function goesWith(
  { training, planned: { cell } }: ReadyCell,
  stack: readonly ReadyCell[],
): boolean {
  const other = stack[0]!.planned.cell;
  return (["protocol", "method", "dataset", "shots"] as const)
    .every((part) => cell[part] === other[part]) &&
    stack.every((one) => one.training !== training);
}
