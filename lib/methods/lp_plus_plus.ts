/**
 * LP++: a linear probe whose logits are blended, class by class, with the text's (Huang et al. 2024, equations 3 to 9):
 * x̂·Wᵀ + b + α_c·(x̂·T_c), x̂ = n(x), without a scale.
 *
 * Its rates follow from bounds on the curvature and are not chosen. W and b take steps of SGD with momentum over all
 * images at once; α takes a step of plain gradient descent every tenth time. The last step with the best validation
 * accuracy is kept.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import { sgd } from "../optim/mod.ts";
import {
  add,
  clone,
  dispose,
  filterTensors,
  matMul,
  mean,
  mul,
  numbersOf,
  oneHot,
  read,
  scale,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  type Tensors,
  tidy,
  unitLength,
  zeros,
} from "../tensor/mod.ts";
import {
  type FeatureAdapter,
  featureAdapter,
  type FeatureSpace,
  resting,
  type WordingSettings,
  wordingSettings,
} from "./feature_adapter.ts";
import { linearStart } from "./initial.ts";
import { labelLoss } from "./losses.ts";
import type { Batch } from "./method.ts";
import { lpPlusPlusPaper } from "./papers.ts";
import { count } from "./settings.ts";
import { minimise } from "./student.ts";
import { atOnce, float32 } from "./training.ts";

/** LP++'s settings. */
export interface LpPlusPlusSettings extends WordingSettings {
  /** The number of training steps, each of which is over all images. */
  steps: number;
  /** α is updated once in so many steps. */
  alphaEvery: number;
}

/** What LP++ works on: x̂ of all training images, and T. */
interface Probe {
  images: Tensor;
  labels: number[];
  texts: Tensor;
}

/** A state of LP++ as its steps leave it. */
export interface LpPlusPlusState {
  /** `probe.weight`, [classes, embedding], `probe.bias` and `probe.alpha`, [classes]. */
  params: Tensors;
  /** SGD's momentum buffers. */
  optimiser: Tensors;
  /** The sum of α's gradients over all steps so far, which the published code never clears, [classes]. */
  pending: Tensor;
}

/** The initialisation and the learning rates that follow from the training images. */
export async function lpPlusPlusStart(
  { images, labels, texts }: Probe,
  bias: Tensor,
): Promise<{ params: Tensors; rate: number; alphaRate: number }> {
  const [n, classes] = [labels.length, texts.shape[0]!];
  const perClass = Array.from({ length: classes }, () => 0);
  for (const label of labels) perClass[label]!++;
  const bare = perClass.indexOf(0);
  if (bare >= 0) {
    throw new UserError(`lp++ needs a training image of every class: class ${bare} has none`);
  }
  const { columns, ...params } = tidy(() => {
    const cosine = matMul(images, texts, false, true); // [n, classes]
    const own = oneHot(labels, classes);
    const means = mul(sum(mul(own, cosine), [0]), tensor(perClass.map((k) => 1 / k), [classes]));
    return {
      columns: sum(square(cosine), [0]),
      "probe.weight": matMul(own, images, true),
      "probe.bias": clone(bias),
      "probe.alpha": scale(add(zeros([classes]), mean(means, [0], true)), 250),
    };
  });
  const curvature = Math.max(...await read(columns));
  dispose(columns);
  const rate = 4 * n / await greatestEigenvalue(images);
  return { params, rate, alphaRate: n / (4 * curvature) };
}

const optimiser = sgd({ decay: 0 });

/** The state before the first step. */
export function lpPlusPlusBegin(params: Tensors): LpPlusPlusState {
  return {
    params,
    optimiser: optimiser.init(filterTensors(params, (name) => name !== "probe.alpha")),
    pending: zeros(params["probe.alpha"]!.shape),
  };
}

/** λ_max(x̂ᵀx̂), by power iteration on the smaller of x̂ᵀx̂ and x̂x̂ᵀ. */
async function greatestEigenvalue(x: Tensor): Promise<number> {
  const [rows, columns] = x.shape as [number, number];
  const size = Math.min(rows, columns);
  const gram = () => rows < columns ? matMul(x, x, false, true) : matMul(x, x, true);
  const values = Float64Array.from(await numbersOf(gram));
  let vector = Float64Array.from({ length: size }, () => 1 / Math.sqrt(size));
  let eigenvalue = 0;
  for (let round = 0; round < 10000; round++) {
    const next = Float64Array.from({ length: size }, (_, i) => {
      let dot = 0;
      for (let j = 0; j < size; j++) dot += values[i * size + j]! * vector[j]!;
      return dot;
    });
    const length = Math.hypot(...next);
    vector = next.map((v) => v / length);
    const settled = Math.abs(length - eigenvalue) <= 1e-12 * length;
    eigenvalue = length;
    if (settled) break;
  }
  return eigenvalue;
}

/** x̂·Wᵀ + b + α·(x̂·T), [n, classes]. */
export function blended(params: Tensors, images: Tensor, texts: Tensor): Tensor {
  const probe = add(matMul(images, params["probe.weight"]!, false, true), params["probe.bias"]!);
  return add(probe, mul(params["probe.alpha"]!, matMul(images, texts, false, true)));
}

