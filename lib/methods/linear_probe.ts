/**
 * Linear probe: logistic regression on frozen image features, its C chosen on validation images (Radford et al. 2021,
 * section 3; the sweep of CoOp's lpclip).
 *
 * @module
 */
import { UserError } from "../errors.ts";
import { add, clone, matMul, numbersOf, tensor, type Tensors, zeros } from "../tensor/mod.ts";
import {
  accuracy,
  type Examples,
  type Logistic,
  solveLogistic,
  type Stopping,
} from "./logistic.ts";
import type { Batch, Method, Task } from "./method.ts";
import { clipPaper } from "./papers.ts";
import { count, flag, real } from "./settings.ts";
import { frozenImages, refuseOneClass } from "./student.ts";

/** The linear probe's settings. */
export interface LinearProbeSettings extends Stopping {
  /** Whether C is chosen on validation images, by lpclip's search. */
  sweep: boolean;
  /** C, the inverse strength of the penalty, where it is not chosen. */
  c: number;
  /** How many rounds of the search halve the range of C. */
  rounds: number;
}

/** Where the sweep begins. */
const coarse = [1e6, 1e4, 1e2, 1, 1e-2, 1e-4, 1e-6];

/**
 * lpclip's search for the C with the best validation accuracy: the best of a coarse list (of equals the largest), then
 * `rounds` halvings of a range from a tenth to ten times of it, towards the more accurate end (of equals the smaller C).
 */
export function searchC(accuracyAt: (c: number) => number, rounds: number): number {
  let best = coarse.map((c) => ({ c, accuracy: accuracyAt(c) }))
    .reduce((a, b) => b.accuracy > a.accuracy ? b : a).c;
  let [low, high] = [Math.log10(best) - 1, Math.log10(best) + 1];
  for (let round = 0; round < rounds; round++) {
    const [left, right] = [10 ** low, 10 ** high];
    const middle = (low + high) / 2;
    if (accuracyAt(left) < accuracyAt(right)) [best, low] = [right, middle];
    else [best, high] = [left, middle];
  }
  return best;
}

async function solved(
  task: Task,
  settings: LinearProbeSettings,
  training: Batch,
  validation?: Batch,
): Promise<Tensors> {
  const examples = await hostExamples(task, training);
  const solutions = new Map<number, Logistic>();
  let last: Logistic | undefined; // each problem begins at the solution of the one before
  const solve = (c: number) => {
    const found = solutions.get(c) ?? solveLogistic(examples, c, settings, last);
    solutions.set(c, found);
    return last = found;
  };
  if (settings.sweep && !validation?.labels.length) {
    throw new UserError(
      "linear-probe has no validation images to choose C on: take a data set with a validation split, or set sweep to false and c",
    );
  }
  const held = settings.sweep ? await hostExamples(task, validation!) : undefined;
  const c = held ? searchC((c) => accuracy(solve(c), held), settings.rounds) : settings.c;
  const { weight, intercept } = solve(c);
  return {
    "probe.weight": tensor(weight, [examples.width, examples.classes]),
    "probe.bias": tensor(intercept, [examples.classes]),
  };
}

async function hostExamples({ clip, classNames }: Task, batch: Batch): Promise<Examples> {
  return {
    features: Float64Array.from(await numbersOf(() => clone(frozenImages.features({}, batch)))),
    labels: batch.labels,
    width: clip.config.embedDim,
    classes: classNames.length,
  };
}

/** The method linear probe: logistic regression on frozen image features. */
export const linearProbe: Method<LinearProbeSettings> = {
  name: "linear-probe",
  title: "Linear probe",
  paper: clipPaper,
  module: import.meta.url,
  passes: 0,
  selects: ({ sweep }) => sweep,
  learned: "a linear classifier of image features",
  settings: {
    sweep: flag(true, "choose C on the validation images, as CoOp's lpclip does"),
    c: real(1, "C, what the log-loss weighs against ½‖W‖²; read when sweep is false", 1e-12),
    rounds: count(8, "halvings of the range around the best C", 0),
    maxIterations: count(1000, "L-BFGS steps"),
    tolerance: real(1e-6, "the gradient's norm over the weights' at which a solution is one"),
  },
  presets: {
    paper: {
      table: "the linear probe of CoOp's and ProGrad's few-shot figures",
      settings: {},
      training: () => ({ epochs: 0, batchSize: 32, rate: 0, warmupEpochs: 0, warmupRate: 0 }),
      backbone: "RN50",
      deviations: [
        "each problem is solved to its optimum; scikit-learn stops earlier, by a criterion that differs from version to version",
        "two classes are told apart by two rows of weights; scikit-learn takes one, which C weighs differently",
      ],
    },
  },
  needs: { pixels: false, features: true },
  classBound: () => true,
  learner(task, settings) {
    refuseOneClass(task);
    const { embedDim } = task.clip.config;
    const classes = task.classNames.length;
    return {
      init: () => ({ "probe.weight": zeros([embedDim, classes]), "probe.bias": zeros([classes]) }),
      prepare: () => ({}),
      logits: (params, _, batch) =>
        add(
          matMul(frozenImages.features({}, batch), params["probe.weight"]!),
          params["probe.bias"]!,
        ),
      solve: (training, validation) => () => solved(task, settings, training, validation),
      dispose() {},
    };
  },
};