/** One step, the one after `done` others. Inside `tidy`. */
export function lpPlusPlusStep(
  state: LpPlusPlusState,
  { images, labels, texts }: Probe,
  { rate, alphaRate, every }: { rate: number; alphaRate: number; every: number },
  done: number,
): { state: LpPlusPlusState; loss: Tensor; logits: Tensor; gradients: Tensors } {
  const { params } = state;
  const { gradients, loss, logits } = minimise(
    (moved: Tensors) => ({ logits: blended(moved, images, texts) }),
    ({ logits }) => labelLoss(logits, labels),
  )(params, { labels }, { rate });
  const { "probe.alpha": ofAlpha, ...ofProbe } = gradients;
  const moved = optimiser.update(ofProbe, state.optimiser, params, rate);
  const pending = add(state.pending, ofAlpha!);
  const alpha = (done + 1) % every === 0
    ? sub(params["probe.alpha"]!, scale(pending, alphaRate))
    : params["probe.alpha"];
  return {
    state: { params: { ...moved.params, "probe.alpha": alpha! }, optimiser: moved.state, pending },
    loss,
    logits,
    gradients,
  };
}

/** The parameters of the last step with the best validation accuracy. */
async function solved(
  probe: Probe,
  held: Probe,
  bias: Tensor,
  { steps, alphaEvery: every }: LpPlusPlusSettings,
): Promise<Tensors> {
  const { params, ...rates } = await lpPlusPlusStart(probe, bias);
  let best: Tensors = params;
  let most = -1;
  let state = tidy(() => lpPlusPlusBegin(params));
  for (let done = 0; done < steps; done++) {
    const before = state;
    state = tidy(() => lpPlusPlusStep(before, probe, { ...rates, every }, done).state);
    const right = await countRight(
      () => blended(state.params, held.images, held.texts),
      held.labels,
    );
    const better = right >= most;
    const kept = new Set(everything(state).concat(Object.values(better ? state.params : best)));
    dispose([...everything(before), ...Object.values(best)].filter((x) => !kept.has(x)));
    if (better) [best, most] = [state.params, right];
  }
  const chosen = new Set(Object.values(best));
  dispose(everything(state).filter((x) => !chosen.has(x)));
  return best;
}

const everything = ({ params, optimiser, pending }: LpPlusPlusState): Tensor[] => [
  ...Object.values(params),
  ...Object.values(optimiser),
  pending,
];

/** How many of these logits' rows are largest at their label. */
export async function countRight(logits: () => Tensor, labels: number[]): Promise<number> {
  const values = await numbersOf(logits);
  const classes = values.length / labels.length;
  return labels.filter((label, i) => {
    const row = values.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b))) === label;
  }).length;
}

/** T, [classes, embedding]: the mean over templates of unit-length text features. */
export function lpPlusPlusTexts({ texts }: FeatureSpace): Tensor {
  return unitLength(mean(unitLength(texts()), [0]));
}

const probeOf = (space: FeatureSpace, { features, labels }: Batch): Probe => ({
  images: unitLength(features!),
  labels,
  texts: lpPlusPlusTexts(space),
});

/** The method LP++: a linear probe whose logits are blended with the text features', class by class. */
export const lpPlusPlus: FeatureAdapter<LpPlusPlusSettings> = featureAdapter<LpPlusPlusSettings>({
  name: "lp-plus-plus",
  module: import.meta.url,
  title: "LP++",
  traps: [
    "the published code picks its epoch on the whole validation split, and has ten draws of the images where others have three",
  ],
  paper: lpPlusPlusPaper,
  learned: "a linear classifier of image features, and how much of the text's each class takes",
  settings: {
    ...wordingSettings,
    steps: count(300, "steps over all training images"),
    alphaEvery: count(10, "every how many steps α moves"),
  },
  presets: {
    paper: {
      table: "LP++'s table 1 (the mean of eleven sets)",
      settings: {},
      adjust: ({ dataset }) => dataset === "imagenet" ? { templates: "imagenet_7" } : {},
      training: atOnce,
      backbone: "RN50",
      deviations: [
        "validation has at most four images a class; the paper's has as many as there are shots",
        float32,
      ],
    },
  },
  selects: () => true,
  adapter: (space, settings) =>
    resting(space, {
      views: 1,
      init: (random) => ({
        "probe.weight": zeros([space.classes, space.width]),
        "probe.bias": linearStart(random, [space.classes], space.width),
        "probe.alpha": zeros([space.classes]),
      }),
      gather(params, [seen], validation) {
        if (!validation?.labels.length) {
          throw new UserError(
            "lp++ has no validation images to choose a step by: take a data set with a validation split",
          );
        }
        return async () => {
          const [probe, held] = tidy(() => [probeOf(space, seen!), probeOf(space, validation)]);
          try {
            return await solved(probe, held, params["probe.bias"]!, settings);
          } finally {
            dispose([probe, held]);
          }
        };
      },
      logits: (params, features) => blended(params, unitLength(features), lpPlusPlusTexts(space)),
    }),
});
